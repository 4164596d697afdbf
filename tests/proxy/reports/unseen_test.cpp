#include "proxy/reports/unseen.h"

#include <gmock/gmock.h>

#include "proxy/telemetry/sight.h"

namespace breakwater::reports {
namespace {

using testing::ElementsAre;

constexpr rules::SysSeconds kMonday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 16);

Coverage record(Coverage::Counts counts, Coverage::Devices devices = {}) {
  return {kMonday, kMonday + std::chrono::hours(1), std::move(counts), std::move(devices)};
}

Unseen sum(const std::vector<Coverage>& records) {
  Unseen unseen;
  for (const auto& each : records)
    unseen.add(each);
  return unseen;
}

TEST(Unseen, TheHeadlineSaysWhatIsThere) {
  struct Row {
    Coverage::Counts counts;
    std::string expected;
  };
  const Row rows[] = {
      {{}, "The filter kept no figure of what connections showed in this week."},
      {{{"requests", 7}}, "The filter kept no figure of what connections showed in this week."},
      {{{"sight.explicit.name.allowed", 1}}, "The filter saw the site’s name in the one connection of this week."},
      {{{"sight.explicit.name.allowed", 1'000}, {"sight.intercepted.name_with_ech.blocked", 1}},
       "The filter saw the site’s name in all 1,001 connections of this week."},
      {{{"sight.explicit.name.allowed", 97}, {"sight.intercepted.no_sni.blocked", 2}, {"sight.tls.address.allowed", 1}},
       "Of every 100 connections this week the filter saw the site\u2019s name in 97 (97 of 100). 3 were without one; "
       "the "
       "most frequent kind was encrypted, and named no site. Of them 2 were stopped, and 1 went by."},
      {{{"sight.explicit.name.allowed", 9'999}, {"sight.explicit.not_tls.blocked", 1}},
       "Of every 100 connections this week the filter saw the site\u2019s name in more than 99 (9,999 of 10,000). One "
       "was "
       "not the encryption that it should be (TLS), and was stopped."},
      {{{"sight.explicit.ech_cover.blocked", 2}},
       "Of every 100 connections this week the filter saw the site\u2019s name in 0 (0 of 2). 2 were without one; the "
       "most "
       "frequent kind hid the site\u2019s name behind a provider\u2019s (ECH). All of them were stopped."},
      {{{"sight.explicit.name.allowed", 999}, {"sight.intercepted.not_http.allowed", 501}},
       "Of every 100 connections this week the filter saw the site\u2019s name in 66 (999 of 1,500). 501 were without "
       "one; "
       "the most frequent kind was not the web, or named no site there. None of them was stopped."},
  };
  for (const auto& [counts, expected] : rows)
    EXPECT_EQ(headline(sum({record(counts)}), "week"), expected);
}

TEST(Unseen, RecordsAddUp) {
  const auto unseen =
      sum({record({{"sight.tls.name.allowed", 2}, {"sight.tls.name.bytes_up", 10}}),
           record({{"sight.tls.name.allowed", 3}, {"sight.explicit.name.bytes_down", 7}, {"requests", 9}}),
           record({{"packets.quic_refused", 4}}), record({{"packets.quic_refused", 0}})});
  const auto all = unseen.of("name");
  EXPECT_EQ(all.allowed, 5U);
  EXPECT_EQ(all.bytes(), 17U);
  EXPECT_EQ(unseen.of("name", "explicit").bytes(), 7U);
  EXPECT_EQ(unseen.all("tls").connections(), 5U);
  EXPECT_EQ(unseen.nameless().connections(), 0U);
  EXPECT_EQ(unseen.mostly(), nullptr);
  EXPECT_EQ(unseen.packets("quic_refused"), 4U);
  EXPECT_TRUE(unseen.knows_packets());
  EXPECT_FALSE(sum({record({{"requests", 1}})}).knows_packets());
}

TEST(Unseen, ADeviceIsQuietThatNeverCameInAnyRecord) {
  const auto unseen = sum({record({}, {{"D-A", "D-B", "D-C"}, {"D-C"}, {"D-A"}}), record({}, {{"D-A"}, {}, {"D-B"}})});
  EXPECT_EQ(unseen.devices().size(), 3U);
  EXPECT_THAT(unseen.quiet(), ElementsAre("D-C"));
  EXPECT_TRUE(unseen.is_random("D-C"));
  EXPECT_FALSE(unseen.is_random("D-A"));
}

/// Records are written with the names of telemetry, which the reports do not know.
TEST(Unseen, KindsAreThoseThatAreCounted) {
  std::vector<std::string_view> sights;
  std::vector<std::string_view> ways;
  for (const auto& kind : sight_kinds())
    sights.push_back(kind.name);
  for (const auto& kind : way_kinds())
    ways.push_back(kind.name);
  EXPECT_THAT(sights, testing::ElementsAreArray(telemetry::kSightNames));
  EXPECT_THAT(ways, testing::ElementsAreArray(telemetry::kWayNames));
}

}  // namespace
}  // namespace breakwater::reports
