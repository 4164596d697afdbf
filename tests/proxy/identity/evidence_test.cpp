#include "proxy/identity/evidence.h"

#include <gmock/gmock.h>

namespace breakwater::identity {
namespace {

using categories::IpAddress;
using categories::Network;
using namespace std::chrono_literals;

constexpr std::string_view kLaptop = "00:00:5e:00:53:01";
constexpr std::string_view kPhone = "da:a1:19:00:00:01";
constexpr std::string_view kStranger = "00:00:5e:00:53:99";

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() {
    categories::Diagnostics diagnostics;
    evidence_.devices = *DeviceRegister::parse(
        "MAC,name,owner,group,person\n00:00:5e:00:53:01,Laptop 7,pool laptop,learners,\n"
        "00:00:5e:00:53:02,Ann's phone,byod,,ann@example.org\n",
        "", diagnostics);
    evidence_.devices_name = "devices.csv";
  }

  void sees(const char* address, std::string_view mac) {
    evidence_.neighbours[*IpAddress::parse(address)] = *MacAddress::parse(mac);
  }
  void leases(const char* address, std::string_view mac, std::chrono::seconds lasts) {
    evidence_.leases[0][*IpAddress::parse(address)] = {*MacAddress::parse(mac), now_ + lasts, "leases:1"};
  }
  void signs_in(std::string id, std::string user, std::string_view mac, std::vector<std::string_view> addresses = {}) {
    AccountingRequest request;
    request.status = Accounting::start;
    request.session = std::move(id);
    request.user = std::move(user);
    request.mac = MacAddress::parse(mac);
    for (const auto each : addresses)
      request.addresses.push_back(*Network::parse(each));
    evidence_.sessions.apply(request, *IpAddress::parse("10.20.0.2"), now_);
  }

  /// "user|device|confidence|source|why" of whoever is at the address; "" where nothing is known.
  std::string at(const char* address) {
    map_ = merge(evidence_, map_, now_);
    const auto* who = map_.find(*IpAddress::parse(address));
    if (!who) return {};
    return who->user + '|' + who->device + '|' + std::string(to_string(who->confidence)) + '|' + who->source + '|' +
           who->why;
  }

