#include "proxy/identity/accounting_sessions.h"

#include <gmock/gmock.h>

#include "proxy/identity/radius_responder.h"
#include "tests/proxy/identity/radius_builder.h"

namespace breakwater::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr std::string_view kMac = "00:00:5e:00:53:01";

class Sessions : public testing::Test {
 protected:
  static AccountingRequest make(Accounting status, std::string id, std::string user, std::string_view mac = kMac,
                                std::string nas = "ap1") {
    AccountingRequest request;
    request.status = status;
    request.session = std::move(id);
    request.user = std::move(user);
    request.mac = MacAddress::parse(mac);
    request.nas = std::move(nas);
    return request;
  }

  bool apply(const AccountingRequest& request) { return sessions_.apply(request, from_, now_); }
  bool start(std::string id, std::string user, std::string_view mac = kMac, std::string nas = "ap1") {
    return apply(make(Accounting::start, std::move(id), std::move(user), mac, std::move(nas)));
  }
  bool stop(std::string id, std::string nas = "ap1") {
    return apply(make(Accounting::stop, std::move(id), "", kMac, std::move(nas)));
  }

  /// "id user" of each.
  std::vector<std::string> all() const {
    std::vector<std::string> out;
    for (const auto* session : sessions_.all())
      out.push_back(session->id + ' ' + session->user);
    return out;
  }

