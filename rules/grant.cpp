#include "rules/grant.h"

#include <algorithm>

#include <date/date.h>
#include <date/tz.h>

#include "rules/civil_time.h"
#include "rules/diagnostic_sink.h"

namespace breakwater::rules {
namespace {

constexpr std::uint16_t kHttps = 443;

std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string_view>& names) {
  std::string message = "there is no ";
  message += kind;
  message += ' ' + in_quotes(word);
  const auto nearest = categories::nearest(word, names);
  return nearest.empty() ? message : message += "; did you mean " + in_quotes(nearest) + '?';
}

/// One line that a log and a terminal can show as it is.
std::optional<std::string> wrong_text(std::string_view what, std::string_view text, std::size_t most) {
  std::string message = "a pass needs ";
  message += what;
  if (text.find_first_not_of(' ') == std::string_view::npos) return message;
  if (text.size() > most) return message += " of at most " + std::to_string(most) + " bytes";
  if (has_control_character(text)) return message += " without control characters";
  return std::nullopt;
}

/// "11:30" is that time of the day on the centre's clocks.
std::optional<SysSeconds> parse_until(const std::string& text, SysSeconds now, const date::time_zone& zone) {
  if (!parse_clock(text)) return parse_civil(text, zone);
  constexpr std::size_t kDate = 11;  // "2026-11-23T"
  return parse_civil(format_civil(now, zone).substr(0, kDate) + text, zone);
}

std::optional<std::string> host_objection(const Pass& pass, Engine& engine, GroupId group) {
  const auto host = categories::normalise_host(pass.host, categories::HostSource::wire);
  if (!host) return in_quotes(pass.host) + " is no host: " + std::string(to_string(host.error()));
  const auto verdict = engine.decide_in("", {Stage::connect, *host, kHttps, ""}, group);
  switch (verdict.reason) {
    case Reason::floor:
      return in_quotes(pass.host) + " is in the floor, which no pass lifts";
    case Reason::address_literal:
    case Reason::private_destination:
    case Reason::engine_error:
      return in_quotes(pass.host) + " is refused whatever it is (" + std::string(to_string(verdict.reason)) + ')';
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> objection(const Pass& pass, Engine& engine) {
  const auto& policy = engine.snapshot()->policy;
  const auto group = policy.find_group(pass.group);
  if (!group) {
    std::vector<std::string_view> names;
    for (const auto& each : policy.groups)
      names.emplace_back(each.name);
    return unknown("group", pass.group, names);
  }
  if (pass.category.empty()) return host_objection(pass, engine, *group);
  const auto& table = engine.snapshot()->catalogue->categories();
  const auto category = table.find(pass.category);
  if (!category) return unknown("category", pass.category, table.names());
  if (policy.floor.test(*category)) return in_quotes(pass.category) + " is in the floor, which no pass lifts";
  return std::nullopt;
}

SysSeconds end_of(const Pass& pass, Engine& engine, SysSeconds now) {
  const auto group = engine.snapshot()->policy.find_group(pass.group);
  const auto bell = group ? engine.bell(*group, now) : std::nullopt;
  return bell ? std::min(*bell, pass.until) : pass.until;
}

Result<Pass, Refusal> make_pass(const GrantRequest& request, Engine& engine, SysSeconds now) {
  Pass pass{"", request.group, request.category, "", now, now + kLongestPass, request.by, request.reason};
  if (request.category.empty() == request.host.empty()) return Refusal{"a pass is for a category or for a host"};
  if (!request.host.empty()) {
    const auto host = categories::normalise_host(request.host, categories::HostSource::person);
    if (!host) return Refusal{in_quotes(request.host) + " is no host: " + std::string(to_string(host.error()))};
    pass.host = host->text();
  }
  if (auto wrong = objection(pass, engine)) return Refusal{*std::move(wrong)};
  if (auto wrong = wrong_text("the name of who grants it", pass.by, kMostName)) return Refusal{*std::move(wrong)};
  if (auto wrong = wrong_text("a reason", pass.reason, kMostReason)) return Refusal{*std::move(wrong)};
  if (request.until == "bell") {
    const auto latest = pass.until;
    pass.until = end_of(pass, engine, now);
    if (pass.until == latest)
      return Refusal{"no bell rings for " + in_quotes(pass.group) + " within 24 hours: give a time"};
    return pass;
  }
  const auto until = parse_until(request.until, now, *engine.snapshot()->policy.zone);
  if (!until)
    return Refusal{in_quotes(request.until) + " is neither \"bell\" nor a time, as 11:30 or 2026-11-23T11:30"};
  if (*until <= now) return Refusal{in_quotes(request.until) + " is past"};
  if (*until > now + kLongestPass) return Refusal{"a pass lasts 24 hours at most"};
  pass.until = *until;
  pass.until = end_of(pass, engine, now);
  return pass;
}

std::shared_ptr<const Snapshot> with_passes(const Snapshot& snapshot, std::vector<Pass> passes) {
  auto next = std::make_shared<Snapshot>(snapshot);
  next->passes = std::make_shared<const Passes>(std::move(passes), next->policy, next->catalogue->categories());
  return next;
}

}  // namespace breakwater::rules
