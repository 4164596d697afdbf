#include "proxy/identity/device_register.h"

#include <algorithm>
#include <array>

#include "proxy/identity/csv_reader.h"
#include "proxy/wire/utf8.h"
#include "rules/group_members.h"
#include "rules/policy_names.h"

namespace breakwater::identity {
namespace {

using rules::in_quotes;
using rules::Text;

enum Column : std::uint8_t { kMac, kName, kOwner, kGroup, kPerson, kColumns };
constexpr std::array<std::string_view, kColumns> kHeader{"mac", "name", "owner", "group", "person"};
constexpr std::size_t kRequired = 3;

/// Where each column stands in a row.
using Order = std::array<std::optional<std::size_t>, kColumns>;

std::optional<Order> read_header(const std::vector<Text>& row, rules::DiagnosticSink& sink) {
  Order order;
  bool good = true;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto name = rules::lower_account(row[i].value);
    const auto column = static_cast<std::size_t>(std::ranges::find(kHeader, name) - kHeader.begin());
    good = false;
    if (column == kColumns)
      sink.error(row[i].place,
                 "unknown column " + in_quotes(row[i].value) + sink.did_you_mean(row[i].place, name, kHeader));
    else if (order[column])
      sink.error(row[i].place, "column " + in_quotes(name) + " stands twice");
    else {
      order[column] = i;
      good = true;
    }
    if (!good) return std::nullopt;
  }
  for (std::size_t column = 0; column < kRequired; ++column) {
    if (order[column]) continue;
    sink.error(row.front().place, "no column \"" + std::string(kHeader[column]) +
                                      "\": the first line is the header MAC,name,owner[,group][,person]");
    good = false;
  }
  return good ? std::optional(order) : std::nullopt;
}

bool is_text(std::string_view text) {
  if (text.size() > DeviceRegister::kMaxValueBytes || rules::has_control_character(text)) return false;
  while (!text.empty()) {
    const auto length = wire::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Reads rows by the header's order; what is wrong with one goes to the sink.
class RowReader {
 public:
  RowReader(const Order& order, std::size_t width, rules::DiagnosticSink& sink)
      : order_(order), width_(width), sink_(sink) {}

  std::optional<std::pair<MacAddress, Device>> read(const std::vector<Text>& row) {
    if (row.size() != width_) {
      sink_.error(row.front().place,
                  std::to_string(row.size()) + " fields where the header has " + std::to_string(width_));
      return std::nullopt;
    }
    Device device;
    device.line = row.front().place.line;
    bool good = true;
    for (const auto& cell : row) {
      if (is_text(cell.value)) continue;
      sink_.error(cell.place, in_quotes(cell.value) + " is no text of at most 200 bytes without control characters");
      good = false;
    }
    const auto& written = row[*order_[kMac]];
    const auto mac = MacAddress::parse(written.value);
    if (!mac || !mac->is_device()) {
      sink_.error(written.place, in_quotes(written.value) + " is no MAC address of a device, as 00:00:5e:00:53:01");
      good = false;
    } else if (const auto [earlier, fresh] = lines_.try_emplace(*mac, device.line); !fresh) {
      sink_.error(written.place,
                  in_quotes(written.value) + " stands twice (line " + std::to_string(earlier->second) + ')');
      good = false;
    }
    device.name = row[*order_[kName]].value;
    if (device.name.empty()) {
      sink_.error(row[*order_[kName]].place, "a device without a name");
      good = false;
    }
    const auto& owner = row[*order_[kOwner]];
    const auto word = rules::lower_account(owner.value);
    if (const auto kind = rules::parse_owner_kind(word)) {
      device.owner = *kind;
    } else {
      sink_.error(owner.place, "unknown owner " + in_quotes(owner.value) +
                                   sink_.did_you_mean(owner.place, word, rules::kOwnerKinds) +
                                   " (pool laptop, byod, console, guest)");
      good = false;
    }
    if (order_[kGroup]) device.group = row[*order_[kGroup]].value;
    if (order_[kPerson]) device.person = rules::lower_account(row[*order_[kPerson]].value);
    if (!good) return std::nullopt;
    return std::pair(*mac, std::move(device));
  }

 private:
  const Order& order_;
  std::size_t width_;
  rules::DiagnosticSink& sink_;
  std::unordered_map<MacAddress, std::uint32_t, MacHash> lines_;
};

}  // namespace

std::size_t MacHash::operator()(const MacAddress& mac) const {
  std::uint64_t value = 0;
  for (const auto byte : mac.bytes())
    value = value << 8 | byte;
  return std::hash<std::uint64_t>()(value * 0x9e3779b97f4a7c15);
}

std::optional<DeviceRegister> DeviceRegister::parse(std::string_view text, const std::string& file,
                                                    categories::Diagnostics& diagnostics) {
  rules::DiagnosticSink sink(file, text);
  DeviceRegister result;
  CsvReader reader(text);
  const auto header = reader.next();
  if (!header && !reader.error()) sink.error({1, 1}, "empty: the first line is the header MAC,name,owner");
  if (const auto order = header ? read_header(*header, sink) : std::nullopt) {
    RowReader rows(*order, header->size(), sink);
    while (const auto row = reader.next()) {
      if (result.size() == kMaxDevices) {
        sink.error(row->front().place, "more than " + std::to_string(kMaxDevices) + " devices");
        break;
      }
      if (auto device = rows.read(*row)) result.devices_.insert(std::move(*device));
    }
  }
  if (const auto& error = reader.error()) sink.error(error->place, error->value);
  const bool good = !sink.has_errors();
  sink.move_to(diagnostics);
  return good ? std::optional(std::move(result)) : std::nullopt;
}

const Device* DeviceRegister::find(const MacAddress& mac) const {
  const auto found = devices_.find(mac);
  return found == devices_.end() ? nullptr : &found->second;
}

}  // namespace breakwater::identity
