#pragma once

#include <atomic>
#include <functional>
#include <shared_mutex>
#include <unordered_set>

#include "proxy/portal/book.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::portal {

/// Somebody has accepted a version of the acceptable-use text.
struct Accepted {
  std::string time;    ///< RFC 3339, UTC
  std::string person;  ///< to be added: rules::person_key(); as it was recorded: what stands for that
  std::string version;
  std::string group;
  std::string language;    ///< "en-GB" or "cy"
  std::string known_by{};  ///< as it was recorded: "user", "device" or "address"
};

/// Who has accepted what: STATE/portal/acceptances.log. Of whom only the address is known that counts for the day (in
/// UTC): tomorrow it may be somebody else's. Thread-safe; what is added counts at once on all workers.
class AcceptanceBook {
 public:
  static constexpr std::size_t kMost = 200'000;  ///< acceptances that are known, about 20 MB

  /// `tell` hears what is wrong with the file. Where it cannot be read, nobody has accepted.
  AcceptanceBook(const std::filesystem::path& state, PersonTag tag,
                 const std::function<void(const std::string&)>& tell);

  /// For the gateway that runs on the state.
  std::optional<std::string> open() { return book_.open(); }
  /// Knows from here on what is in the file, after lines were deleted there. Returns what went wrong; then all stays.
  std::optional<std::string> read_again();
  /// Another number after each read_again(): what was known of somebody before may hold no longer.
  std::uint64_t edition() const { return edition_.load(std::memory_order_acquire); }
  rules::Acceptance of(std::string_view person, std::string_view version, rules::SysSeconds now) const;
  /// On disk, and in force, when it returns nothing; else what went wrong. Who has accepted already is not recorded
  /// again.
  std::optional<std::string> add(const Accepted& accepted);

 private:
  /// Of what was recorded.
  static std::string key(const Accepted& recorded);
  /// Of whom it is, without a name.
  Accepted tagged(Accepted accepted) const;

  std::optional<std::string> read(std::unordered_set<std::string>& known, std::uint64_t& damaged) const;

  const std::filesystem::path state_;
  const PersonTag tag_;
  Book book_;
  std::atomic<std::uint64_t> edition_ = 0;
  mutable std::shared_mutex mutex_;
  std::unordered_set<std::string> known_;
};

/// All that were recorded, in order. See read_book().
std::optional<std::string> read_acceptances(const std::filesystem::path& state,
                                            const std::function<void(const Accepted&)>& visit, std::uint64_t& damaged);
std::string to_json(const Accepted& accepted);

}  // namespace breakwater::portal
