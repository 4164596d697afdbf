// {"what":"coverage","from":1795428000000,"until":1795431600000,"counts":{"requests":1234,"blocked":5,...},
//  "devices":{"listed":["D-7QK4M2XP",...],"random":[...],"active":[...]}}; without devices where none is new

#include "proxy/reports/coverage.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Json = nlohmann::ordered_json;
using rules::SysSeconds;
using safeguarding::Milliseconds;
using std::chrono::seconds;

constexpr std::string_view kWhat = "coverage";
constexpr std::size_t kMostGaps = 5;
constexpr std::size_t kMostCounts = 1000;
constexpr std::size_t kMostDevices = 10'000;
constexpr std::size_t kMostDeviceBytes = 32;
/// Between a record and the next, and for a gateway to start again after an update.
constexpr seconds kNoGap{60};
/// Times beyond it are no gateway's: the year 2999.
constexpr std::int64_t kLastMillisecond = 32'503'680'000'000;

SysSeconds floored(Milliseconds time) {
  return std::chrono::floor<seconds>(time);
}

/// Texts of a list that is no list, or too long, are none.
std::vector<std::string> texts(const Json& devices, const char* name) {
  std::vector<std::string> out;
  const auto list = devices.value(name, Json());
  if (!list.is_array() || list.size() > kMostDevices) return out;
  for (const auto& each : list)
    if (each.is_string() && each.get_ref<const std::string&>().size() <= kMostDeviceBytes)
      out.push_back(each.get<std::string>());
  return out;
}

std::string percent(std::uint64_t part, std::uint64_t all) {
  const auto tenths = static_cast<double>(part) * 100 / static_cast<double>(std::max<std::uint64_t>(all, 1));
  return part > 0 && tenths < 1 ? "less than 1%" : fmt::format("{:.0f}%", tenths);
}

}  // namespace

safeguarding::Entry to_entry(const Coverage& coverage) {
  Json body{{"what", kWhat},
            {"from", coverage.from.time_since_epoch().count()},
            {"until", coverage.until.time_since_epoch().count()},
            {"counts", coverage.counts}};
  const auto& devices = coverage.devices;
  if (devices != Coverage::Devices())
    body["devices"] = {{"listed", devices.listed}, {"random", devices.random}, {"active", devices.active}};
  return {coverage.until, safeguarding::Kind::check, std::string(kWhat), body.dump(), {}};
}

std::optional<Coverage> parse_coverage(const safeguarding::Record& record) {
  if (record.kind != safeguarding::Kind::check || !record.body) return std::nullopt;
  const auto body = Json::parse(*record.body, nullptr, false);
  if (!body.is_object() || body.value("what", Json()) != kWhat) return std::nullopt;
  const auto from = body.value("from", Json());
  const auto until = body.value("until", Json());
  const auto counts = body.value("counts", Json());
  if (!from.is_number_unsigned() || !until.is_number_unsigned() || !counts.is_object()) return std::nullopt;
  const auto begin = from.get<std::int64_t>();
  const auto end = until.get<std::int64_t>();
  if (begin < 0 || begin > end || end > kLastMillisecond || counts.size() > kMostCounts) return std::nullopt;
  Coverage out{Milliseconds(std::chrono::milliseconds(begin)), Milliseconds(std::chrono::milliseconds(end)), {}};
  for (const auto& [name, value] : counts.items())
    if (value.is_number_unsigned()) out.counts.emplace(name, value.get<std::uint64_t>());
  if (const auto devices = body.value("devices", Json()); devices.is_object())
    out.devices = {texts(devices, "listed"), texts(devices, "random"), texts(devices, "active")};
  return out;
}

void Covered::add(const Coverage& coverage) {
  if (coverage.until < from_ || coverage.from >= until_) return;
  const auto from = std::max(floored(coverage.from), from_);
  const auto until = std::min(floored(coverage.until), until_);
  auto& end = stretches_[from];
  end = std::max(end, until);
  for (const auto& [name, value] : coverage.counts)
    counts_[name] += value;
}

std::vector<Covered::Stretch> Covered::gaps() const {
  std::vector<Stretch> out;
  auto known = from_;
  const auto leave = [&](SysSeconds until) {
    if (until - known > kNoGap) out.push_back({known, until});
  };
  for (const auto& [from, until] : stretches_) {
    leave(from);
    known = std::max(known, until);
  }
  leave(until_);
  return out;
}

std::uint64_t Covered::count(std::string_view name) const {
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

std::vector<std::string> Covered::sentences(const std::string& span, const date::time_zone& zone) const {
  if (stretches_.empty())
    return {fmt::format("The filter left no figures of this {}: it was not running, or did not keep any yet.", span)};
  std::vector<std::string> out;
  const auto missing = gaps();
  if (missing.empty()) {
    out.push_back(fmt::format("The filter was running for the whole {}.", span));
  } else {
    seconds lost{};
    std::string when;
    for (std::size_t i = 0; i < missing.size(); ++i) {
      lost += missing[i].until - missing[i].from;
      if (i < kMostGaps)
        when += fmt::format("{}{} to {}", i == 0 ? "" : "; ", moment_text(missing[i].from, zone),
                            moment_text(missing[i].until, zone));
    }
    if (missing.size() > kMostGaps) when += fmt::format("; and {} times more", missing.size() - kMostGaps);
    out.push_back(
        fmt::format("For {} of this {} the filter left no figures. It was not running then, or ended without leaving "
                    "any: {}.",
                    span_text(lost), span, when));
  }
  const auto requests = count("requests");
  out.push_back(fmt::format("The filter judged {} and stopped {} of them.",
                            counted(requests, "request or connection", "requests and connections"),
                            grouped(count("blocked"))));
  if (requests > 0)
    out.push_back(
        fmt::format("Who asked was known by account for {} of them, by device for {}, and by the network alone for {}.",
                    percent(count("of_accounts"), requests), percent(count("of_devices"), requests),
                    percent(count("of_networks"), requests)));
  const auto hidden = count("tunnels_ech");
  const auto unnamed = count("hello_no_sni");
  const auto addresses = count("addresses");
  if (count("tunnels") > 0 || addresses > 0)
    out.push_back(
        fmt::format("Of {}, {} may have hidden the site\u2019s true name (ECH) and {} named none; {} asked "
                    "for a bare number in place of a name. Of those the filter knows less.",
                    counted(count("tunnels"), "encrypted connection", "encrypted connections"), grouped(hidden),
                    grouped(unnamed), grouped(addresses)));
  const auto failed = count("engine_errors");
  const auto unwritten = count("record_failures");
  if (failed > 0 || unwritten > 0)
    out.push_back(fmt::format("The filter could not judge {}, and could not write down {} in time: those were stopped.",
                              counted(failed, "request", "requests"), counted(unwritten, "attempt", "attempts")));
  return out;
}

}  // namespace breakwater::reports
