#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/result.h"
#include "proxy/safeguarding/crypto.h"
#include "proxy/safeguarding/record.h"

/// What names are sealed with: a random key a day, kept on the machine only wrapped to the public keys of those who may
/// open it, one file each in STATE/keys/days/. Once the file is destroyed nobody can open that day's names, in whatever
/// copy of the records.
namespace breakwater::safeguarding {

/// Who may open names.
struct SealTo {
  std::string name;
  crypto::PublicKey key{};
  bool operator==(const SealTo&) const = default;
};

/// The key of a day, wrapped. A day has several where the gateway was started again, or the recipients changed.
struct DayKey {
  static constexpr std::size_t kIdBytes = 16;
  struct Wrapped {
    SealTo to;
    std::string box;
  };
  std::string id;   ///< kIdBytes
  std::string day;  ///< "2026-11-23", in UTC
  std::vector<Wrapped> wrapped;
};

/// One line of JSON, and back. nullopt: it is no day key.
std::string to_json(const DayKey& key);
std::optional<DayKey> parse_day_key(std::string_view json);

/// The day of a time, in UTC, as its key has it.
std::string day_of(Milliseconds time);

std::filesystem::path keys_folder(const std::filesystem::path& state);
std::filesystem::path days_folder(const std::filesystem::path& state);

std::filesystem::path day_key_file(const std::filesystem::path& state, const DayKey& key);
/// On disk when it returns "".
std::string write_day_key(const std::filesystem::path& state, const DayKey& key);
/// In the order of days. A file that is no day key is named in `errors`, and left out.
std::vector<DayKey> read_day_keys(const std::filesystem::path& state, std::vector<std::string>& errors);
/// Destroys the keys of all days before `day`; counts them in `destroyed`. "" or what went wrong.
std::string destroy_day_keys(const std::filesystem::path& state, const std::string& day, std::size_t& destroyed);

/// Why there is no name to be read.
enum class Unopened : std::uint8_t {
  nothing,    ///< there was none
  deleted,    ///< by retention
  no_key,     ///< the key of its day is not here: destroyed, or never exported
  other_key,  ///< its day is sealed to others
  damaged,    ///< it, or the key of its day, is not what was written
};
std::string_view to_string(Unopened why);

/// Opens sealed parts with one private key. One thread at a time.
class Opener {
 public:
  Opener(const crypto::KeyPair& pair, const std::vector<DayKey>& days);
  /// The JSON object that was sealed.
  Result<std::string, Unopened> open(const Record& record);

 private:
  Result<crypto::Secret, Unopened> find(const std::string& id);

  crypto::KeyPair pair_;
  std::map<std::string, DayKey> days_;            // by id
  std::map<std::string, crypto::Secret> opened_;  // by id
};

/// For the names that no recipient's key has been made for: opens them on the machine, with its holding key. nullopt:
/// there is no holding key.
std::optional<Opener> holding_opener(const std::filesystem::path& state);

}  // namespace breakwater::safeguarding
