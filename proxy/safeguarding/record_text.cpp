#include "proxy/safeguarding/record_text.h"

#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {

std::string text_in(std::string_view text, const char* member) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return {};
  const auto found = json.find(member);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace breakwater::safeguarding
