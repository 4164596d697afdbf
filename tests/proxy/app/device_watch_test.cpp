#include "proxy/app/device_watch.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_fixture.h"

namespace breakwater::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr rules::SysSeconds kMorning = std::chrono::sys_days(std::chrono::year(2026) / 11 / 16) + std::chrono::hours(9);

class DeviceWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    watch_.use(rules::make_snapshot(folder_,
                                    "[centre]\nname = \"a\"\ntimezone = \"UTC\"\n[lists]\n[[group]]\nname = \"g\"\n"
                                    "networks = [\"10.20.0.0/16\"]\n"));
  }
  /// Address and MAC of each.
  void there_are(const std::vector<std::pair<std::string, std::string>>& devices) {
    identity::IdentityMap::Entries entries;
    for (const auto& [address, mac] : devices)
      entries[*categories::Network::parse(address)].mac = identity::MacAddress::parse(mac);
    watch_.use(std::make_shared<const identity::IdentityMap>(std::move(entries)));
  }
  void comes(std::string_view address) { limit_.enter(*categories::IpAddress::parse(address)); }
  reports::Coverage::Devices look(rules::SysSeconds now = kMorning) {
    watch_.look(now);
    auto news = watch_.news();
    watch_.told();
    return news;
  }

  const test::TemporaryFolder folder_;
  const safeguarding::Pseudonyms pseudonyms_ = *safeguarding::Pseudonyms::load_or_make(folder_.path());
  ConnectionLimit limit_{100, 100};
  DeviceWatch watch_{limit_, pseudonyms_};
};

TEST_F(DeviceWatchTest, EachIsToldOnceADay) {
  there_are(
      {{"10.20.0.5", "00:1a:2b:00:00:05"}, {"10.20.0.6", "02:1a:2b:00:00:06"}, {"192.0.2.1", "00:1a:2b:00:00:01"}});
  comes("10.20.0.5");
  const auto first = look();
  EXPECT_THAT(first.listed, SizeIs(2)) << "the router is no client";
  EXPECT_THAT(first.random, SizeIs(1));
  ASSERT_THAT(first.active, SizeIs(1));
  EXPECT_THAT(first.listed, UnorderedElementsAre(first.active[0], first.random[0]));
  EXPECT_TRUE(first.active[0].starts_with("D-")) << first.active[0];
  comes("10.20.0.5");
  EXPECT_EQ(look(), reports::Coverage::Devices());
  comes("10.20.0.6");
  EXPECT_THAT(look().active, ElementsAre(first.random[0]));
  comes("10.20.0.6");
  const auto next_day = look(kMorning + std::chrono::hours(24));
  EXPECT_THAT(next_day.listed, SizeIs(2));
  EXPECT_THAT(next_day.active, ElementsAre(first.random[0]));
  EXPECT_EQ(look(kMorning + std::chrono::days(6)).listed, next_day.listed) << "Sunday";
  EXPECT_NE(look(kMorning + std::chrono::days(7)).listed, next_day.listed) << "another week, other pseudonyms";
}

TEST_F(DeviceWatchTest, AnAddressMayComeBeforeItsLeaseIsRead) {
  there_are({});
  comes("10.20.0.7");
  EXPECT_THAT(look().active, IsEmpty());
  there_are({{"10.20.0.7", "00:1a:2b:00:00:07"}});
  EXPECT_THAT(look().active, SizeIs(1));
}

TEST_F(DeviceWatchTest, WhatIsNotToldYetIsKept) {
  there_are({{"10.20.0.5", "00:1a:2b:00:00:05"}});
  watch_.look(kMorning);
  watch_.look(kMorning);
  EXPECT_THAT(watch_.news().listed, SizeIs(1));
}

}  // namespace
}  // namespace breakwater::app
