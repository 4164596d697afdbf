#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "categories/file.h"
#include "categories/siphash.h"
#include "proxy/lists/version.h"

namespace breakwater::lists {

/// Why an update did not go into force.
struct Refusal {
  std::chrono::sys_seconds time;
  std::string why;  ///< what asked for it: "a list changed"
  std::vector<std::string> lines;
};

/// STATE/lists, what the gateway keeps of its lists:
///
///   key              of the hashes; the owner alone may read it
///   catalogue        the compiled file in force
///   catalogue.next   one that is to be
///   cache/           parts and pattern databases, by their digests
///   versions/        the last kKeptVersions versions, one file each
///   locked/          licensed lists as hashes
///   refused          what the rehearsal said of the last update that was refused; gone once one went into force
///   changed          touched by a command that changed what is in force, for `serve` to see
///   lock             held by who changes any of this
class ListState {
 public:
  static constexpr std::size_t kKeptVersions = 10;

  /// Makes the folder and the key where they are not there. nullopt: `error` says why.
  static std::optional<ListState> open(const std::filesystem::path& state, std::string& error);

  const categories::SipKey& key() const { return key_; }
  std::filesystem::path catalogue() const { return folder_ / "catalogue"; }
  std::filesystem::path next_catalogue() const { return folder_ / "catalogue.next"; }
  std::filesystem::path cache() const { return folder_ / "cache"; }
  std::filesystem::path changed() const { return folder_ / "changed"; }
  std::filesystem::path locked_folder() const { return folder_ / "locked"; }
  std::filesystem::path locked(std::string_view name) const;

  /// Waits until nobody else changes anything here; held as long as the File lives. A false File: it cannot be.
  categories::File lock() const;

  std::optional<Version> current() const;
  std::optional<Version> version(std::uint32_t number) const;
  /// The newest first. One that cannot be read is left out.
  std::vector<Version> history() const;

  /// Gives the version its number and keeps it as the current one; forgets what is older than kKeptVersions, and what
  /// of the cache nobody uses any more. Returns what went wrong.
  std::optional<std::string> record(Version& version);

  std::optional<Refusal> refusal() const;
  void note(const Refusal& refusal) const;
  void clear_refusal() const;
  void touch_changed() const;

 private:
  explicit ListState(std::filesystem::path folder) : folder_(std::move(folder)) {}
  bool load_key(std::string& error);
  std::vector<std::uint32_t> numbers() const;
  std::filesystem::path version_file(std::uint32_t number) const;

  std::filesystem::path folder_;
  categories::SipKey key_;
};

}  // namespace breakwater::lists
