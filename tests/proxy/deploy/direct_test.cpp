#include "proxy/deploy/direct.h"

#include <gtest/gtest.h>

namespace breakwater::deploy {
namespace {

TEST(Direct, IsAProtocolPortsAndANetwork) {
  const auto media = parse_direct("udp/3478-3481 52.112.0.0/14");
  ASSERT_TRUE(media);
  EXPECT_EQ(to_string(media->protocol), "udp");
  EXPECT_EQ(media->first, 3478);
  EXPECT_EQ(media->last, 3481);
  EXPECT_EQ(media->network.to_string(), "52.112.0.0/14");
  const auto mail = parse_direct("tcp/587 2001:db8::25");
  ASSERT_TRUE(mail);
  EXPECT_EQ(to_string(mail->protocol), "tcp");
  EXPECT_EQ(mail->first, 587);
  EXPECT_EQ(mail->last, 587);
  EXPECT_TRUE(parse_direct("tcp/1-65535 192.0.2.1"));
}

TEST(Direct, IsNothingElse) {
  for (const auto* text :
       {"", "udp", "udp/", "udp/53", "udp/53 ", " udp/53 192.0.2.1", "sctp/53 192.0.2.1", "udp/0 192.0.2.1",
        "udp/65536 192.0.2.1", "udp/9-8 192.0.2.1", "udp/-9 192.0.2.1", "udp/9- 192.0.2.1", "udp/9-10-11 192.0.2.1",
        "udp/+9 192.0.2.1", "udp/9  192.0.2.1", "udp/9 192.0.2.1 ", "udp/9 192.0.2.1/8", "udp/9 host.example.org",
        "udp/9 192.0.2.1; flush ruleset"})
    EXPECT_FALSE(parse_direct(text)) << text;
}

}  // namespace
}  // namespace breakwater::deploy
