#include "proxy/cli/case_text.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/cli/terminal.h"
#include "proxy/reports/collect.h"
#include "proxy/reports/words.h"

namespace breakwater::cli {
namespace {

using Json = nlohmann::ordered_json;
using reports::visible_text;
using safeguarding::Case;
using safeguarding::Milliseconds;

Json parsed(const std::string& text) {
  return Json::parse(text, nullptr, false);
}

/// {"reference":...,"state":"new","held":false,"first_look":null,"episode":{...}}
Json summary(const Case& about) {
  const auto look = about.first_look();
  return {{"reference", about.episode.reference},
          {"state", to_string(about.state())},
          {"held", about.held()},
          {"first_look", look ? Json(utc_text(*look)) : Json()},
          {"episode", parsed(safeguarding::to_json(about.episode))}};
}

Json all(const Case& about, const safeguarding::EpisodeNames* names) {
  auto json = summary(about);
  for (const auto* list : {"growth", "alerts", "decisions", "holds", "accesses"})
    json[list] = Json::array();
  for (const auto& one : about.growth)
    json["growth"].push_back(
        {{"time", utc_text(one.time)}, {"stage", to_string(one.stage)}, {"attempts", one.attempts}});
  for (const auto& one : about.alerts)
    json["alerts"].push_back({{"time", utc_text(one.time)}, {"state", one.state}, {"role", one.role}});
  for (const auto& one : about.decisions)
    json["decisions"].push_back({{"time", utc_text(one.time)},
                                 {"state", to_string(one.state)},
                                 {"reason", one.reason},
                                 {"outcome", one.outcome},
                                 {"by", one.by}});
  for (const auto& one : about.holds)
    json["holds"].push_back({{"time", utc_text(one.time)},
                             {"hold", one.turn == safeguarding::Hold::Turn::on},
                             {"by", one.by},
                             {"reason", one.reason}});
  for (const auto& one : about.accesses)
    json["accesses"].push_back({{"time", utc_text(one.time)},
                                {"by", one.by},
                                {"reason", one.reason},
                                {"what", one.what},
                                {"subject", one.subject}});
  json["names"] = names == nullptr ? Json() : parsed(safeguarding::to_json(*names));
  return json;
}

void print(const Json& json) {
  std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

void print_fact(std::string_view what, std::string_view value) {
  if (!value.empty()) std::cout << fmt::format("  {:<12}{}\n", what, visible_text(value));
}

}  // namespace

void print_line(const Case& about, Output output) {
  if (output == Output::json) return print(summary(about));
  const auto& episode = about.episode;
  std::cout << fmt::format("{}  {}  {:<7}  {}  {}  {}, {}{}\n", utc_text(episode.first), episode.reference,
                           to_string(episode.severity), visible_text(episode.theme), visible_text(episode.pseudonym),
                           reports::counted(episode.attempts, "attempt", "attempts"), to_string(about.state()),
                           about.held() ? ", held" : "");
}

void print_all(const Case& about, const safeguarding::EpisodeNames* names, Output output) {
  if (output == Output::json) return print(all(about, names));
  print_line(about, output);
  const auto entry = reports::to_entry(about, names);
  print_fact("person", entry.person);
  print_fact("group", entry.group);
  for (const auto& host : entry.host_names)
    print_fact("site", host);
  print_fact("what asked", entry.origin);
  print_fact("known", entry.known);
  print_fact("how sure", entry.how_sure);
  print_fact("not known", entry.not_known);
  for (const auto& step : entry.timeline)
    print_fact("", utc_text(step.time) + "  " + step.what);
  for (const auto& decision : entry.decisions) {
    print_fact("reason", decision.reason);
    print_fact("outcome", decision.outcome);
  }
  if (names == nullptr) return print_fact("names", "sealed");
  for (const auto& url : names->urls)
    print_fact("url", url);
  for (const auto& words : names->searches)
    print_fact("searched", words);
  for (const auto& visit : names->context)
    print_fact("context", fmt::format("{}  {} {}", utc_text(visit.time), to_string(visit.action), visit.host));
}

}  // namespace breakwater::cli
