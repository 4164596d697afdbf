#include "proxy/lists/version.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

namespace breakwater::lists {
namespace {

using categories::BuildReport;
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

HeldLists hold_back(const BuildReport& on_disk, const Version& target) {
  HeldLists held;
  for (const auto& then : target.lists)
    if (then.role != ListRole::locked) held[then.name] = {"", then.digest, then.category, then.role};
  for (std::size_t i = 0; i < on_disk.lists.size(); ++i) {
    if (on_disk.lists[i].role == ListRole::locked) continue;
    auto& list = held[on_disk.lists[i].name];
    list.instead_of = on_disk.origins[i].digest;
    if (list.use == list.instead_of) held.erase(on_disk.lists[i].name);
  }
  return held;
}

HeldLists still_held(HeldLists held, const BuildReport& report) {
  std::erase_if(held, [&](const auto& each) {
    const auto& [name, list] = each;
    const auto found = std::ranges::find(report.lists, name, &categories::ListInfo::name);
    if (found == report.lists.end()) return !list.use.empty();
    const auto& origin = report.origins[static_cast<std::size_t>(found - report.lists.begin())];
    return origin.digest != list.use || origin.on_disk != list.instead_of ||
           origin.file.empty() != list.instead_of.empty();
  });
  return held;
}

}  // namespace breakwater::lists
