#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "proxy/quota/book_file.h"

namespace breakwater::quota {

/// The book of a running gateway: workers hand in what was used once a second, and a thread of its own writes it down,
/// so that a crash loses no more than kSave. Thread-safe.
class Ledger {
 public:
  static constexpr std::chrono::seconds kSave{5};
  /// What ended is kept so long, for clocks that jump and for people who ask.
  static constexpr std::chrono::hours kKeep{24};
  /// Is told what goes wrong with the file, once for each change; the gateway goes on counting.
  using Tell = std::function<void(const std::string&)>;

  /// What stands for a person (rules::person_key) in the file: always the same, and no name. From any thread.
  using Tag = std::function<std::string(const std::string& person_key)>;

  /// Takes up what was written last.
  Ledger(std::filesystem::path state, Tag tag, Tell tell);
  ~Ledger();  ///< writes what is not written yet
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Groups and quotas of `uses` are those of `policy`. Returns what is used up now, by all that was handed in: by tag.
  std::shared_ptr<const SpentMap> hand_in(const rules::Policy& policy, const Uses& uses, SysSeconds now);
  /// What is left to somebody of each quota of the group.
  std::vector<Standing> remaining(const rules::Policy& policy, const std::string& person, rules::GroupId group,
                                  SysSeconds now) const;

 private:
  void keep(const std::stop_token& stop);
  void save();

  const std::filesystem::path state_;
  const Tag tag_;
  const Tell tell_;
  std::string told_;  ///< of the thread
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  Book book_;
  SysSeconds now_{};
  enum class Disk : std::uint8_t { same, behind } disk_ = Disk::same;
  std::jthread thread_;
};

/// People by their tags; those whom an earlier version wrote down by name too.
People by_tag(People people, const Ledger::Tag& tag);

}  // namespace breakwater::quota
