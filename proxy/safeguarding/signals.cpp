#include "proxy/safeguarding/signals.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace breakwater::safeguarding {
namespace {

using std::chrono::milliseconds;

std::string count(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string every(milliseconds period) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(period).count();
  return seconds < 120 ? count(static_cast<std::uint64_t>(seconds), "second", "seconds")
                       : count(static_cast<std::uint64_t>((seconds + 30) / 60), "minute", "minutes");
}

}  // namespace

milliseconds Signals::Lead::period() const {
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(intervals, kIntervals));
  if (used < kLeastIntervals) return {};
  auto sorted = latest;
  auto* const middle = sorted.begin() + static_cast<std::ptrdiff_t>(used / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(used));
  const auto median = *middle;
  if (median < kLeastPeriod) return {};
  const auto equal = std::count_if(latest.begin(), latest.begin() + static_cast<std::ptrdiff_t>(used), [&](auto each) {
    return static_cast<double>(std::chrono::abs(each - median).count()) <=
           kJitter * static_cast<double>(median.count());
  });
  return static_cast<double>(equal) >= kMostly * static_cast<double>(used) ? median : milliseconds();
}

void Signals::note(milliseconds when, const Attempt& attempt) {
  const auto& host = attempt.host_tag;
  if (attempts_ == 0 || when - last_ > kMomentGap) begin_moment(when, host);
  last_ = when;
  ++attempts_;
  ++moment_attempts_;
  auto& lead = leads_[lead_];
  ++lead.attempts;
  if (moment_hosts_.size() < kPageHosts &&
      std::find(moment_hosts_.begin(), moment_hosts_.end(), host) == moment_hosts_.end())
    moment_hosts_.push_back(host);
  note_page();
  if (hosts_.size() < kCountedHosts) hosts_.insert(host);
  if (attempt.method != "CONNECT") ++plain_;
  if (attempt.approach == "search") ++searches_;
  if (attempt.approach == "address") ++by_address_;
  if (attempt.approach == "link") ++by_link_;
  if (attempt.approach == "part") ++parts_;
}

void Signals::begin_moment(milliseconds when, const std::string& host) {
  moment_attempts_ = 0;
  shape_ = Shape::single;
  moment_hosts_.clear();
  auto found = std::find_if(leads_.begin(), leads_.end(), [&](const Lead& lead) { return lead.host == host; });
  if (found == leads_.end() && leads_.size() < kLeads) {
    leads_.emplace_back().host = host;
    found = leads_.end() - 1;
  } else if (found == leads_.end()) {
    found = leads_.end() - 1;
    found->host.clear();
  } else if (found->moments > 0 && !host.empty()) {
    found->latest[found->intervals++ % kIntervals] = when - found->last;
  }
  lead_ = static_cast<std::size_t>(found - leads_.begin());
  found->last = when;
  ++found->moments;
}

/// The moment at hand may become that of a page with this attempt.
void Signals::note_page() {
  auto& lead = leads_[lead_];
  if (shape_ == Shape::page) {
    ++lead.page_attempts;
  } else if (moment_hosts_.size() >= kPageHosts || moment_attempts_ >= kPageAttempts) {
    shape_ = Shape::page;
    ++lead.page_moments;
    lead.page_attempts += moment_attempts_;
  }
}

Signals::Totals Signals::totals() const {
  Totals totals;
  std::uint64_t most = 0;
  for (const auto& lead : leads_) {
    if (const auto period = lead.period(); period.count() != 0) {
      totals.repeated += lead.attempts;
      if (lead.attempts > std::exchange(most, std::max(most, lead.attempts))) totals.period = period;
      continue;
    }
    totals.page_moments += lead.page_moments;
    totals.page_attempts += lead.page_attempts;
    const auto others = lead.moments - lead.page_moments;
    totals.moments += others;
    totals.hosts += others > 0 ? 1 : 0;
  }
  return totals;
}

Origin Signals::origin(const Totals& totals) const {
  const auto is_most = [this](std::uint64_t some) {
    return static_cast<double>(some) >= kMostly * static_cast<double>(attempts_);
  };
  if (searches_ + by_address_ > 0) return Origin::person;
  if (totals.moments >= kPersonMoments && totals.hosts >= kPersonHosts) return Origin::person;
  if (is_most(totals.repeated)) return Origin::app;
  if (is_most(totals.page_attempts) || is_most(parts_)) return Origin::page;
  return Origin::unclear;
}

Origin Signals::origin() const {
  return attempts_ == 0 ? Origin::unclear : origin(totals());
}

std::vector<std::string> Signals::sentences() const {
  std::vector<std::string> all;
  const auto totals = this->totals();
  if (searches_ > 0)
    all.push_back(fmt::format("Words were entered into a search {}.", count(searches_, "time", "times")));
  if (by_address_ > 0)
    all.push_back(
        fmt::format("A page was asked for by its address, with no link that led there, {}: as when somebody "
                    "types it or opens a bookmark.",
                    count(by_address_, "time", "times")));
  if (by_link_ > 0)
    all.push_back(fmt::format("A link or a frame on another page led there {}.", count(by_link_, "time", "times")));
  if (parts_ > 0)
    all.push_back(fmt::format("{} asked for a part of a page, such as a picture or a script, and not for a page.",
                              count(parts_, "attempt", "attempts")));
  if (totals.repeated > 0)
    all.push_back(
        fmt::format("{} came again and again at equal intervals of about {}: as a program in the background "
                    "does.",
                    count(totals.repeated, "attempt", "attempts"), every(totals.period)));
  if (totals.page_attempts > 0)
    all.push_back(fmt::format("{} came in {}, within seconds of each other: as when a page loads its parts.",
                              count(totals.page_attempts, "attempt", "attempts"),
                              count(totals.page_moments, "burst", "bursts")));
  if (totals.moments > 1)
    all.push_back(fmt::format("There were {} separate moments, which began with {}{}.", totals.moments,
                              count(totals.hosts, "site", "different sites"),
                              totals.moments >= kPersonMoments && totals.hosts >= kPersonHosts
                                  ? ": as when somebody tries one after the other"
                                  : ""));
  if (origin(totals) == Origin::unclear)
    all.emplace_back("This is too little to tell a person from a program or from a part of a page.");
  return all;
}

}  // namespace breakwater::safeguarding
