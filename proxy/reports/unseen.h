#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/reports/coverage.h"

namespace breakwater::reports {

/// What a connection may show of its site, as telemetry::kSightNames calls it.
struct SightKind {
  std::string_view name;
  std::string_view words;  ///< after "one that": "was encrypted, and named no site"
  enum class Says : std::uint8_t { name, nothing } says;
};
std::span<const SightKind> sight_kinds();

/// Ways to the gateway, as telemetry::kWayNames calls them.
struct WayKind {
  std::string_view name;
  std::string_view words;
};
std::span<const WayKind> way_kinds();

struct Sighted {
  std::uint64_t allowed = 0;  ///< connections that went by
  std::uint64_t blocked = 0;  ///< connections that were stopped
  std::uint64_t up = 0;       ///< bytes from clients
  std::uint64_t down = 0;     ///< bytes to clients

  std::uint64_t connections() const { return allowed + blocked; }
  std::uint64_t bytes() const { return up + down; }
  Sighted& operator+=(const Sighted& other);
};

/// What gateways saw of where connections went in a stretch of time, and what they did not: the sum of its records of
/// coverage, so that restarts lose nothing that was recorded. A gateway that is killed loses its running hour.
class Unseen {
 public:
  void add(const Coverage& coverage);

  /// Of one sight and one way; "" is all ways.
  Sighted of(std::string_view sight, std::string_view way = {}) const;
  Sighted all(std::string_view way = {}) const;
  /// Without a name that the filter could go by.
  Sighted nameless(std::string_view way = {}) const;
  /// The sight that most connections without a name had; nullptr: there were none.
  const SightKind* mostly() const;

  /// By a counter of nft; see `deploy counters`.
  std::uint64_t packets(std::string_view counter) const;
  /// Could they be read at all?
  bool knows_packets() const { return knows_packets_; }

  /// Devices that were on the network: pseudonyms.
  const std::set<std::string, std::less<>>& devices() const { return listed_; }
  /// Those of them that never came to the gateway.
  std::vector<std::string> quiet() const;
  /// Has it an address of its own making, so that one device may stand for several?
  bool is_random(std::string_view device) const { return random_.contains(device); }

 private:
  std::uint64_t count(std::string_view key) const;

  Coverage::Counts counts_;
  std::set<std::string, std::less<>> listed_;
  std::set<std::string, std::less<>> random_;
  std::set<std::string, std::less<>> active_;
  bool knows_packets_ = false;
};

/// "Of every 100 connections this week the filter saw the site's name in 97 ...": what a safeguarding lead needs.
/// `span` is how the words call the time: "week".
std::string headline(const Unseen& unseen, std::string_view span);

}  // namespace breakwater::reports
