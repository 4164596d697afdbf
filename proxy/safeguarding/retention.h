#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy/safeguarding/store.h"
#include "rules/retention.h"

namespace breakwater::safeguarding {

/// The records of episodes that are held as evidence, and of the attempts that belong to them, by seq; the days of
/// their names' keys in `days`.
std::optional<StoreError> find_held(Store& store, std::set<std::int64_t>& held, std::set<std::string>& days);

/// Deletes what is older than the policy allows, and destroys the keys of days whose names have all been deleted; what
/// was done stands in the chain. Nothing of what is held goes. "" or what went wrong; what was done until then stays
/// done.
std::string retain(Store& store, const std::filesystem::path& state, const rules::Retention& retention,
                   Milliseconds now, const std::stop_token& stop = {});

/// What a receipt calls it: "retention: names after 90d".
std::string retention_purpose(std::string_view what, std::chrono::days age);

/// Does so at a start and once an hour (of what goes by whole days, once a day), on a thread of its own that gives way
/// to requests; nothing while the clock is in doubt (see BelievedClock).
class RetentionKeeper {
 public:
  struct Options {
    std::filesystem::path state;
    std::function<Milliseconds()> now;                           ///< called on its thread
    std::function<void(const std::string& message)> on_failure;  ///< the same; it tries again an hour later
    /// The same: deletes what the state directory holds beside the records, and says what; each gets a receipt. "" or
    /// what went wrong. nullptr: there is nothing else.
    std::function<std::string(const rules::Retention&, Milliseconds now, std::vector<Deletion>& done)> elsewhere{};
  };
  RetentionKeeper(const rules::Retention& retention, Options options);
  ~RetentionKeeper();

  /// From any thread: another policy holds, and is carried out at once.
  void use(const rules::Retention& retention);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
