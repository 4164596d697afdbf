// {"what":"Self-test of the filter","result":"...","passed":true,"type":"run","by":"schedule","checks":42,"missed":0,
//  "probes":504,"groups":[...],"doors":["proxy"],"blocked":["terrorism",...],"let_through":[...],"gaps":["..."],"lists":7,
//  "policy":"...","took_ms":310}
// {"what":"terrorism, canary","result":"...","passed":false,"type":"miss","category":"terrorism","action":"..."}
// {"what":"Action taken","result":"...","passed":true,"type":"note","by":"..."}

#include "proxy/selftest/records.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace breakwater::selftest {
namespace {

using Json = nlohmann::ordered_json;
using safeguarding::Entry;
using safeguarding::Kind;

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string name_of(const Target& target) {
  return target.category.empty() ? fmt::format("{} ({})", target.what, to_string(target.kind))
                                 : fmt::format("{}, {}", target.category, target.what);
}

std::string text_of(const Check& check) {
  std::string text;
  for (const auto& miss : check.misses)
    text += fmt::format("{}{}: {} by {}", text.empty() ? "" : "; ", miss.group, miss.why, joined(miss.ways));
  return text;
}

void put_once(Json& values, const std::string& value) {
  if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

/// By category: what was blocked as everybody, and what was not.
void put_categories(Json& body, const Run& run) {
  auto blocked = Json::array();
  auto open = Json::array();
  auto gaps = Json::array();
  for (const auto& check : run.checks) {
    const bool as_it_should = check.misses.empty() && check.target.expect == Target::Expect::block;
    if (check.target.kind == Target::Kind::canary)
      put_once(as_it_should || check.seen == "blocked" ? blocked : open, check.target.category);
    if (!check.target.gap.empty()) put_once(gaps, fmt::format("{}: {}", check.target.category, check.target.gap));
  }
  body["blocked"] = std::move(blocked);
  body["let_through"] = std::move(open);
  body["gaps"] = std::move(gaps);
}

std::string plural(std::uint64_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

Json to_value(const Check& check) {
  const auto& target = check.target;
  Json value{{"kind", to_string(target.kind)}, {"category", target.category}, {"what", target.what}};
  if (target.kind != Target::Kind::list_entry) value["host"] = target.host;
  value["expect"] = target.expect == Target::Expect::block   ? "block"
                    : target.expect == Target::Expect::allow ? "allow"
                                                             : "either";
  value["groups"] = target.groups;
  value["passed"] = check.misses.empty();
  if (!check.seen.empty()) value["seen"] = check.seen;
  if (!target.gap.empty()) value["gap"] = target.gap;
  auto misses = Json::array();
  for (const auto& miss : check.misses)
    misses.push_back({{"group", miss.group}, {"ways", joined(miss.ways)}, {"why", miss.why}, {"action", miss.action}});
  value["misses"] = std::move(misses);
  return value;
}

}  // namespace

std::string summary(const Run& run) {
  if (!run.failure.empty()) return "could not be done: " + run.failure;
  const auto what = fmt::format("{} as {}, {}", plural(run.checks.size(), "check"), plural(run.groups.size(), "group"),
                                plural(run.probes, "question"));
  const auto missed = run.missed();
  return missed == 0 ? what + ": all as they should be" : fmt::format("{}: {} MISSED", what, missed);
}

std::vector<std::string> miss_lines(const Run& run) {
  std::vector<std::string> lines;
  for (const auto& check : run.checks)
    if (!check.misses.empty()) lines.push_back(name_of(check.target) + ": " + text_of(check));
  return lines;
}

std::vector<Entry> to_entries(const Run& run) {
  Json body{{"what", "Self-test of the filter"},
            {"result", summary(run)},
            {"passed", run.passed()},
            {"type", "run"},
            {"by", run.by},
            {"checks", run.checks.size()},
            {"missed", run.missed()},
            {"probes", run.probes},
            {"groups", run.groups},
            {"doors", run.doors}};
  put_categories(body, run);
  body["lists"] = run.lists_version;
  body["policy"] = run.policy;
  body["took_ms"] = run.took.count();
  std::vector<Entry> entries{{run.time, Kind::check, run.id, dump(body), ""}};
  for (const auto& check : run.checks) {
    if (check.misses.empty()) continue;
    if (entries.size() > kMostMisses) break;
    const Json miss{{"what", name_of(check.target)},
                    {"result", text_of(check)},
                    {"passed", false},
                    {"type", "miss"},
                    {"category", check.target.category},
                    {"action", check.misses.front().action}};
    entries.push_back({run.time, Kind::check, run.id, dump(miss), ""});
  }
  return entries;
}

Entry note(const std::string& run, const std::string& by, const std::string& action, safeguarding::Milliseconds now) {
  const Json body{{"what", "Action taken"}, {"result", action}, {"passed", true}, {"type", "note"}, {"by", by}};
  return {now, Kind::check, run, dump(body), ""};
}

Result<std::optional<safeguarding::Milliseconds>, safeguarding::StoreError> scheduled_before(
    safeguarding::Store& store) {
  std::optional<safeguarding::Milliseconds> first;
  std::optional<safeguarding::Milliseconds> last;
  const auto error = store.each({.kinds = {Kind::check}}, [&](const safeguarding::Record& record) {
    if (!first) first = record.time;
    const auto body = record.body ? Json::parse(*record.body, nullptr, false) : Json();
    if (!body.is_object() || body.value("type", Json()) != "run") return;
    const auto by = body.value("by", Json());
    if (by == kBySchedule || by == kMadeUp) last = record.time;
  });
  if (error) return *error;
  return last ? last : first;
}

std::string to_json(const Run& run) {
  Json value{{"run", run.id},          {"by", run.by},         {"passed", run.passed()},      {"result", summary(run)},
             {"missed", run.missed()}, {"probes", run.probes}, {"took_ms", run.took.count()}, {"doors", run.doors}};
  if (!run.failure.empty()) value["failure"] = run.failure;
  auto checks = Json::array();
  for (const auto& check : run.checks)
    checks.push_back(to_value(check));
  value["checks"] = std::move(checks);
  return dump(value);
}

}  // namespace breakwater::selftest
