#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "categories/result.h"
#include "proxy/safeguarding/day_keys.h"

namespace breakwater::safeguarding {

/// Who may open names from now on, as the policy says: kept in STATE/keys/recipients.json, so that every process on the
/// state directory seals to the same. What was sealed to the machine's holding key meanwhile is wrapped anew to them,
/// and the holding key is destroyed. None: names are sealed to a holding key. "" or what went wrong; then all is as it
/// was, or is completed by the next call.
std::string put_recipients(const std::filesystem::path& state, const std::vector<SealTo>& recipients);

/// Who they are; none where names are sealed to the holding key. `error` says what is wrong with the file.
std::vector<SealTo> read_recipients(const std::filesystem::path& state, std::string& error);

/// Seals names with the key of their day, which it makes, keeps in memory alone, and puts on disk wrapped before the
/// first name is sealed with it. Takes changed recipients from the next name on, and makes another key where the file
/// of one has gone. Safe from any thread.
class Sealer {
 public:
  explicit Sealer(std::filesystem::path state) : state_(std::move(state)) {}

  /// The sealed part of the record, whose place in the chain is known. Returns "", or which file stands in the way.
  std::string seal(const Record& record, std::string_view text, std::string& sealed);

 private:
  struct Current {
    std::string id;
    crypto::Secret key;
    std::filesystem::path file;
  };
  Result<Current, std::string> key_of(const std::string& day);

  std::filesystem::path state_;
  std::mutex mutex_;
  std::string recipients_;                  // as the file was when the keys were made
  std::map<std::string, Current> current_;  // by day: those of a few, since late records come too
};

}  // namespace breakwater::safeguarding
