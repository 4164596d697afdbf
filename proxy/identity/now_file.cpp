#include "proxy/identity/now_file.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace breakwater::identity {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json write(const Seen& seen) {
  const auto& who = seen.identity;
  const auto& network = seen.network;
  return {{"address", network.prefix == 128 ? network.address.to_string() : network.to_string()},
          {"mac", who.mac ? Json(who.mac->to_string()) : Json()},
          {"randomised", who.mac && who.mac->is_randomised()},
          {"device", text_or_null(who.device)},
          {"owner", text_or_null(to_string(who.owner))},
          {"device_group", text_or_null(who.group)},
          {"user", text_or_null(who.user)},
          {"group", text_or_null(seen.policy_group)},
          {"source", who.source},
          {"confidence", to_string(who.confidence)},
          {"since", who.since.time_since_epoch().count()},
          {"until", who.until ? Json(who.until->time_since_epoch().count()) : Json()},
          {"why", who.why}};
}

std::string text(const Json& value, const char* key) {
  const auto& member = value.at(key);
  return member.is_null() ? std::string() : member.get<std::string>();
}

rules::SysSeconds time(const Json& value) {
  return rules::SysSeconds(std::chrono::seconds(value.get<std::int64_t>()));
}

Seen read(const Json& value) {
  Seen seen;
  seen.network = categories::Network::parse(text(value, "address")).value_or(categories::Network());
  seen.policy_group = text(value, "group");
  auto& who = seen.identity;
  who.user = text(value, "user");
  who.mac = MacAddress::parse(text(value, "mac"));
  who.device = text(value, "device");
  who.owner = rules::parse_owner_kind(text(value, "owner")).value_or(rules::OwnerKind::unknown);
  who.group = text(value, "device_group");
  const auto confidence = text(value, "confidence");
  for (const auto known : {rules::Confidence::device, rules::Confidence::account})
    if (confidence == to_string(known)) who.confidence = known;
  who.source = text(value, "source");
  who.why = text(value, "why");
  who.since = time(value.at("since"));
  if (!value.at("until").is_null()) who.until = time(value.at("until"));
  return seen;
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const Seen& seen) {
  return dump(write(seen));
}

std::string to_json(const IdentityMap& map, const rules::Policy* policy, rules::SysSeconds now) {
  std::vector<const IdentityMap::Entries::value_type*> entries;
  for (const auto& entry : map.entries())
    entries.push_back(&entry);
  std::ranges::sort(entries, {}, [](const auto* entry) { return entry->first; });
  auto all = Json::array();
  for (const auto* entry : entries) {
    rules::Subject subject;
    subject.address = entry->first.address;
    identify(subject, &entry->second);
    const auto group = policy ? policy->group_of(subject) : rules::kNoGroup;
    all.push_back(write({entry->first, entry->second, group == rules::kNoGroup ? "" : policy->groups[group].name}));
  }
  return dump({{"time", now.time_since_epoch().count()}, {"all", std::move(all)}});
}

std::optional<Now> parse_now(std::string_view json) {
  try {
    const auto value = Json::parse(json);
    Now now{time(value.at("time")), {}};
    for (const auto& each : value.at("all"))
      now.all.push_back(read(each));
    return now;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace breakwater::identity