  rules::SysSeconds now_{1'763'800'000s};
  Evidence evidence_;
  IdentityMap map_;
};

TEST_F(EvidenceTest, ADeviceIsOneAtAllItsAddresses) {
  EXPECT_EQ(at("10.20.0.5"), "");
  leases("10.20.0.5", kLaptop, 60s);
  sees("fd00:20::abcd", kLaptop);
  EXPECT_EQ(at("10.20.0.5"), "|Laptop 7|device|register|lease leases:1; devices.csv:2");
  EXPECT_EQ(at("fd00:20::abcd"), "|Laptop 7|device|register|neighbour table; devices.csv:2");
  signs_in("1", "bob", kLaptop);
  EXPECT_EQ(at("10.20.0.5"),
            "bob|Laptop 7|account|radius|lease leases:1; RADIUS session 1 of 10.20.0.2; devices.csv:2");
  EXPECT_EQ(at("fd00:20::abcd").substr(0, 21), "bob|Laptop 7|account|");
}

TEST_F(EvidenceTest, TheRegisterNamesThePersonOfADevice) {
  sees("10.20.0.6", "00:00:5e:00:53:02");
  EXPECT_EQ(at("10.20.0.6"), "ann@example.org|Ann's phone|device|register|neighbour table; devices.csv:3");
  // A MAC of the device's own making is no device of the register.
  sees("10.20.0.6", kPhone);
  EXPECT_EQ(at("10.20.0.6"), "||network|neighbour|neighbour table");
}

TEST_F(EvidenceTest, ALeaseEnds) {
  leases("10.20.0.5", kLaptop, 60s);
  EXPECT_EQ(next_end(evidence_, now_), now_ + 60s);
  now_ += 59s;
  EXPECT_NE(at("10.20.0.5"), "");
  now_ += 1s;
  EXPECT_EQ(at("10.20.0.5"), "");
  EXPECT_EQ(next_end(evidence_, now_), std::nullopt);
}

TEST_F(EvidenceTest, TheWireIsSurerThanALease) {
  leases("10.20.0.5", kLaptop, 60s);
  sees("10.20.0.5", kStranger);
  EXPECT_EQ(at("10.20.0.5"), "||network|neighbour|neighbour table");
}

TEST_F(EvidenceTest, ASessionDoesNotFollowItsAddressToAnotherDevice) {
  signs_in("1", "bob", kLaptop, {"10.20.0.5"});
  EXPECT_EQ(at("10.20.0.5"), "bob|Laptop 7|account|radius|RADIUS session 1 of 10.20.0.2; devices.csv:2");
  sees("10.20.0.5", kStranger);
  EXPECT_EQ(at("10.20.0.5"), "||network|neighbour|neighbour table");
}

TEST_F(EvidenceTest, APrefixIsOfOneSessionOrOfNone) {
  signs_in("1", "bob", kLaptop, {"fd00:20:0:1::/64"});
  EXPECT_EQ(at("fd00:20:0:1::77").substr(0, 4), "bob|");
  EXPECT_EQ(at("fd00:20:0:2::77"), "");
  sees("fd00:20:0:1::88", kStranger);
  EXPECT_EQ(at("fd00:20:0:1::88"), "||network|neighbour|neighbour table");
  signs_in("2", "zoe", kPhone, {"fd00:20:0:1::/64"});  // the access point names the network's prefix to everybody
  EXPECT_EQ(at("fd00:20:0:1::77"), "");
}

TEST_F(EvidenceTest, SinceStaysUntilSomethingChanges) {
  const auto since = [&] {
    at("10.20.0.5");
    return map_.find(*IpAddress::parse("10.20.0.5"))->since;
  };
  sees("10.20.0.5", kLaptop);
  const auto first = now_;
  EXPECT_EQ(since(), first);
  now_ += 10s;
  EXPECT_EQ(since(), first);
  signs_in("1", "bob", kLaptop);
  EXPECT_EQ(since(), first + 10s);
}

TEST_F(EvidenceTest, ASignInToTheProxyIsOfItsDeviceAndTheLaterOneCounts) {
  leases("10.20.0.5", kLaptop, 60s);
  sees("fd00:20::abcd", kLaptop);
  evidence_.sign_ins = {{*IpAddress::parse("10.20.0.5"), "ann", now_}, {*IpAddress::parse("10.20.0.9"), "zoe", now_}};
  EXPECT_EQ(at("10.20.0.5"), "ann|Laptop 7|account|proxy|lease leases:1; signed in to the proxy; devices.csv:2");
  EXPECT_EQ(at("fd00:20::abcd").substr(0, 27), "ann|Laptop 7|account|proxy|");
  EXPECT_EQ(at("10.20.0.9"), "zoe||account|proxy|signed in to the proxy");
  now_ += 10s;
  signs_in("1", "bob", kLaptop);
  EXPECT_EQ(at("10.20.0.5").substr(0, 28), "bob|Laptop 7|account|radius|");
  evidence_.sign_ins[0].since = now_ + 1s;
  EXPECT_EQ(at("10.20.0.5").substr(0, 27), "ann|Laptop 7|account|proxy|");
}

TEST_F(EvidenceTest, ASubjectKnowsWhetherItIsUpToDate) {
  sees("10.20.0.5", kLaptop);
  at("10.20.0.5");
  rules::Subject subject;
  const auto* who = map_.find(*IpAddress::parse("10.20.0.5"));
  EXPECT_TRUE(is_identified(subject, nullptr));
  EXPECT_FALSE(is_identified(subject, who));
  identify(subject, who);
  EXPECT_TRUE(is_identified(subject, who));
  EXPECT_EQ(subject.device_group, "learners");
  EXPECT_EQ(subject.device, "Laptop 7");
  sees("10.20.0.5", kStranger);
  at("10.20.0.5");
  who = map_.find(*IpAddress::parse("10.20.0.5"));
  EXPECT_FALSE(is_identified(subject, who));
  identify(subject, who);
  EXPECT_EQ(subject.device, kStranger);
  EXPECT_TRUE(is_identified(subject, who));
  identify(subject, nullptr);
  EXPECT_TRUE(is_identified(subject, nullptr));
}

}  // namespace
}  // namespace breakwater::identity
