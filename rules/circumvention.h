#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::rules {

/// What is recognised by its first words in a tunnel that should hold TLS, in the order in which people are told.
std::span<const Reason> tunnel_kinds();

bool is_tunnel_kind(Reason reason);

/// The category that stands for a reason where nothing but the reason tells, so that the policy can say how much it
/// minds: "circumvention/vpn" of openvpn. "" for reasons that are nobody's doing: an app says many a thing by itself.
std::string_view category_of(Reason reason);

/// [circumvention] of a policy.
struct Circumvention {
  std::vector<Reason> allow;    ///< of tunnel_kinds(): may pass in a CONNECT; none by default
  std::vector<GroupId> groups;  ///< of these groups; none: of all

  bool allows(Reason reason, GroupId group) const;
};

}  // namespace breakwater::rules
