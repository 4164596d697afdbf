#include "proxy/safeguarding/signals.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/proxy/safeguarding/attempt_trace.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Step {
  milliseconds when;
  std::string host;
  std::string approach = "";  ///< not "": plain HTTP
};
using Trace = std::vector<Step>;

Signals signals_of(const Trace& trace) {
  Signals signals;
  for (const auto& [when, host, approach] : trace) {
    auto attempt = attempt_at(when, host);
    attempt.approach = approach;
    if (!approach.empty()) attempt.method = "GET";
    signals.note(when, attempt);
  }
  return signals;
}

/// `count` attempts with one host every `period`, each late by up to `jitter`.
Trace repeated(int count, milliseconds period, milliseconds jitter = {}, const std::string& host = "app",
               milliseconds begin = {}) {
  Trace trace;
  for (int i = 0; i < count; ++i)
    trace.push_back({begin + i * period + (i % 3) * jitter / 2, host});
  return trace;
}

/// `count` attempts with different hosts, `apart` from each other.
Trace different(int count, milliseconds apart, milliseconds begin = {}) {
  Trace trace;
  for (int i = 0; i < count; ++i)
    trace.push_back({begin + i * apart, "host " + std::to_string(i)});
  return trace;
}

Trace joined(Trace first, const Trace& second) {
  first.insert(first.end(), second.begin(), second.end());
  std::stable_sort(first.begin(), first.end(), [](const Step& a, const Step& b) { return a.when < b.when; });
  return first;
}

TEST(SignalsTest, WhoOrWhatItWas) {
  struct Case {
    std::string what;
    Trace trace;
    Origin origin;
  };
  const auto six_sites = different(6, 100s);
  const Case table[] = {
      {"one site by TLS", {{0s, "a"}}, Origin::unclear},
      {"one site, of which the browser tries four connections", repeated(4, 300ms), Origin::unclear},
      {"one typed address", {{0s, "a", "address"}}, Origin::person},
      {"words of a search", {{0s, "a", "search"}}, Origin::person},
      {"a link", {{0s, "a", "link"}}, Origin::unclear},
      {"one picture", {{0s, "a", "part"}}, Origin::page},
      {"a page with 12 embedded hits", different(12, 90ms), Origin::page},
      {"a page that embeds one host 12 times", repeated(12, 90ms), Origin::page},
      {"the same page five times",
       joined(different(12, 90ms), joined(different(12, 90ms, 40s), different(12, 90ms, 200s))), Origin::page},
      {"an app that tries again every 30 s for an hour", repeated(120, 30s), Origin::app},
      {"the same, not quite punctual", repeated(120, 30s, 2s), Origin::app},
      {"the same, asleep for an hour between", joined(repeated(20, 30s), {{2h, "app"}, {2h + 30s, "app"}}),
       Origin::app},
      {"two apps", joined(repeated(60, 60s), repeated(90, 40s, 0s, "other", 7s)), Origin::app},
      {"somebody who tries six sites in ten minutes", six_sites, Origin::person},
      {"the same beside an app", joined(six_sites, repeated(120, 30s)), Origin::person},
      {"the same beside pages", joined(six_sites, different(12, 90ms, 250s)), Origin::person},
      {"an app and a page", joined(repeated(12, 30s), different(12, 90ms, 75s)), Origin::unclear},
      {"an app, mostly", joined(repeated(48, 30s), different(12, 90ms, 75s)), Origin::app},
      {"somebody who tries the same site now and then",
       {{0s, "a"}, {40s, "a"}, {300s, "a"}, {310s, "a"}},
       Origin::unclear},
      // Each bound, and one less.
      {"three moments, two hosts", {{0s, "a"}, {10s, "a"}, {20s, "b"}}, Origin::person},
      {"two moments, two hosts", {{0s, "a"}, {20s, "b"}}, Origin::unclear},
      {"three hosts with two seconds between", different(3, 2000ms), Origin::page},
      {"three hosts with a little more", different(3, 2001ms), Origin::person},
      {"two hosts at once", different(2, 90ms), Origin::unclear},
      {"six attempts at once", repeated(6, 90ms), Origin::page},
      {"five attempts at once", repeated(5, 90ms), Origin::unclear},
      {"six equal moments", repeated(6, 30s), Origin::app},
      {"five equal moments", repeated(5, 30s), Origin::unclear},
      {"too quick for a program that waits", repeated(20, 4900ms), Origin::unclear},
      {"just slow enough", repeated(20, 5s), Origin::app},
  };
  for (const auto& [what, trace, origin] : table)
    EXPECT_EQ(to_string(signals_of(trace).origin()), to_string(origin)) << what;
}

TEST(SignalsTest, Sentences) {
  struct Case {
    Trace trace;
    std::vector<std::string> expected;
  };
  const std::string unclear = "This is too little to tell a person from a program or from a part of a page.";
  const Case table[] = {
      {{{0s, "a"}}, {unclear}},
      {{{0s, "a", "address"}},
       {"A page was asked for by its address, with no link that led there, 1 time: as when somebody types it or opens "
        "a "
        "bookmark."}},
      {{{0s, "a", "search"}, {1s, "a", "search"}}, {"Words were entered into a search 2 times."}},
      {{{0s, "a", "link"}}, {"A link or a frame on another page led there 1 time.", unclear}},
      {{{0s, "a", "part"}},
       {"1 attempt asked for a part of a page, such as a picture or a script, and not for a page."}},
      {different(12, 90ms),
       {"12 attempts came in 1 burst, within seconds of each other: as when a page loads its parts."}},
      {repeated(120, 30s),
       {"120 attempts came again and again at equal intervals of about 30 seconds: as a program in the background "
        "does."}},
      {repeated(8, 10min),
       {"8 attempts came again and again at equal intervals of about 10 minutes: as a program in the background "
        "does."}},
      {different(6, 100s),
       {"There were 6 separate moments, which began with 6 different sites: as when somebody tries one after the "
        "other."}},
      {{{0s, "a"}, {90s, "a"}}, {"There were 2 separate moments, which began with 1 site.", unclear}},
  };
  for (const auto& [trace, expected] : table)
    EXPECT_EQ(signals_of(trace).sentences(), expected);
}

TEST(SignalsTest, CountsHostsUpToALimit) {
  EXPECT_EQ(signals_of(joined(different(7, 1s), different(7, 1s))).distinct_hosts(), 7u);
  EXPECT_EQ(signals_of(different(1000, 10s)).distinct_hosts(), Signals::kCountedHosts);
  EXPECT_EQ(signals_of(different(1000, 10s)).origin(), Origin::person);
  EXPECT_EQ(signals_of({{0s, "a", "link"}, {1s, "b"}}).plain(), 1u);
}

}  // namespace
}  // namespace breakwater::safeguarding
