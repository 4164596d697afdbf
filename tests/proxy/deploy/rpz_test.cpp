#include "proxy/deploy/rpz.h"

#include <gtest/gtest.h>

namespace breakwater::deploy {
namespace {

categories::Host host(std::string_view text) {
  return *categories::normalise_host(text, categories::HostSource::person);
}

TEST(Rpz, IsAZoneOfNames) {
  std::string text;
  RpzWriter writer(text, "lists.rpz");
  writer.begin(4294967295U);
  EXPECT_TRUE(writer.block(host("bad.example")));
  EXPECT_TRUE(writer.pass(host("good.bad.example")));
  writer.lead("www.search.example", "safe.search.example");
  EXPECT_EQ(text,
            "$ORIGIN lists.rpz.\n"
            "$TTL 300\n"
            "@ SOA localhost. hostmaster.localhost. 4294967295 3600 600 604800 300\n"
            "@ NS localhost.\n"
            "bad.example CNAME .\n"
            "*.bad.example CNAME .\n"
            "good.bad.example CNAME rpz-passthru.\n"
            "*.good.bad.example CNAME rpz-passthru.\n"
            "www.search.example CNAME safe.search.example.\n");
}

TEST(Rpz, HoldsNoNameThatIsTooLongForIt) {
  const std::string label(60, 'a');
  const auto longest = label + "." + label + "." + label + "." + std::string(59, 'b');  // 242
  std::string text;
  RpzWriter fits(text, "rpz.zzzz");  // "*." and the dot and the zone: 253
  EXPECT_TRUE(fits.block(host(longest)));
  text.clear();
  RpzWriter full(text, "rpz.zzzzz");
  EXPECT_FALSE(full.block(host(longest)));
  EXPECT_FALSE(full.block(host("192.0.2.1")));
  EXPECT_FALSE(full.pass(host("2001:db8::1")));
  EXPECT_EQ(text, "");
}

TEST(Rpz, HasANameThatAZoneCanHave) {
  for (const auto* name : {"rpz", "lists.rpz", "breakwater-lists.rpz"})
    EXPECT_TRUE(is_zone_name(name)) << name;
  for (const auto* name : {"", ".", "rpz.", "RPZ", "a b", "a;b", "$x", "192.0.2.1", "::1",
                           "a234567890123456789012345678901234567890.b12345678901234567890123"})
    EXPECT_FALSE(is_zone_name(name)) << name;
}

}  // namespace
}  // namespace breakwater::deploy
