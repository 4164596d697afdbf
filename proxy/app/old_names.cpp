#include "proxy/app/old_names.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "categories/ip_address.h"
#include "proxy/admin/journal.h"

namespace breakwater::app {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The line as it is written today.
std::string without_names(std::string_view line, const safeguarding::Pseudonyms& pseudonyms) {
  auto object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::string(line);
  const auto person = text_of(object, "person");
  const auto client = text_of(object, "client");
  if (const auto kind = person.find(':'); kind != std::string::npos) {
    object["person"] = pseudonyms.of_person(person);
    if (object.contains("user")) object["known_by"] = person.substr(0, kind);  // of an acceptance alone
    for (const char* key : {"address", "device", "user"})
      object.erase(key);
  } else if (categories::IpAddress::parse(client)) {
    object["client"] = pseudonyms.of_person("address:" + client);
  } else {
    return std::string(line);
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void take_names_out_of_files(const std::filesystem::path& state, const safeguarding::Pseudonyms& pseudonyms) {
  for (const char* name : {"portal/acceptances.log", "portal/reviews.log", "passes.log"}) {
    admin::Rewritten done;
    const auto error = admin::rewrite_lines(
        state / name, [&](std::string_view line) { return without_names(line, pseudonyms); }, done);
    if (!error.empty()) spdlog::error("names are left in a file of an earlier version: {}", error);
    if (done.changed > 0) spdlog::info("{}: {} lines name nobody any more", name, done.changed);
  }
}

}  // namespace breakwater::app
