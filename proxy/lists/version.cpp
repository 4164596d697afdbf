#include "proxy/lists/version.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

namespace breakwater::lists {
namespace {

using categories::HeldList;
using categories::ListRole;
using nlohmann::json;

std::int64_t seconds(std::chrono::sys_seconds when) {
  return when.time_since_epoch().count();
}
std::chrono::sys_seconds instant(const json& value) {
  return std::chrono::sys_seconds{std::chrono::seconds{value.get<std::int64_t>()}};
}

ListRole role_from(const std::string& name) {
  for (std::size_t i = 0; i < categories::kListRoles; ++i)
    if (to_string(static_cast<ListRole>(i)) == name) return static_cast<ListRole>(i);
  throw json::other_error::create(501, "no role", nullptr);
}

json to_value(const VersionList& list) {
  return {{"name", list.name},
          {"category", list.category},
          {"role", to_string(list.role)},
          {"format", categories::to_string(list.format)},
          {"digest", list.digest},
          {"on_disk", list.on_disk},
          {"entries", list.entries},
          {"rejected", list.rejected},
          {"skipped", list.skipped},
          {"expired", list.expired},
          {"added", list.added},
          {"removed", list.removed},
          {"changed", seconds(list.changed)}};
}

VersionList list_from(const json& value) {
  VersionList list;
  value.at("name").get_to(list.name);
  value.at("category").get_to(list.category);
  list.role = role_from(value.at("role"));
  list.format = categories::find_list_format(value.at("format").get<std::string>()).value_or(list.format);
  value.at("digest").get_to(list.digest);
  value.at("on_disk").get_to(list.on_disk);
  value.at("entries").get_to(list.entries);
  value.at("rejected").get_to(list.rejected);
  value.at("skipped").get_to(list.skipped);
  value.at("expired").get_to(list.expired);
  value.at("added").get_to(list.added);
  value.at("removed").get_to(list.removed);
  list.changed = instant(value.at("changed"));
  return list;
}

}  // namespace

std::uint64_t Version::entries() const {
  return std::accumulate(lists.begin(), lists.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const VersionList& list) { return sum + list.entries; });
}

const VersionList* Version::find(std::string_view list) const {
  const auto found = std::ranges::find(lists, list, &VersionList::name);
  return found == lists.end() ? nullptr : &*found;
}

std::string to_json(const Version& version) {
  json value{{"number", version.number},           {"time", seconds(version.time)},  {"why", version.why},
             {"accepted", version.accepted},       {"rehearsal", version.rehearsal}, {"restores", version.restores},
             {"fingerprint", version.fingerprint}, {"lists", json::array()},         {"held", json::object()},
             {"cache_files", version.cache_files}};
  for (const auto& list : version.lists)
    value["lists"].push_back(to_value(list));
  for (const auto& [name, held] : version.held)
    value["held"][name] = {{"instead_of", held.instead_of},
                           {"use", held.use},
                           {"category", held.category},
                           {"role", to_string(held.role)}};
  return value.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

std::optional<Version> version_from_json(std::string_view text) {
  try {
    const auto value = json::parse(text);
    Version version;
    value.at("number").get_to(version.number);
    version.time = instant(value.at("time"));
    value.at("why").get_to(version.why);
    value.at("accepted").get_to(version.accepted);
    value.at("rehearsal").get_to(version.rehearsal);
    value.at("restores").get_to(version.restores);
    value.at("fingerprint").get_to(version.fingerprint);
    for (const auto& list : value.at("lists"))
      version.lists.push_back(list_from(list));
    for (const auto& [name, held] : value.at("held").items())
      version.held[name] = {held.at("instead_of"), held.at("use"), held.at("category"), role_from(held.at("role"))};
    value.at("cache_files").get_to(version.cache_files);
    return version;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::map<std::string, HeldList, std::less<>> hold_back(const Version& current, const Version& target) {
  auto held = current.held;
  const auto on_disk = [](const VersionList& list) { return list.on_disk.empty() ? list.digest : list.on_disk; };
  for (const auto& now : current.lists) {
    const auto* then = target.find(now.name);
    if (now.role == ListRole::locked || (then && then->digest == now.digest)) continue;
    const auto known = held.find(now.name);
    // Of a list that is not on disk, and stands in for it by an earlier rollback, there is nothing to hold back.
    const bool absent = known != held.end() && known->second.instead_of.empty() && known->second.use == now.digest;
    held.erase(now.name);
    if (absent && then)
      held[now.name] = {"", then->digest, then->category, then->role};
    else if (absent)
      continue;
    else if (!then)
      held[now.name] = {on_disk(now), "", now.category, now.role};
    else if (then->digest != on_disk(now))
      held[now.name] = {on_disk(now), then->digest, now.category, now.role};
  }
  for (const auto& then : target.lists) {
    if (then.role == ListRole::locked || current.find(then.name)) continue;
    const auto known = held.find(then.name);
    // Left out by an earlier rollback: it is on disk, and was held at nothing.
    if (known != held.end() && known->second.instead_of == then.digest)
      held.erase(known);
    else if (known != held.end())
      known->second.use = then.digest;
    else
      held[then.name] = {"", then.digest, then.category, then.role};
  }
  return held;
}

}  // namespace breakwater::lists
