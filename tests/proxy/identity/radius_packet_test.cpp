#include "proxy/identity/radius_packet.h"

#include <gmock/gmock.h>

#include "tests/proxy/identity/radius_builder.h"

namespace breakwater::identity {
namespace {

using Bytes = RadiusBuilder::Bytes;

std::string shown(const AccountingRequest& request) {
  std::string out = request.session + '|' + request.nas + '|' + request.user + '|' +
                    (request.mac ? request.mac->to_string() : "-") + '|';
  for (const auto& each : request.addresses)
    out += each.to_string() + ' ';
  return out;
}

RadiusBuilder start() {
  return RadiusBuilder().status(1).session("5F2A");
}

TEST(RadiusPacket, ReadsWhatSaysWhoIsWhere) {
  const auto prefix = [](std::uint8_t length, Bytes bytes) {
    bytes.insert(bytes.begin(), {0, length});
    return bytes;
  };
  const Bytes lan{0xfd, 0, 0, 0x20, 0, 0, 0, 1};
  struct Case {
    RadiusBuilder packet;
    std::string shown;
  };
  for (const auto& each : std::vector<Case>{
           {start().user("Ann@Example.org").mac("00-00-5E-00-53-01").v4("10.20.0.5"),
            "5F2A||ann@example.org|00:00:5e:00:53:01|10.20.0.5/32 "},
           {start().text(32, "ap-1").number(4, 0x0a140002).v6(95, "fd00::2"), "5F2A|ap-1 10.20.0.2 fd00::2||-|"},
           {start().v6(168, "fd00:20::5").v6(168, "fd00:20::6").v6(168, "fd00:20::5"),
            "5F2A|||-|fd00:20::5/128 fd00:20::6/128 "},
           {start().add(97, prefix(64, lan)), "5F2A|||-|fd00:20:0:1::/64 "},
           {start().add(97, prefix(64, lan)).add(96, {0, 0, 0, 0, 0, 0, 0, 9}), "5F2A|||-|fd00:20:0:1::9/128 "},
           {start().add(97, prefix(56, lan)), "5F2A|||-|"},  // wider than one session's
           {start().number(8, 0xfffffffe).number(8, 0), "5F2A|||-|"},
           {start().user("00005E005301").mac("00-00-5E-00-53-01"), "5F2A|||00:00:5e:00:53:01|"},
           {start().mac("a telephone"), "5F2A|||-|"},
           {start().user("a\x01\xff"), "5F2A||a\\x01\xEF\xBF\xBD|-|"},
           {start().add(26, {0, 0, 0, 9, 1, 2}).number(200, 1), "5F2A|||-|"},
           {RadiusBuilder().status(7), "|||-|"},
       }) {
    AccountingRequest request;
    EXPECT_EQ(parse_accounting_request(each.packet.build(), kSecret, request), RadiusStatus::ok) << each.shown;
    EXPECT_EQ(shown(request), each.shown);
  }
  AccountingRequest request;
  const auto packet = start().status(3).number(41, 5).number(46, 60).build();
  ASSERT_EQ(parse_accounting_request(packet, kSecret, request), RadiusStatus::ok);
  EXPECT_EQ(request.status, Accounting::interim);
  EXPECT_EQ(request.delay.count(), 5);
  EXPECT_EQ(request.lasted.count(), 60);
}

TEST(RadiusPacket, RefusesWithTheReason) {
  const auto changed = [](Bytes packet, std::size_t at, std::uint8_t value) {
    packet.at(at) = value;
    return packet;
  };
  struct Case {
    Bytes packet;
    RadiusStatus status;
  };
  std::size_t number = 0;
  for (const auto& each : std::vector<Case>{
           {{}, RadiusStatus::truncated},
           {changed(start().build(), 3, 19), RadiusStatus::truncated},
           {changed(start().build(), 2, 1), RadiusStatus::truncated},
           {changed(start().build(), 2, 0x11), RadiusStatus::too_large},
           {start().build(kSecret, 1), RadiusStatus::not_accounting},
           {start().build("testing124"), RadiusStatus::bad_authenticator},
           {start().build(""), RadiusStatus::bad_authenticator},
           {changed(start().build(), 1, 8), RadiusStatus::bad_authenticator},
           {changed(start().build(), 30, 'x'), RadiusStatus::bad_authenticator},
           {RadiusBuilder().session("1").build(), RadiusStatus::no_status},
           {RadiusBuilder().status(2).build(), RadiusStatus::no_status},
           {start().add(8, {10, 0, 0}).build(), RadiusStatus::bad_attribute},
           {start().add(40, {1}).build(), RadiusStatus::bad_attribute},
           {start().add(168, {1}).build(), RadiusStatus::bad_attribute},
           {start().add(96, {1}).build(), RadiusStatus::bad_attribute},
           {start().add(97, {0}).build(), RadiusStatus::bad_attribute},
           {start().add(97, {0, 129}).build(), RadiusStatus::bad_attribute},
           {start().add(97, {0, 64, 1}).build(), RadiusStatus::bad_attribute},
           {start().add(97, Bytes(19, 0)).build(), RadiusStatus::bad_attribute},
           {start().add(1, {}).build(), RadiusStatus::bad_attribute},
       }) {
    AccountingRequest request;
    EXPECT_EQ(parse_accounting_request(each.packet, kSecret, request), each.status) << number;
    ++number;
  }
}

TEST(RadiusPacket, EveryTruncationIsRefused) {
  const auto packet = start().user("ann").mac("00005e005301").v4("10.20.0.5").v6(168, "fd00::1").build();
  AccountingRequest request;
  for (std::size_t length = 0; length < packet.size(); ++length) {
    auto cut = packet;
    cut.resize(length);
    EXPECT_EQ(parse_accounting_request(cut, kSecret, request), RadiusStatus::truncated) << length;
    if (length < 20) continue;
    // The same with a length and an authenticator that fit: only a whole attribute may end it.
    cut[2] = 0;
    cut[3] = static_cast<std::uint8_t>(length);
    std::fill(cut.begin() + 4, cut.begin() + 20, 0);
    const Bytes key(kSecret.begin(), kSecret.end());
    std::ranges::copy(radius_md5({cut, key}), cut.begin() + 4);
    const auto status = parse_accounting_request(cut, kSecret, request);
    EXPECT_TRUE(status == RadiusStatus::bad_attribute || status == RadiusStatus::no_status ||
                status == RadiusStatus::ok)
        << length;
  }
  auto padded = packet;
  padded.resize(packet.size() + 9);  // RFC 2866 3: bytes behind the length are padding
  EXPECT_EQ(parse_accounting_request(padded, kSecret, request), RadiusStatus::ok);
}

TEST(RadiusPacket, AResponseVerifiesAndReturnsProxyStates) {
  AccountingRequest request;
  const auto packet = start().text(33, "one").user("ann").text(33, "two").build();
  ASSERT_EQ(parse_accounting_request(packet, kSecret, request), RadiusStatus::ok);
  auto response = accounting_response(request, kSecret);
  ASSERT_EQ(response.size(), 30u);
  EXPECT_EQ(Bytes(response.begin(), response.begin() + 4), (Bytes{5, 7, 0, 30}));
  EXPECT_EQ(std::string(response.begin() + 20, response.end()), "\x21\x05one\x21\x05two");
  const Bytes authenticator(response.begin() + 4, response.begin() + 20);
  std::ranges::copy(request.authenticator, response.begin() + 4);
  const Bytes key(kSecret.begin(), kSecret.end());
  EXPECT_THAT(radius_md5({response, key}), testing::ElementsAreArray(authenticator));
}

}  // namespace
}  // namespace breakwater::identity
