// {"reference":"E-7QK4M-2XP9D","stage":"opened","pseudonym":"P-4T9ZQX2C","group":"learners","theme":"drugs",
//  "severity":"notice","first":1795428000000,"last":1795428060000,"attempts":3,"allowed":0,"distinct_hosts":2,
//  "categories":["drugs"],"origin":"person","signals":["..."],"confidence":"device","owner":"pool laptop",
//  "grade":{"known":"...","identity":"...","not_known":"..."},"through":"8RT5N-3YQ0E"}

#include "proxy/safeguarding/episode.h"

#include <array>

#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kOrigins{Origin::unclear, Origin::person, Origin::page, Origin::app};
constexpr std::array kStages{Stage::opened, Stage::grown, Stage::closed};
constexpr std::array kConcerns{rules::Concern::none, rules::Concern::notice, rules::Concern::warning,
                               rules::Concern::danger};
constexpr std::array kConfidences{rules::Confidence::network, rules::Confidence::device, rules::Confidence::account};
constexpr std::array kActions{rules::Action::allow, rules::Action::block};

struct UnknownWord {};

/// The value of that name. Throws UnknownWord.
template <class Values>
auto named(const Values& values, const Json& name) {
  const auto& text = name.get_ref<const std::string&>();
  for (const auto value : values)
    if (text == to_string(value)) return value;
  throw UnknownWord();
}

std::int64_t number(Milliseconds time) {
  return time.time_since_epoch().count();
}

Milliseconds instant(const Json& value) {
  return Milliseconds(std::chrono::milliseconds(value.get<std::int64_t>()));
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What `read` makes of the JSON object in `text`; nullopt where something is missing or of another type.
template <class Read>
auto parse(std::string_view text, Read read) -> std::optional<decltype(read(Json()))> {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception&) {
  } catch (const UnknownWord&) {
  }
  return std::nullopt;
}

Episode read_episode(const Json& value) {
  Episode episode;
  value.at("reference").get_to(episode.reference);
  episode.stage = named(kStages, value.at("stage"));
  value.at("pseudonym").get_to(episode.pseudonym);
  value.at("group").get_to(episode.group);
  value.at("theme").get_to(episode.theme);
  episode.severity = named(kConcerns, value.at("severity"));
  episode.first = instant(value.at("first"));
  episode.last = instant(value.at("last"));
  value.at("attempts").get_to(episode.attempts);
  value.at("allowed").get_to(episode.allowed);
  value.at("distinct_hosts").get_to(episode.distinct_hosts);
  value.at("categories").get_to(episode.categories);
  episode.origin = named(kOrigins, value.at("origin"));
  value.at("signals").get_to(episode.signals);
  episode.confidence = named(kConfidences, value.at("confidence"));
  value.at("owner").get_to(episode.owner);
  const auto& grade = value.at("grade");
  grade.at("known").get_to(episode.grade.known);
  grade.at("identity").get_to(episode.grade.identity);
  grade.at("not_known").get_to(episode.grade.not_known);
  value.at("through").get_to(episode.through);
  return episode;
}

EpisodeNames read_names(const Json& value) {
  EpisodeNames names;
  value.at("client").get_to(names.client);
  value.at("device").get_to(names.device);
  value.at("user").get_to(names.user);
  value.at("hosts").get_to(names.hosts);
  value.at("urls").get_to(names.urls);
  value.at("searches").get_to(names.searches);
  for (const auto& visit : value.at("context"))
    names.context.push_back(
        {instant(visit.at("time")), visit.at("host").get<std::string>(), named(kActions, visit.at("action"))});
  return names;
}

}  // namespace

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::person:
      return "person";
    case Origin::page:
      return "page";
    case Origin::app:
      return "app";
    case Origin::unclear:
      break;
  }
  return "unclear";
}

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::opened:
      return "opened";
    case Stage::grown:
      return "grown";
    case Stage::closed:
      break;
  }
  return "closed";
}

std::string to_json(const Episode& episode) {
  const auto& grade = episode.grade;
  return dump({{"reference", episode.reference},
               {"stage", to_string(episode.stage)},
               {"pseudonym", episode.pseudonym},
               {"group", episode.group},
               {"theme", episode.theme},
               {"severity", to_string(episode.severity)},
               {"first", number(episode.first)},
               {"last", number(episode.last)},
               {"attempts", episode.attempts},
               {"allowed", episode.allowed},
               {"distinct_hosts", episode.distinct_hosts},
               {"categories", episode.categories},
               {"origin", to_string(episode.origin)},
               {"signals", episode.signals},
               {"confidence", to_string(episode.confidence)},
               {"owner", episode.owner},
               {"grade", {{"known", grade.known}, {"identity", grade.identity}, {"not_known", grade.not_known}}},
               {"through", episode.through}});
}

std::optional<Episode> parse_episode(std::string_view json) {
  return parse(json, read_episode);
}

std::string to_json(const EpisodeNames& names) {
  auto context = Json::array();
  for (const auto& visit : names.context)
    context.push_back({{"time", number(visit.time)}, {"host", visit.host}, {"action", to_string(visit.action)}});
  return dump({{"client", names.client},
               {"device", names.device},
               {"user", names.user},
               {"hosts", names.hosts},
               {"urls", names.urls},
               {"searches", names.searches},
               {"context", std::move(context)}});
}

std::optional<EpisodeNames> parse_episode_names(std::string_view json) {
  return parse(json, read_names);
}

}  // namespace breakwater::safeguarding
