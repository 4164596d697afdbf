// Input: a list of sites, or a HAR file.

#include <set>
#include <sstream>
#include <string>

#include "proxy/cli/lesson_sites.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::cli {
namespace {

void run(std::span<const std::uint8_t> input) {
  std::istringstream stream{std::string(fuzz::as_text(input))};
  std::string error;
  const auto sites = read_lesson(stream, error);
  fuzz::require(sites.has_value() == error.empty(), "a failure without a reason, or a reason without one");
  if (!sites) return;
  fuzz::require(sites->size() <= kMaxLessonSites, "more sites than may be");
  std::set<std::string> hosts;
  for (const auto& site : *sites) {
    fuzz::require(!site.target.empty(), "a site without a name");
    if (site.requests == 0) continue;
    fuzz::require(hosts.insert(site.target).second, "a host of a HAR file comes twice");
    fuzz::require(!site.as.empty() && site.as.size() <= site.requests, "more kinds than requests");
  }
}

const fuzz::Registration registered{"lesson", &run};

}  // namespace
}  // namespace breakwater::cli
