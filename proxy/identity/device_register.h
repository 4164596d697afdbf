#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "categories/diagnostic.h"
#include "proxy/identity/mac_address.h"
#include "rules/subject.h"

namespace breakwater::identity {

struct MacHash {
  std::size_t operator()(const MacAddress& mac) const;
};

/// A device that the centre knows.
struct Device {
  std::string name;
  rules::OwnerKind owner = rules::OwnerKind::unknown;
  std::string group;   ///< of the policy; "" where the register names none
  std::string person;  ///< whose it is; "" where the register does not say
  std::uint32_t line = 0;
};

/// The register of devices: CSV with the columns MAC, name and owner, and perhaps group and person, in any order. A
/// device counts by the MAC that stands there and by no other, so that one that makes up its MAC is no device of the
/// register unless it names that very one.
class DeviceRegister {
 public:
  static constexpr std::size_t kMaxDevices = 100'000;
  static constexpr std::size_t kMaxValueBytes = 200;

  /// Never throws. Every mistake goes to `diagnostics` with line and column; nullopt where there was one, since a
  /// register that is half read would take devices away.
  static std::optional<DeviceRegister> parse(std::string_view text, const std::string& file,
                                             categories::Diagnostics& diagnostics);

  const Device* find(const MacAddress& mac) const;  ///< lives as long as the register
  std::size_t size() const { return devices_.size(); }
  /// All of them, in no order.
  const auto& devices() const { return devices_; }

 private:
  std::unordered_map<MacAddress, Device, MacHash> devices_;
};

}  // namespace breakwater::identity
