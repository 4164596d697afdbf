// Input: one byte that says what the rest is: a register of devices, a lease file of dnsmasq or of Kea, or messages of
// the neighbour table.

#include <algorithm>

#include "proxy/identity/device_register.h"
#include "proxy/identity/leases.h"
#include "proxy/identity/neighbours.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::identity {
namespace {

using categories::Severity;
using fuzz::require;

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; });
}

void check_told(const categories::Diagnostics& diagnostics) {
  for (const auto& each : diagnostics)
    require(is_printable(each.message) && each.message.size() < 512, "a message that cannot be printed");
}

void check_register(std::string_view text) {
  categories::Diagnostics diagnostics;
  const auto devices = DeviceRegister::parse(text, "devices.csv", diagnostics);
  const auto is_error = [](const auto& each) { return each.severity == Severity::error; };
  require(devices.has_value() == std::ranges::none_of(diagnostics, is_error), "a mistake, and a register");
  check_told(diagnostics);
  if (!devices) return;
  for (const auto& [mac, device] : devices->devices())
    for (const auto* value : {&device.name, &device.group, &device.person})
      require(is_printable(*value) && value->size() <= DeviceRegister::kMaxValueBytes,
              "a value that cannot be printed");
}

template <class Reader>
void check_leases(Reader read, std::string_view text) {
  Leases leases;
  categories::Diagnostics diagnostics;
  read(text, "leases", leases, diagnostics);
  check_told(diagnostics);
  require(leases.size() <= kMaxLeases, "too many leases");
  // What is behind the last line's end is still being written.
  Leases whole;
  categories::Diagnostics ignored;
  read(text.substr(0, text.rfind('\n') + 1), "leases", whole, ignored);
  require(leases.size() == whole.size(), "half a line counts");
}

void run(std::span<const std::uint8_t> input) {
  if (input.empty()) return;
  const auto rest = input.subspan(1);
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  switch (input[0]) {
    case 'r':
      return check_register(text);
    case 'd':
      return check_leases(&read_dnsmasq_leases, text);
    case 'k':
      return check_leases(&read_kea_leases, text);
    default:
      Neighbours table;
      const auto news = apply_neighbours(rest, table);
      require(news != NeighbourNews::none || table.empty(), "a change that is not told");
  }
}

const fuzz::Registration registered{"devices", &run};

}  // namespace
}  // namespace breakwater::identity
