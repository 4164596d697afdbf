#include "proxy/identity/leases.h"

#include <gmock/gmock.h>

namespace breakwater::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Read = void (*)(std::string_view, const std::string&, Leases&, categories::Diagnostics&);

/// "ADDRESS MAC until where" for each, then what was wrong.
std::vector<std::string> shown(Read read, std::string_view text) {
  Leases leases;
  categories::Diagnostics diagnostics;
  read(text, "f", leases, diagnostics);
  std::vector<std::string> out;
  for (const auto& [address, lease] : leases)
    out.push_back(address.to_string() + ' ' + lease.mac.to_string() + ' ' +
                  (lease.until ? std::to_string(lease.until->time_since_epoch().count()) : "-") + ' ' + lease.where);
  for (const auto& each : diagnostics)
    out.push_back(to_string(each));
  return out;
}

constexpr std::string_view kDnsmasq =
    "1763800000 00:00:5e:00:53:01 10.20.0.5 laptop 01:00:00:5e:00:53:01\n"
    "0 02:00:5e:00:53:02 10.20.0.6 * *\n"
    "1763800000 06-00:00:5e:00:53:03 10.20.0.7 * *\n"  // not Ethernet
    "duid 00:01:00:01:2c:00:00:00:00:00:5e:00:53:ff\n"
    "1763800001 4096 fd00:20::5 laptop 00:01:00:01:2c:aa:bb:cc:00:00:5e:00:53:01\n"
    "1763800001 T4097 fd00:20::6 * 00:03:00:01:00:00:5e:00:53:04\n"
    "1763800001 4098 fd00:20::7 * 00:04:11:22:33:44\n";  // a UUID: no MAC in it

TEST(DnsmasqLeases, BothFamilies) {
  EXPECT_THAT(
      shown(&read_dnsmasq_leases, kDnsmasq),
      ElementsAre("10.20.0.5 00:00:5e:00:53:01 1763800000 f:1", "10.20.0.6 02:00:5e:00:53:02 - f:2",
                  "fd00:20::5 00:00:5e:00:53:01 1763800001 f:5", "fd00:20::6 00:00:5e:00:53:04 1763800001 f:6"));
}

TEST(DnsmasqLeases, WhatIsNoLeaseIsToldAndLeftOut) {
  const auto* const message = ": warning: is no lease: TIME MAC ADDRESS NAME ID is expected";
  for (const auto* line : {"x 00:00:5e:00:53:01 10.20.0.5 * *", "-1 00:00:5e:00:53:01 10.20.0.5 * *",
                           "1763800000 00:00:5e:00:53:01 10.20.0 * *", "1763800000 00:00:5e:00:53:01 fd00::1 * *",
                           "99999999999999999999 00:00:5e:00:53:01 10.20.0.5 * *", "one"})
    EXPECT_THAT(shown(&read_dnsmasq_leases, std::string(line).append("\n")),
                ElementsAre(std::string("f:1").append(message)))
        << line;
  std::string many;
  for (int i = 0; i < 30; ++i)
    many += "x\n";
  EXPECT_EQ(shown(&read_dnsmasq_leases, many).back(), "f: warning: ... and 10 more lines that are no leases");
}

constexpr std::string_view kKea4 =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
    "10.20.0.5,00:00:5e:00:53:01,01:00,3600,1763800000,1,0,0,laptop,0,,0\n"
    "10.20.0.6,00:00:5e:00:53:02,,3600,1763800000,1,0,0,,0,,0\n"
    "10.20.0.5,00:00:5e:00:53:03,,3600,1763800100,1,0,0,,0,{ \"a\": 1&#x2c \"b\": 2 },0\n"  // another device later
    "10.20.0.6,00:00:5e:00:53:02,,0,1763800000,1,0,0,,0,,0\n"                               // released
    "10.20.0.7,,,3600,1763800000,1,0,0,,1,,0\n"                                             // declined
    "10.20.0.8,00:00:5e:00:53:04,,4294967295,6058767295,1,0,0,,0,,0\n";

constexpr std::string_view kKea6 =
    "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,"
    "hwaddr,state,user_context\n"
    "fd00:20::5,00:01:00:01:2c:aa:bb:cc:00:00:5e:00:53:01,3600,1763800000,1,0,0,1,128,0,0,,,0,\n"
    "fd00:20::6,00:04:11,3600,1763800000,1,0,1,1,128,0,0,,00:00:5e:00:53:02,0,\n"
    "fd00:21::,00:04:11,3600,1763800000,1,0,2,1,56,0,0,,00:00:5e:00:53:02,0,\n";

TEST(KeaLeases, TheLastLineOfAnAddressCounts) {
  EXPECT_THAT(shown(&read_kea_leases, kKea4),
              ElementsAre("10.20.0.5 00:00:5e:00:53:03 1763800100 f:4", "10.20.0.8 00:00:5e:00:53:04 - f:7"));
  EXPECT_THAT(shown(&read_kea_leases, kKea6), ElementsAre("fd00:20::5 00:00:5e:00:53:01 1763800000 f:2",
                                                          "fd00:20::6 00:00:5e:00:53:02 1763800000 f:3"));
}

TEST(KeaLeases, AnotherFileIsNone) {
  EXPECT_THAT(shown(&read_kea_leases, "a,b\n1,2\n"),
              ElementsAre("f:1: warning: is no lease file of Kea: its header has no column address"));
  EXPECT_THAT(shown(&read_kea_leases, std::string(kKea4.substr(0, kKea4.find('\n') + 1)).append("10.20.0.5,x\n")),
              ElementsAre("f:2: warning: is no lease"));
}

TEST(Leases, ALineThatIsStillBeingWrittenWaits) {
  for (const auto& [read, text] :
       {std::pair{Read{&read_dnsmasq_leases}, kDnsmasq}, {&read_kea_leases, kKea4}, {&read_kea_leases, kKea6}}) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
      const auto cut = text.substr(0, length);
      const auto whole = cut.substr(0, cut.rfind('\n') == std::string_view::npos ? 0 : cut.rfind('\n') + 1);
      ASSERT_EQ(shown(read, cut), shown(read, whole)) << length;
      for (const auto& line : shown(read, cut))
        ASSERT_EQ(line.find("warning"), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace breakwater::identity
