#include "proxy/reports/blind.h"

#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

/// A gateway leaves figures each hour, and takes a while for it.
constexpr std::chrono::seconds kNotYet{65 * 60};

}  // namespace

std::vector<std::string> blind_sentences(const Covered& covered, const std::string& span, rules::SysSeconds made,
                                         const date::time_zone& zone) {
  std::vector<std::string> out;
  std::chrono::seconds lost{};
  Covered::Stretch longest{};
  for (const auto& gap : covered.gaps()) {
    if (gap.until >= made && gap.until - gap.from <= kNotYet) continue;
    lost += gap.until - gap.from;
    if (gap.until - gap.from > longest.until - longest.from) longest = gap;
  }
  if (lost.count() > 0)
    out.push_back(
        fmt::format("For {} of this {} it is not known that the filter was running, the longest time from {} "
                    "to {}. What was asked for then is not in this report.",
                    span_text(lost), span, moment_text(longest.from, zone), moment_text(longest.until, zone)));
  if (const auto failed = covered.count("record_failures"); failed > 0)
    out.push_back(fmt::format("{} could not be recorded in time. It was stopped all the same.",
                              counted(failed, "attempt", "attempts")));
  if (const auto failed = covered.count("engine_errors"); failed > 0)
    out.push_back(fmt::format("{} could not be judged, and so stopped.", counted(failed, "request", "requests")));
  return out;
}

}  // namespace breakwater::reports
