#include "proxy/app/file_retention.h"

#include <nlohmann/json.hpp>

#include "proxy/admin/journal.h"
#include "proxy/identity/state_file.h"
#include "proxy/safeguarding/day_keys.h"

namespace breakwater::app {
namespace {

namespace fs = std::filesystem;
using safeguarding::Deletion;
using safeguarding::Milliseconds;

class Deleting {
 public:
  Deleting(const rules::Retention& retention, Milliseconds now, std::vector<Deletion>& done)
      : retention_(retention), now_(now), done_(done) {}

  void access_log(telemetry::AccessLog& log) {
    const auto age = retention_.access_log;
    if (!age) return;
    std::size_t files = 0;
    if (const auto error = log.prune(*age, now_, files)) fail("access log: " + error.message());
    note("access_log", *age, now_ - *age, files);
  }

  /// A file of JSON objects, one a line, each with the "time" at which it was written.
  void lines(std::string_view purpose, const rules::Retention::Age& age, const fs::path& file) {
    if (!age) return;
    const auto until = std::chrono::floor<std::chrono::days>(now_ - *age);
    const auto first_day = safeguarding::day_of(until);
    admin::Rewritten rewritten;
    const auto keep = [&first_day](std::string_view line) -> std::optional<std::string> {
      const auto object = nlohmann::json::parse(line, nullptr, false);
      const auto time = object.is_object() ? object.find("time") : object.end();
      const bool old = time != object.end() && time->is_string() && time->get_ref<const std::string&>() < first_day;
      return old ? std::nullopt : std::optional(std::string(line));
    };
    if (auto error = admin::rewrite_lines(file, keep, rewritten); !error.empty()) fail(std::move(error));
    note(purpose, *age, until, rewritten.removed);
  }

  /// What a gateway that knew its clients left behind; one that runs keeps it up to date.
  void identity(const fs::path& folder) {
    const auto age = retention_.identity;
    std::error_code code;
    if (!age || !fs::is_directory(folder, code) || identity::StateLock::is_held(folder)) return;
    const auto until = now_ - *age;
    std::size_t files = 0;
    for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
      std::error_code failed;
      const auto written = std::chrono::file_clock::to_sys(at->last_write_time(failed));
      if (failed || !at->is_regular_file(failed) || at->path().filename() == "lock" || written >= until) continue;
      if (fs::remove(at->path(), failed)) ++files;
      if (failed) fail(at->path().string() + ": " + failed.message());
    }
    note("identity", *age, until, files);
  }

  std::string finish() { return std::move(errors_); }

 private:
  void fail(std::string error) { errors_.append(errors_.empty() ? "" : "; ").append(error); }
  void note(std::string_view purpose, std::chrono::days age, Milliseconds until, std::uint64_t count) {
    if (count == 0) return;
    Deletion deletion;
    deletion.purpose = safeguarding::retention_purpose(purpose, age);
    deletion.what = Deletion::What::elsewhere;
    deletion.until = until;
    deletion.count = static_cast<std::int64_t>(count);
    done_.push_back(std::move(deletion));
  }

  const rules::Retention& retention_;
  Milliseconds now_;
  std::vector<Deletion>& done_;
  std::string errors_;
};

}  // namespace

std::string delete_old_files(const fs::path& state, telemetry::AccessLog& log, const rules::Retention& retention,
                             Milliseconds now, std::vector<Deletion>& done) {
  Deleting deleting(retention, now, done);
  deleting.access_log(log);
  deleting.lines("acceptances", retention.acceptances, state / "portal/acceptances.log");
  deleting.lines("reviews", retention.reviews, state / "portal/reviews.log");
  deleting.lines("passes", retention.passes, state / "passes.log");
  deleting.identity(state / "identity");
  return deleting.finish();
}

std::string kept_until_deleted(const rules::Retention& retention) {
  std::string names;
  for (const auto& [name, age] : rules::kPurposes)
    if (!(retention.*age)) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace breakwater::app
