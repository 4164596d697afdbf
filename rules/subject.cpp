#include "rules/subject.h"

#include <algorithm>

namespace breakwater::rules {

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::network:
      return "network";
    case Confidence::device:
      return "device";
    case Confidence::account:
      return "account";
  }
  return "";
}

std::string_view to_string(OwnerKind kind) {
  return kind == OwnerKind::unknown ? "" : kOwnerKinds[static_cast<std::size_t>(kind) - 1];
}

std::optional<OwnerKind> parse_owner_kind(std::string_view text) {
  const auto* found = std::find(kOwnerKinds.begin(), kOwnerKinds.end(), text);
  if (found == kOwnerKinds.end()) return std::nullopt;
  return static_cast<OwnerKind>(found - kOwnerKinds.begin() + 1);
}

std::string person_key(const Subject& subject) {
  if (!subject.user.empty()) return std::string("user:").append(subject.user);
  if (!subject.device.empty()) return std::string("device:").append(subject.device);
  return std::string("address:").append(subject.address.to_string());
}

}  // namespace breakwater::rules
