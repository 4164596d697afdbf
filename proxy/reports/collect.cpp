#include "proxy/reports/collect.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/reports/accesses_section.h"
#include "proxy/reports/blind.h"
#include "proxy/reports/coverage.h"
#include "proxy/reports/words.h"
#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/crypto.h"

namespace breakwater::reports {
namespace {

using safeguarding::Case;
using safeguarding::Kind;
using safeguarding::Milliseconds;
using safeguarding::Record;

constexpr int kWeeks = 8;
constexpr std::chrono::hours kWeek{7 * 24};

SysSeconds seconds(Milliseconds time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::size_t severity_of(std::string_view concern) {
  for (const auto severity : {rules::Concern::notice, rules::Concern::warning, rules::Concern::danger})
    if (concern == to_string(severity)) return static_cast<std::size_t>(severity);
  return static_cast<std::size_t>(rules::Concern::none);
}

std::string origin_text(const safeguarding::Episode& episode) {
  using safeguarding::Origin;
  std::string out;
  switch (episode.origin) {
    case Origin::person:
      out = "Probably a person.";
      break;
    case Origin::page:
      out = "Probably parts of a page, not a choice of the person.";
      break;
    case Origin::app:
      out = "Probably an app that asks by itself.";
      break;
    case Origin::unclear:
      out = "It is not clear whether a person, a page or an app asked.";
      break;
  }
  for (const auto& signal : episode.signals)
    out.append(" ").append(signal);
  return out;
}

std::string person_of(const safeguarding::EpisodeNames& names) {
  std::string out;
  for (const auto& [what, name] : {std::pair<std::string_view, const std::string&>("", names.user),
                                   {"device ", names.device},
                                   {"address ", names.client}})
    if (!name.empty()) out.append(out.empty() ? "" : ", ").append(what).append(name);
  return out;
}

/// All that was recorded of the case, by time.
std::vector<Step> timeline(const Case& about) {
  using safeguarding::Stage;
  std::vector<Step> out{{seconds(about.episode.first), "The first attempt"}};
  for (const auto& growth : about.growth) {
    const auto attempts = counted(growth.attempts, "attempt", "attempts");
    out.push_back({seconds(growth.time), growth.stage == Stage::opened  ? fmt::format("Became an episode: {}", attempts)
                                         : growth.stage == Stage::grown ? fmt::format("Grew: {} by now", attempts)
                                                                        : fmt::format("Closed with {}", attempts)});
  }
  out.push_back({seconds(about.episode.last), "The last attempt"});
  for (const auto& alert : about.alerts)
    out.push_back({seconds(alert.time),
                   alert.role.empty() ? alert.state : fmt::format("E-mail to {}: {}", alert.role, alert.state)});
  for (const auto& access : about.accesses)
    out.push_back(
        {seconds(access.time), fmt::format("Names opened ({}) by {}: {}", access.what, access.by, access.reason)});
  for (const auto& decision : about.decisions)
    out.push_back({seconds(decision.time), fmt::format("Decided by {}: {}", decision.by, to_string(decision.state))});
  for (const auto& hold : about.holds)
    out.push_back({seconds(hold.time),
                   fmt::format("Evidence hold {} by {}: {}",
                               hold.turn == safeguarding::Hold::Turn::on ? "set" : "lifted", hold.by, hold.reason)});
  std::stable_sort(out.begin(), out.end(), [](const Step& a, const Step& b) { return a.time < b.time; });
  return out;
}

/// As a heading has it: themes are written in small letters in the policy.
std::string theme_text(std::string theme) {
  if (!theme.empty() && theme.front() >= 'a' && theme.front() <= 'z')
    theme.front() = static_cast<char>(theme.front() - 'a' + 'A');
  return theme;
}

class Collector {
 public:
  Collector(const Wanted& wanted, safeguarding::Opener* opener)
      : wanted_(wanted), opener_(opener), covered_(wanted.from, std::min(wanted.until, wanted.made)) {
    report_.centre = wanted.centre;
    report_.zone = wanted.zone;
    report_.audience = wanted.audience;
    report_.span = wanted.span;
    report_.from = wanted.from;
    report_.until = wanted.until;
    report_.made = wanted.made;
    for (auto day = rules::day_of(wanted.from, *wanted.zone); day.from < wanted.until;
         day = rules::day_of(day.until, *wanted.zone))
      report_.days.push_back({day.from, {}, {}});
    for (int week = kWeeks; week > 0; --week)
      report_.weeks.push_back({wanted.until - week * kWeek, {}, {}});
    report_.unseen_weeks.resize(report_.weeks.size());
  }

  SysSeconds earliest() const { return std::min(report_.weeks.front().from, before()); }

  void add(const Case& about) {
    const auto began = seconds(about.episode.first);
    const auto severity = static_cast<std::size_t>(about.episode.severity);
    if (auto* week = interval_of(report_.weeks, began)) ++week->episodes[severity];
    if (began >= wanted_.until) return;
    if (began < wanted_.from) {
      if (began >= before()) ++theme(about.episode.theme).episodes_before;
      if (!about.first_look()) report_.waiting.push_back(entry(about));
      return;
    }
    ++theme(about.episode.theme).episodes[severity];
    if (auto* day = interval_of(report_.days, began)) ++day->episodes[severity];
    people_.insert(about.episode.pseudonym);
    report_.episodes.push_back(entry(about));
  }

  void add(const Record& record) {
    if (record.kind == Kind::check) return add_check(record);
    if (record.kind == Kind::access || record.kind == Kind::deletion || record.kind == Kind::key)
      return add_access(record);
    const auto attempt = safeguarding::parse_attempt(record, "");
    if (!attempt) return;
    const auto time = seconds(record.time);
    const auto severity = severity_of(attempt->concern);
    if (auto* week = interval_of(report_.weeks, time)) week->attempts[severity] += attempt->count;
    if (time < wanted_.from || time >= wanted_.until) return;
    theme(attempt->theme.empty() ? "No theme" : attempt->theme).attempts[severity] += attempt->count;
    if (auto* day = interval_of(report_.days, time)) day->attempts[severity] += attempt->count;
    first_ = std::min(first_.value_or(time), time);
    last_ = std::max(last_.value_or(time), time);
  }

  Report finish(const std::optional<safeguarding::Head>& head) {
    report_.people = people_.size();
    for (auto& [name, total] : themes_)
      report_.themes.push_back(std::move(total));
    std::stable_sort(report_.themes.begin(), report_.themes.end(),
                     [](const auto& a, const auto& b) { return total(a.episodes) > total(b.episodes); });
    std::stable_sort(report_.episodes.begin(), report_.episodes.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    report_.coverage.push_back(
        first_
            ? fmt::format("The first attempt in this {} was recorded on {}, the last on {}.", wanted_.span,
                          moment_text(*first_, *wanted_.zone), moment_text(*last_, *wanted_.zone))
            : fmt::format("No attempt was recorded in this {}. That alone does not show that the filter was running.",
                          wanted_.span));
    for (auto& sentence : covered_.sentences(wanted_.span, *wanted_.zone))
      report_.coverage.push_back(std::move(sentence));
    report_.blind = blind_sentences(covered_, wanted_.span, wanted_.made, *wanted_.zone);
    if (head)
      report_.head = Head{static_cast<std::uint64_t>(head->seq), seconds(head->time),
                          safeguarding::crypto::to_text(safeguarding::crypto::view(head->hash)), to_text(*head)};
    return std::move(report_);
  }

 private:
  SysSeconds before() const { return wanted_.from - (wanted_.until - wanted_.from); }

  /// The one that `time` is in; the last is open at its end, so it is held against the report's.
  Interval* interval_of(std::vector<Interval>& intervals, SysSeconds time) const {
    const auto after = std::upper_bound(intervals.begin(), intervals.end(), time,
                                        [](SysSeconds at, const Interval& one) { return at < one.from; });
    return after == intervals.begin() || time >= wanted_.until ? nullptr : &*std::prev(after);
  }

  ThemeTotal& theme(const std::string& name) {
    auto& total = themes_[name];
    total.theme = theme_text(name);
    return total;
  }

  void add_access(const Record& record) {
    const auto time = seconds(record.time);
    if (time >= wanted_.from && time < wanted_.until) report_.accesses.push_back(access_entry(record, opener_));
  }

  EpisodeEntry entry(const Case& about) const {
    const auto names = opener_ == nullptr ? std::nullopt : open_names(about, *opener_);
    return to_entry(about, names ? &*names : nullptr);
  }

  /// What connections showed belongs to the time in which it was written down: no record counts twice.
  void add_coverage(const Coverage& coverage) {
    covered_.add(coverage);
    const auto time = seconds(coverage.until);
    if (const auto* week = interval_of(report_.weeks, time))
      report_.unseen_weeks[static_cast<std::size_t>(week - report_.weeks.data())].add(coverage);
    if (time >= wanted_.until) return;
    if (time >= wanted_.from)
      report_.unseen.add(coverage);
    else if (time >= before())
      report_.unseen_before.add(coverage);
  }

  /// {"what":"...","result":"...","passed":true}: see the self-test, whose misses and notes belong to their run.
  void add_check(const Record& record) {
    if (const auto coverage = parse_coverage(record)) return add_coverage(*coverage);
    const auto time = seconds(record.time);
    if (!record.body || time < wanted_.from || time >= wanted_.until) return;
    const auto body = nlohmann::json::parse(*record.body, nullptr, false);
    if (!body.is_object() || !body.value("passed", nlohmann::json()).is_boolean()) return;
    const auto text = [&body](const char* member) {
      const auto found = body.find(member);
      return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto type = text("type");
    if (type == "miss" || type == "note") {
      const auto run = runs_.find(record.reference);
      if (run == runs_.end()) return;
      auto& check = report_.checks[run->second];
      if (type == "miss")
        check.missed.push_back(text("what") + ": " + text("result"));
      else
        check.actions.push_back(fmt::format("{} ({})", text("result"), text("by")));
      return;
    }
    if (type == "run") runs_.insert_or_assign(record.reference, report_.checks.size());
    report_.checks.push_back({time, text("what"), text("result"),
                              body["passed"].get<bool>() ? Check::Outcome::passed : Check::Outcome::failed});
  }

  const Wanted& wanted_;
  safeguarding::Opener* opener_;
  Report report_;
  std::map<std::string, ThemeTotal, std::less<>> themes_;
  std::set<std::string, std::less<>> people_;
  std::map<std::string, std::size_t, std::less<>> runs_;  ///< of self-tests: places in the report's checks
  Covered covered_;
  std::optional<SysSeconds> first_;
  std::optional<SysSeconds> last_;
};

}  // namespace

std::optional<safeguarding::EpisodeNames> open_names(const Case& about, safeguarding::Opener& opener) {
  const auto opened = opener.open(about.record);
  return opened ? safeguarding::parse_episode_names(*opened) : std::nullopt;
}

EpisodeEntry to_entry(const Case& about, const safeguarding::EpisodeNames* names) {
  const auto& episode = about.episode;
  EpisodeEntry out;
  out.reference = episode.reference;
  out.theme = theme_text(episode.theme);
  out.severity = episode.severity;
  out.first = seconds(episode.first);
  out.last = seconds(episode.last);
  out.attempts = episode.attempts;
  out.hosts = episode.distinct_hosts;
  out.group = episode.group;
  out.pseudonym = episode.pseudonym;
  if (names != nullptr) {
    out.person = person_of(*names);
    out.host_names = names->hosts;
  }
  out.origin = origin_text(episode);
  out.known = episode.grade.known;
  out.how_sure = episode.grade.identity;
  out.not_known = episode.grade.not_known;
  out.state = to_string(about.state());
  if (const auto look = about.first_look()) out.looked = seconds(*look);
  out.held = about.held();
  out.timeline = timeline(about);
  for (const auto& decision : about.decisions)
    out.decisions.push_back({seconds(decision.time), std::string(to_string(decision.state)), decision.by,
                             decision.reason, decision.outcome});
  return out;
}

Result<Report, safeguarding::StoreError> collect(safeguarding::Store& store, const Wanted& wanted,
                                                 safeguarding::Opener* opener) {
  Collector collector(wanted, opener);
  const auto cases = read_cases(store, {}, opener);
  if (!cases) return cases.error();
  for (const auto& about : *cases)
    collector.add(about);
  const safeguarding::Filter records{.kinds = {Kind::attempt, Kind::check, Kind::access, Kind::deletion, Kind::key},
                                     .since = collector.earliest(),
                                     .until = wanted.until};
  if (const auto error = store.each(records, [&collector](const Record& record) { collector.add(record); }))
    return *error;
  std::optional<safeguarding::Head> head;
  if (const auto error = store.last_head(head)) return *error;
  return collector.finish(head);
}

}  // namespace breakwater::reports
