// Keys among the counts of a record of coverage: "sight.explicit.no_sni.allowed", "packets.quic_refused".

#include "proxy/reports/unseen.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Says = SightKind::Says;

constexpr std::string_view kPackets = "packets.";

constexpr std::array<SightKind, 7> kSights{{
    {"name", "showed the site\u2019s name", Says::name},
    {"name_with_ech", "showed a name, and room to hide another (ECH)", Says::name},
    {"ech_cover", "hid the site\u2019s name behind a provider\u2019s (ECH)", Says::nothing},
    {"no_sni", "was encrypted, and named no site", Says::nothing},
    {"address", "asked for a bare number in place of a name", Says::nothing},
    {"not_tls", "was not the encryption that it should be (TLS)", Says::nothing},
    {"not_http", "was not the web, or named no site there", Says::nothing},
}};

constexpr std::array<WayKind, 3> kWays{{
    {"explicit", "Devices that use the proxy"},
    {"tls", "Devices that use the proxy by TLS"},
    {"intercepted", "Intercepted on the Wi-Fi"},
}};

}  // namespace

std::span<const SightKind> sight_kinds() {
  return kSights;
}

std::span<const WayKind> way_kinds() {
  return kWays;
}

Sighted& Sighted::operator+=(const Sighted& other) {
  allowed += other.allowed;
  blocked += other.blocked;
  up += other.up;
  down += other.down;
  return *this;
}

void Unseen::add(const Coverage& coverage) {
  for (const auto& [name, value] : coverage.counts) {
    counts_[name] += value;
    knows_packets_ = knows_packets_ || std::string_view(name).starts_with(kPackets);
  }
  listed_.insert(coverage.devices.listed.begin(), coverage.devices.listed.end());
  random_.insert(coverage.devices.random.begin(), coverage.devices.random.end());
  active_.insert(coverage.devices.active.begin(), coverage.devices.active.end());
}

std::uint64_t Unseen::count(std::string_view key) const {
  const auto found = counts_.find(key);
  return found == counts_.end() ? 0 : found->second;
}

Sighted Unseen::of(std::string_view sight, std::string_view way) const {
  Sighted sum;
  for (const auto& each : kWays) {
    if (!way.empty() && each.name != way) continue;
    const auto value = [&](std::string_view what) {
      return count(fmt::format("sight.{}.{}.{}", each.name, sight, what));
    };
    sum += {value("allowed"), value("blocked"), value("bytes_up"), value("bytes_down")};
  }
  return sum;
}

Sighted Unseen::all(std::string_view way) const {
  Sighted sum;
  for (const auto& kind : kSights)
    sum += of(kind.name, way);
  return sum;
}

Sighted Unseen::nameless(std::string_view way) const {
  Sighted sum;
  for (const auto& kind : kSights)
    if (kind.says == Says::nothing) sum += of(kind.name, way);
  return sum;
}

const SightKind* Unseen::mostly() const {
  const SightKind* most = nullptr;
  std::uint64_t connections = 0;
  for (const auto& kind : kSights) {
    const auto here = of(kind.name).connections();
    if (kind.says == Says::name || here <= connections) continue;
    most = &kind;
    connections = here;
  }
  return most;
}

std::uint64_t Unseen::packets(std::string_view counter) const {
  return count(fmt::format("{}{}", kPackets, counter));
}

std::vector<std::string> Unseen::quiet() const {
  std::vector<std::string> out;
  std::set_difference(listed_.begin(), listed_.end(), active_.begin(), active_.end(), std::back_inserter(out));
  return out;
}

std::string headline(const Unseen& unseen, std::string_view span) {
  const auto all = unseen.all().connections();
  if (all == 0) return fmt::format("The filter kept no figure of what connections showed in this {}.", span);
  const auto nameless = unseen.nameless();
  const auto without = nameless.connections();
  if (without == 0)
    return fmt::format("The filter saw the site\u2019s name in {} of this {}.",
                       all == 1 ? std::string("the one connection") : fmt::format("all {} connections", grouped(all)),
                       span);
  const auto named = all - without;
  // Rounded down: it must not say too much.
  const auto share = named * 100 > all * 99 ? std::string("more than 99") : fmt::format("{}", named * 100 / all);
  auto out = fmt::format("Of every 100 connections this {} the filter saw the site\u2019s name in {} ({} of {}). ",
                         span, share, grouped(named), grouped(all));
  const auto kind = unseen.mostly()->words;
  if (without == 1)
    return out + fmt::format("One {}, and {}.", kind, nameless.allowed == 0 ? "was stopped" : "went by");
  out += fmt::format("{} were without one; the most frequent kind {}. ", grouped(without), kind);
  if (nameless.allowed == 0)
    out += "All of them were stopped.";
  else if (nameless.blocked == 0)
    out += "None of them was stopped.";
  else
    out += fmt::format("Of them {} {} stopped, and {} went by.", grouped(nameless.blocked),
                       nameless.blocked == 1 ? "was" : "were", grouped(nameless.allowed));
  return out;
}

}  // namespace breakwater::reports
