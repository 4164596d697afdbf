#include "proxy/identity/now_file.h"

#include <gtest/gtest.h>

namespace breakwater::identity {
namespace {

using namespace std::chrono_literals;

TEST(NowFile, SaysWhatTheMapHolds) {
  Identity who;
  who.user = "ann \"a\"\n\xff";
  who.mac = MacAddress::parse("da:a1:19:00:00:01");
  who.device = "Ann's phone";
  who.owner = rules::OwnerKind::byod;
  who.group = "staff";
  who.confidence = rules::Confidence::account;
  who.source = "radius";
  who.why = "devices.csv:3";
  who.since = rules::SysSeconds(5s);
  who.until = rules::SysSeconds(9s);
  IdentityMap::Entries entries;
  entries[*categories::Network::parse("fd00:20:0:1::/64")] = {};
  entries[*categories::Network::parse("10.20.0.5")] = who;
  const auto text = to_json(IdentityMap(std::move(entries)), nullptr, rules::SysSeconds(7s));
  const auto now = parse_now(text);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->time, rules::SysSeconds(7s));
  ASSERT_EQ(now->all.size(), 2u);
  EXPECT_EQ(now->all[0].network.to_string(), "10.20.0.5/32");
  who.user = "ann \"a\"\n\xEF\xBF\xBD";
  EXPECT_EQ(now->all[0].identity, who);
  EXPECT_EQ(now->all[1].identity, Identity());
  EXPECT_NE(text.find("\"randomised\":true"), std::string::npos);
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_now(std::string_view(text).substr(0, length))) << length;
  for (const auto* other : {"[]", "{}", "null", "{\"time\":1,\"all\":[{}]}", "{\"time\":\"x\",\"all\":[]}"})
    EXPECT_FALSE(parse_now(other)) << other;
}

}  // namespace
}  // namespace breakwater::identity
