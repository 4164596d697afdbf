#include "proxy/safeguarding/record.h"

#include <algorithm>

namespace breakwater::safeguarding {
namespace {

constexpr std::array<std::string_view, kKinds> kNames{"attempt", "episode",  "alert", "decision", "hold",
                                                      "access",  "deletion", "head",  "key",      "check"};

}  // namespace

std::string_view to_string(Kind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> parse_kind(std::string_view text) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), text);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Kind>(found - kNames.begin());
}

}  // namespace breakwater::safeguarding
