#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "categories/ip_address.h"

namespace breakwater::rules {

/// Index of a group in its Policy.
using GroupId = std::uint16_t;
inline constexpr GroupId kNoGroup = 0xffff;

/// How sure it is who asks: by the network of the address alone; by a device that is in the register; by an account
/// that somebody signed in with.
enum class Confidence : std::uint8_t { network, device, account };
std::string_view to_string(Confidence confidence);

/// Whose a device is. `unknown`: it is in no register.
enum class OwnerKind : std::uint8_t { unknown, pool_laptop, byod, console, guest };
/// "pool laptop", "byod", "console", "guest"; "" for unknown.
std::string_view to_string(OwnerKind kind);
std::optional<OwnerKind> parse_owner_kind(std::string_view text);
inline constexpr std::array<std::string_view, 4> kOwnerKinds{"pool laptop", "byod", "console", "guest"};

/// Who asks. A client in no group is kNoGroup and is refused.
struct Subject {
  categories::IpAddress address;
  GroupId group = kNoGroup;
  std::string user;    ///< the account; or, by the register, the person whose device it is
  std::string device;  ///< its name in the register, or its MAC
  OwnerKind owner = OwnerKind::unknown;
  std::string device_group{};  ///< the group that the register names for the device, or ""
  Confidence confidence = Confidence::network;
  std::uint32_t spent = 0;  ///< bit i: quota i of the policy is used up
};

/// Whose use, acceptance and window it is: "user:NAME" of the account or, by the register, the person; where nobody is
/// known "device:NAME-OR-MAC", else "address:A".
std::string person_key(const Subject& subject);

}  // namespace breakwater::rules
