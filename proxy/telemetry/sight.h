#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace breakwater::telemetry {

/// What a connection shows of the site that it is for. Of CONNECT and the hello inside the less sure one counts.
enum class Sight : std::uint8_t {
  name,           ///< in clear: Host, CONNECT or server name
  name_with_ech,  ///< and an ECH extension: most are greased by browsers, and the name is the true one
  ech_cover,      ///< the name is that under which a provider hides all others (rules::is_ech_cover)
  no_sni,         ///< TLS without a server name, or with none that can be one
  address,        ///< an address stands in place of the name
  not_tls,        ///< no TLS, or a hello that cannot be read, where TLS should be
  not_http,       ///< no HTTP, or HTTP without a host, where HTTP should be
};
inline constexpr std::array<std::string_view, 7> kSightNames{"name",    "name_with_ech", "ech_cover", "no_sni",
                                                             "address", "not_tls",       "not_http"};

/// How a connection came to the gateway.
enum class Way : std::uint8_t { asked, asked_by_tls, intercepted };
inline constexpr std::array<std::string_view, 3> kWayNames{"explicit", "tls", "intercepted"};

/// What is counted of each kind. A connection counts once for each sight that it gave and each way that it was judged.
enum class Seen : std::uint8_t { allowed, blocked, bytes_up, bytes_down };
inline constexpr std::array<std::string_view, 4> kSeenNames{"allowed", "blocked", "bytes_up", "bytes_down"};

/// Of one worker: its thread adds, any thread reads. On a cache line of its own.
class alignas(64) Sightings {
 public:
  void add(Way way, Sight sight, Seen seen, std::uint64_t n = 1) {
    values_[index(way, sight, seen)].fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t get(Way way, Sight sight, Seen seen) const {
    return values_[index(way, sight, seen)].load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t index(Way way, Sight sight, Seen seen) {
    return (static_cast<std::size_t>(way) * kSightNames.size() + static_cast<std::size_t>(sight)) * kSeenNames.size() +
           static_cast<std::size_t>(seen);
  }
  std::array<std::atomic<std::uint64_t>, kWayNames.size() * kSightNames.size() * kSeenNames.size()> values_{};
};

struct SightTotal {
  Way way;
  Sight sight;
  Seen seen;
  std::uint64_t value;
};

/// The sums over all workers, those of 0 too, by way, sight and what is counted.
inline std::vector<SightTotal> totals(std::span<const Sightings* const> workers) {
  std::vector<SightTotal> sums;
  sums.reserve(kWayNames.size() * kSightNames.size() * kSeenNames.size());
  for (std::size_t way = 0; way < kWayNames.size(); ++way)
    for (std::size_t sight = 0; sight < kSightNames.size(); ++sight)
      for (std::size_t seen = 0; seen < kSeenNames.size(); ++seen) {
        SightTotal total{static_cast<Way>(way), static_cast<Sight>(sight), static_cast<Seen>(seen), 0};
        for (const auto* worker : workers)
          total.value += worker->get(total.way, total.sight, total.seen);
        sums.push_back(total);
      }
  return sums;
}

}  // namespace breakwater::telemetry
