#include "proxy/admin/request.h"

#include <array>

#include <nlohmann/json.hpp>

namespace breakwater::admin {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<Command, std::string_view>, 7> kCommands{{{Command::grant, "pass grant"},
                                                                         {Command::list, "pass list"},
                                                                         {Command::revoke, "pass revoke"},
                                                                         {Command::status, "status"},
                                                                         {Command::selftest_run, "selftest run"},
                                                                         {Command::selftest_result, "selftest result"},
                                                                         {Command::erased, "subject erased"}}};

/// The members of a request by their names: the one table for reading and writing.
template <class R, class Visit>
void members(R& request, const Visit& visit) {
  switch (request.command) {
    case Command::grant:
      visit("group", request.grant.group);
      visit("category", request.grant.category);
      visit("host", request.grant.host);
      visit("until", request.grant.until);
      visit("by", request.grant.by);
      visit("reason", request.grant.reason);
      break;
    case Command::revoke:
      visit("pass", request.id);
      visit("by", request.by);
      break;
    case Command::selftest_run:
      visit("group", request.group);
      visit("by", request.by);
      break;
    case Command::selftest_result:
      visit("run", request.id);
      break;
    case Command::list:
    case Command::status:
    case Command::erased:
      break;
  }
}

}  // namespace

Result<Request, std::string_view> parse_request(std::string_view line) {
  const auto value = json::parse(line, nullptr, false);
  if (!value.is_object()) return "the request is no JSON object";
  for (const auto& member : value)
    if (!member.is_string()) return "a member of the request is no string";
  const auto text = [&value](const char* key) {
    const auto found = value.find(key);
    return found == value.end() ? std::string() : found->get<std::string>();
  };
  Request request;
  const auto name = text("command");
  const auto* const known =
      std::find_if(kCommands.begin(), kCommands.end(), [&name](const auto& each) { return each.second == name; });
  if (known == kCommands.end())
    return "the command is none of pass grant, pass list, pass revoke, status, selftest run, selftest result and "
           "subject erased";
  request.command = known->first;
  std::size_t taken = 1;
  members(request, [&](const char* key, std::string& member) {
    if (value.contains(key)) ++taken;
    member = text(key);
  });
  if (taken != value.size()) return "the request has a member that the command does not know";
  return request;
}

std::string to_line(const Request& request) {
  json value;
  for (const auto& [command, name] : kCommands)
    if (command == request.command) value["command"] = name;
  members(request, [&value](const char* key, const std::string& member) {
    if (!member.empty()) value[key] = member;
  });
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string error_line(std::string_view message) {
  return json{{"error", message}}.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace breakwater::admin