  const categories::IpAddress from_ = *categories::IpAddress::parse("10.20.0.2");
  rules::SysSeconds now_{1'763'800'000s};
  AccountingSessions sessions_;
};

TEST_F(Sessions, StartInterimStop) {
  EXPECT_TRUE(start("1", "ann"));
  EXPECT_FALSE(start("1", "ann"));
  now_ += 60s;
  auto interim = make(Accounting::interim, "1", "");
  interim.mac.reset();
  interim.lasted = 60s;
  EXPECT_FALSE(apply(interim));  // it need not repeat what the Start said
  EXPECT_THAT(all(), ElementsAre("1 ann"));
  interim.addresses = {*categories::Network::parse("10.20.0.5")};
  EXPECT_TRUE(apply(interim));
  EXPECT_EQ(sessions_.all()[0]->since, now_ - 60s);
  EXPECT_EQ(sessions_.all()[0]->heard, now_);
  EXPECT_TRUE(stop("1"));
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_FALSE(stop("1"));
}

TEST_F(Sessions, WhatComesAfterTheStopIsLate) {
  EXPECT_FALSE(stop("1"));  // before its Start
  EXPECT_FALSE(start("1", "ann"));
  now_ += AccountingSessions::kLate;
  EXPECT_TRUE(start("1", "ann"));
}

TEST_F(Sessions, RoamingKeepsThePersonSignedIn) {
  start("1", "ann", kMac, "ap1");
  now_ += 1s;
  start("2", "ann", kMac, "ap2");
  EXPECT_THAT(all(), ElementsAre("1 ann", "2 ann"));
  stop("1", "ap1");
  EXPECT_THAT(all(), ElementsAre("2 ann"));
}

TEST_F(Sessions, ALaterSignInOnTheDeviceEndsTheEarlier) {
  start("1", "ann");
  now_ += 1s;
  EXPECT_TRUE(start("2", "bob"));
  EXPECT_THAT(all(), ElementsAre("2 bob"));
  EXPECT_FALSE(apply(make(Accounting::interim, "1", "ann")));  // of her session there is nothing more to say
  stop("2");
  EXPECT_THAT(all(), IsEmpty());
}

TEST_F(Sessions, AnOlderSignInThatIsHeardOfLaterChangesNothing) {
  start("2", "bob");
  auto late = make(Accounting::start, "1", "ann");
  late.delay = 5s;
  EXPECT_FALSE(apply(late));
  auto interim = make(Accounting::interim, "3", "zoe");
  interim.lasted = 600s;
  EXPECT_FALSE(apply(interim));
  EXPECT_THAT(all(), ElementsAre("2 bob"));
}

TEST_F(Sessions, AnAddressThatSomebodyElseHasNow) {
  auto first = make(Accounting::start, "1", "ann");
  first.addresses = {*categories::Network::parse("10.20.0.5")};
  apply(first);
  now_ += 1s;
  auto second = make(Accounting::start, "2", "bob", "00:00:5e:00:53:02");
  second.addresses = first.addresses;
  EXPECT_TRUE(apply(second));
  EXPECT_THAT(all(), ElementsAre("2 bob"));
}

TEST_F(Sessions, ANasThatRestartsHasNoSessions) {
  start("1", "ann", kMac, "ap1");
  start("2", "bob", "00:00:5e:00:53:02", "ap2");
  EXPECT_TRUE(apply(make(Accounting::on, "", "", kMac, "ap1")));
  EXPECT_THAT(all(), ElementsAre("2 bob"));
  EXPECT_TRUE(apply(make(Accounting::off, "", "", kMac, "ap2")));
  EXPECT_FALSE(apply(make(Accounting::other, "1", "ann")));
  EXPECT_THAT(all(), IsEmpty());
  // It counts from one again.
  stop("1");
  apply(make(Accounting::on, "", ""));
  EXPECT_TRUE(start("1", "zoe"));
}

TEST_F(Sessions, SilenceEndsASession) {
  start("1", "ann");
  EXPECT_FALSE(sessions_.expire(now_ + 59s, 60s));
  EXPECT_TRUE(sessions_.expire(now_ + 60s, 60s));
  EXPECT_THAT(all(), IsEmpty());
  EXPECT_TRUE(apply(make(Accounting::interim, "1", "ann")));  // it was only the packets that were lost
}

TEST_F(Sessions, SurviveARestart) {
  auto request = make(Accounting::start, "1", "ann \"a\"");
  request.addresses = {*categories::Network::parse("10.20.0.5"), *categories::Network::parse("fd00:20:0:1::/64")};
  apply(request);
  AccountingSessions restored;
  ASSERT_TRUE(restored.restore(sessions_.save()));
  ASSERT_EQ(restored.size(), 1u);
  const auto& session = *restored.all()[0];
  EXPECT_EQ(session.user, "ann \"a\"");
  EXPECT_EQ(session.mac, MacAddress::parse(kMac));
  EXPECT_EQ(session.addresses, request.addresses);
  EXPECT_EQ(session.since, now_);
  EXPECT_EQ(restored.save(), sessions_.save());
  EXPECT_TRUE(restored.apply(make(Accounting::stop, "1", ""), from_, now_));
  const auto text = sessions_.save();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(restored.restore(std::string_view(text).substr(0, length))) << length;
    EXPECT_EQ(restored.size(), 0u);
  }
}

TEST_F(Sessions, ResponderAnswersClientsAlone) {
  RadiusResponder responder({{*categories::Network::parse("10.20.0.0/24"), "wide"},
                             {*categories::Network::parse("10.20.0.2"), std::string(kSecret)}});
  const auto packet = RadiusBuilder().status(1).session("1").user("ann").mac(kMac).build();
  const auto take = [&](const std::vector<std::uint8_t>& bytes, const char* from, std::uint16_t port = 1000) {
    return responder.take(bytes, *categories::IpAddress::parse(from), port, sessions_, now_);
  };
  EXPECT_EQ(take(packet, "10.20.1.2").refused, "not a client of identity.radius.clients");
  EXPECT_EQ(take(packet, "10.20.0.3").refused, "not made with the secret of this client");
  const auto first = take(packet, "10.20.0.2");
  EXPECT_TRUE(first.changed);
  EXPECT_EQ(first.response.size(), 20u);
  stop("other");
  const auto again = take(packet, "10.20.0.2");
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.response, first.response);
  EXPECT_EQ(responder.counts().requests, 1u);
  EXPECT_EQ(responder.counts().duplicates, 1u);
  EXPECT_EQ(responder.counts().refused, 2u);
}

}  // namespace
}  // namespace breakwater::identity
