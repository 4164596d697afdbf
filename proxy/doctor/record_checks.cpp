#include <fmt/format.h>

#include "proxy/backup/backup.h"
#include "proxy/doctor/checks.h"
#include "proxy/feeds/feed_state.h"
#include "proxy/safeguarding/verify.h"

namespace breakwater::doctor {
namespace {

constexpr std::chrono::days kFeedAge{7};
constexpr std::chrono::days kBackupAge{8};  ///< a weekly one may be a day late

std::int64_t days(std::chrono::seconds age) {
  return std::chrono::floor<std::chrono::days>(age).count();
}

}  // namespace

Findings check_feeds(const std::filesystem::path& state, std::chrono::sys_seconds now) {
  Findings findings;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(state / "feeds", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto feed = feeds::read_state(entry->path());
    const auto name = entry->path().filename().string();
    const auto age = now - feed.fetched_at;
    const bool never = feed.fetched_at == feeds::Instant{};
    const bool looked = now - feed.checked_at < kFeedAge && feed.last_error.empty();
    if (never)
      findings.push_back(
          {"feeds", Grade::broken,
           fmt::format("{} has never come: {}", name, feed.last_error.empty() ? "not tried" : feed.last_error),
           "`breakwater lists update --policy FILE` tries at once"});
    else if (!looked)
      findings.push_back({"feeds", Grade::doubtful,
                          fmt::format("{} is {} days old: {}", name, days(age),
                                      feed.last_error.empty() ? "not looked at for a week" : feed.last_error),
                          "`breakwater lists update --policy FILE` tries at once"});
    else
      findings.push_back({"feeds", Grade::well, fmt::format("{} is {} days old", name, days(age)), ""});
  }
  if (findings.empty()) findings.push_back({"feeds", Grade::well, "none comes by URL", ""});
  return findings;
}

Findings check_records(const std::filesystem::path& state) {
  std::error_code ignored;
  if (!std::filesystem::exists(state / "attempts.db", ignored))
    return {{"records", Grade::well, "there are none yet", ""}};
  std::string error;
  const auto found = safeguarding::verify_state(state, {}, error);
  if (!found)
    return {{"records", Grade::broken, error, "restore a backup: `breakwater restore`; keep the file as it is"}};
  if (found->fault)
    return {{"records", Grade::broken, fmt::format("record {}: {}", found->fault->seq, found->fault->message),
             "tell the safeguarding lead; keep the file as it is, and see `breakwater verify`"}};
  return {{"records", Grade::well, fmt::format("{}, each as it was written", found->records), ""}};
}

Findings check_backup(const std::filesystem::path& state, std::chrono::sys_seconds now) {
  const auto last = backup::last(state);
  constexpr std::string_view kMend = "`breakwater backup --out FILE.tar` once a week, to another machine";
  if (!last) return {{"backup", Grade::doubtful, "there has never been one", std::string(kMend)}};
  const auto what = fmt::format("the last was {} days ago", days(now - *last));
  if (now - *last > kBackupAge) return {{"backup", Grade::doubtful, what, std::string(kMend)}};
  return {{"backup", Grade::well, what, ""}};
}

}  // namespace breakwater::doctor
