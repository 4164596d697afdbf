#include "proxy/identity/leases.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "rules/diagnostic_sink.h"

namespace breakwater::identity {
namespace {

using categories::IpAddress;

constexpr std::int64_t kLatest = 253'402'300'799;  ///< the year 9999; Kea writes 4294967295 s as a lifetime without end
constexpr std::int64_t kForEver = 0xffffffff;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0 || value > kLatest) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = line.find(separator);
    parts.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return parts;
    line.remove_prefix(at + 1);
  }
}

/// The MAC in a DUID of link-layer address, with or without time (RFC 8415 11.2, 11.4), of hardware type 1.
std::optional<MacAddress> mac_of_duid(std::string_view duid) {
  for (const std::string_view front : {"00:01:00:01:", "00:03:00:01:"}) {
    if (!duid.starts_with(front)) continue;
    const auto rest = duid.substr(front.size());
    constexpr std::size_t kTime = 12;  // four bytes
    if (front[4] == '3') return MacAddress::parse(rest);
    return rest.size() > kTime ? MacAddress::parse(rest.substr(kTime)) : std::nullopt;
  }
  return std::nullopt;
}

/// Hands out the whole lines of a file, and gathers what is wrong with them.
class Lines {
 public:
  Lines(std::string_view text, const std::string& name, categories::Diagnostics& diagnostics)
      : rest_(text), name_(name), diagnostics_(diagnostics) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    if (wrong_ > categories::kKeptPerList)
      tell(0, "... and " + std::to_string(wrong_ - categories::kKeptPerList) + " more lines that are no leases");
  }

  std::optional<std::string_view> next() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    return line;
  }

  void wrong(std::string_view what) {
    if (++wrong_ <= categories::kKeptPerList) tell(line_, std::string(what));
  }

  /// False: there are too many.
  bool add(Leases& leases, const IpAddress& address, const MacAddress& mac, std::optional<rules::SysSeconds> until) {
    if (leases.size() >= kMaxLeases && !leases.contains(address)) {
      wrong("more than " + std::to_string(kMaxLeases) + " leases: the rest is left out");
      return false;
    }
    leases[address] = Lease{mac, until, name_ + ':' + std::to_string(line_)};
    return true;
  }

 private:
  void tell(std::uint32_t line, std::string message) {
    diagnostics_.push_back({categories::Severity::warning, name_, line, 0, std::move(message)});
  }

  std::string_view rest_;
  const std::string& name_;
  categories::Diagnostics& diagnostics_;
  std::uint32_t line_ = 0;
  std::size_t wrong_ = 0;
};

}  // namespace

void read_dnsmasq_leases(std::string_view text, const std::string& name, Leases& leases,
                         categories::Diagnostics& diagnostics) {
  Lines lines(text, name, diagnostics);
  enum class Part : std::uint8_t { v4, v6 } part = Part::v4;
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    if (line->starts_with("duid ")) {  // the server's own
      part = Part::v6;
      continue;
    }
    const auto fields = split(line->substr(0, kMaxLeaseLineBytes), ' ');
    const auto until = number(fields[0]);
    const auto address = fields.size() >= 5 ? IpAddress::parse(fields[2]) : std::nullopt;
    if (!until || !address || address->is_v4() != (part == Part::v4)) {
      lines.wrong("is no lease: TIME MAC ADDRESS NAME ID is expected");
      continue;
    }
    const auto mac = part == Part::v4 ? MacAddress::parse(fields[1]) : mac_of_duid(fields[4]);
    if (!mac || !mac->is_device()) continue;
    const auto end = *until == 0 ? std::nullopt : std::optional(rules::SysSeconds(std::chrono::seconds(*until)));
    if (!lines.add(leases, *address, *mac, end)) return;
  }
}

void read_kea_leases(std::string_view text, const std::string& name, Leases& leases,
                     categories::Diagnostics& diagnostics) {
  Lines lines(text, name, diagnostics);
  const auto header = lines.next();
  if (!header) return;
  enum Column : std::uint8_t { kAddress, kHwaddr, kDuid, kLifetime, kExpire, kState, kType, kColumns };
  constexpr std::array<std::string_view, kColumns> kNames{"address", "hwaddr", "duid",      "valid_lifetime",
                                                          "expire",  "state",  "lease_type"};
  const auto columns = split(header->substr(0, kMaxLeaseLineBytes), ',');
  std::array<std::size_t, kColumns> at{};
  for (std::size_t column = 0; column < kColumns; ++column)
    at[column] = static_cast<std::size_t>(std::ranges::find(columns, kNames[column]) - columns.begin());
  for (const auto needed : {kAddress, kHwaddr, kLifetime, kExpire, kState}) {
    if (at[needed] != columns.size()) continue;
    lines.wrong("is no lease file of Kea: its header has no column " + std::string(kNames[needed]));
    return;
  }
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    const auto fields = split(line->substr(0, kMaxLeaseLineBytes), ',');
    const auto field = [&](Column column) {
      return at[column] < fields.size() ? fields[at[column]] : std::string_view();
    };
    const auto address = IpAddress::parse(field(kAddress));
    const auto lifetime = number(field(kLifetime));
    const auto expire = number(field(kExpire));
    const auto state = number(field(kState));
    if (!address || !lifetime || !expire || !state) {
      lines.wrong("is no lease");
      continue;
    }
    constexpr std::string_view kDelegatedPrefix = "2";  // the other side of it is a router
    auto mac = MacAddress::parse(field(kHwaddr));
    if (!mac) mac = mac_of_duid(field(kDuid));
    if (*lifetime == 0 || *state != 0 || field(kType) == kDelegatedPrefix || !mac || !mac->is_device()) {
      leases.erase(*address);
      continue;
    }
    const auto end =
        *lifetime == kForEver ? std::nullopt : std::optional(rules::SysSeconds(std::chrono::seconds(*expire)));
    if (!lines.add(leases, *address, *mac, end)) return;
  }
}

}  // namespace breakwater::identity
