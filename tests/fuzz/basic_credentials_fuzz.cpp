// Input: the value of a Proxy-Authorization field.

#include <algorithm>

#include "proxy/auth/basic_credentials.h"
#include "proxy/auth/helper_process.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::auth {
namespace {

using fuzz::require;

void run(std::span<const std::uint8_t> input) {
  const auto credentials = parse_basic(fuzz::as_text(input));
  if (!credentials) {
    require(!to_string(credentials.error()).empty(), "a refusal without a reason");
    return;
  }
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; };
  for (const auto* text : {&credentials->user, &credentials->password})
    require(std::ranges::none_of(*text, is_control), "a control character");
  require(!credentials->user.empty() && credentials->user.size() <= kMaxUserBytes, "a user name out of bounds");
  require(credentials->user.find(':') == std::string::npos, "a colon in a user name");
  require(credentials->password.size() <= kMaxPasswordBytes, "a long password");
  const auto line = helper_line("", *credentials);
  require(std::ranges::count(line, '\n') == 1 && line.ends_with('\n'), "not one line for a helper");
  require(std::ranges::count(line, ' ') == 1, "not two words for a helper");
}

const fuzz::Registration registered{"basic_credentials", &run};

}  // namespace
}  // namespace breakwater::auth
