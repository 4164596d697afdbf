#include <gtest/gtest.h>

#include "proxy/net/listener.h"
#include "proxy/selftest/run.h"

namespace breakwater::selftest {
namespace {

using rules::Action;
using rules::Reason;
using Expect = Target::Expect;
using Wire = Answer::Wire;

TEST(Judge, EveryAnswer) {
  struct Case {
    Expect expect;
    Wire wire;
    Action action;
    Reason reason;
    std::string_view why;  // "": as it should be
  };
  constexpr std::string_view kOdd = "what it answered is not what it decided";
  const Case table[] = {
      {Expect::block, Wire::page, Action::block, Reason::floor, ""},
      {Expect::block, Wire::alert, Action::block, Reason::rule, ""},
      {Expect::block, Wire::page, Action::block, Reason::group_default, ""},
      {Expect::block, Wire::alert, Action::block, Reason::sni, ""},
      {Expect::block, Wire::open, Action::allow, Reason::pass, ""},  // a tutor's doing
      {Expect::block, Wire::open, Action::allow, Reason::group_default, "LET THROUGH (default)"},
      {Expect::block, Wire::open, Action::allow, Reason::allow_list, "LET THROUGH (allow_list)"},
      {Expect::block, Wire::page, Action::block, Reason::engine_error,
       "blocked, but not for what it is (engine_error)"},
      {Expect::block, Wire::page, Action::block, Reason::unknown_client,
       "blocked, but not for what it is (unknown_client)"},
      {Expect::block, Wire::open, Action::block, Reason::floor, kOdd},
      {Expect::block, Wire::page, Action::allow, Reason::rule, kOdd},
      {Expect::block, Wire::other, Action::block, Reason::floor, "answered 502"},
      {Expect::block, Wire::silent, Action::block, Reason::floor, "no answer: answered 502"},
      {Expect::allow, Wire::open, Action::allow, Reason::essential, ""},
      {Expect::allow, Wire::page, Action::block, Reason::rule, "BLOCKED (rule)"},
      {Expect::allow, Wire::alert, Action::block, Reason::floor, "BLOCKED (floor)"},
      {Expect::either, Wire::open, Action::allow, Reason::rule, ""},
      {Expect::either, Wire::page, Action::block, Reason::rule, ""},
      {Expect::either, Wire::page, Action::block, Reason::malformed, "blocked, but not for what it is (malformed)"},
  };
  for (const auto& [expect, wire, action, reason, why] : table) {
    Target target;
    target.expect = expect;
    target.category = "hate";
    const bool is_told = wire == Wire::other || wire == Wire::silent;
    const Answer answer{wire, is_told ? "answered 502" : "", Judgement{action, reason, "", "", ""}};
    const auto miss = judge(target, "staff", "HTTP", answer);
    EXPECT_EQ(why, miss ? miss->why : "") << to_string(reason);
    if (miss) {
      EXPECT_EQ("staff", miss->group);
      EXPECT_NE("", miss->action);
    }
  }
}

TEST(Judge, AnAnswerThatNobodyDecidedProvesNothing) {
  const auto miss = judge({}, "staff", "HTTPS", {Wire::page, "", std::nullopt});
  ASSERT_TRUE(miss);
  EXPECT_EQ("the gateway did not know its own self-test", miss->why);
}

TEST(Judge, NamesRuleAndPeriod) {
  Target target;
  target.category = "hate";
  const Answer open{Wire::open, "", Judgement{Action::allow, Reason::rule, "for research", "session", ""}};
  const auto miss = judge(target, "staff", "HTTP", open);
  ASSERT_TRUE(miss);
  EXPECT_EQ("LET THROUGH (rule \"for research\", in the period \"session\")", miss->why);
  EXPECT_EQ("Change the rule \"for research\" for staff, or name \"hate\" in [floor].", miss->action);
}

TEST(CarryOut, EndsWhereTheGatewayIsSilent) {
  Marks marks;
  net::asio::io_context io;
  net::asio::basic_socket_acceptor<net::tcp> closed(io, {net::asio::ip::address_v4::loopback(), 0});
  const auto endpoint = closed.local_endpoint();
  closed.close();
  std::vector<Prober> probers{{{Door::Kind::proxy, endpoint}, marks}};
  Target target;
  target.host = "a.example";
  target.groups = {"learners", "staff"};
  selftest::Run run;
  const std::atomic<bool> ending = false;
  carry_out(run, {target}, probers, ending);
  EXPECT_EQ(
      "the gateway does not answer at its own listener " + net::to_string(endpoint) + " (proxy): Connection refused",
      run.failure);
  EXPECT_EQ(3U, run.probes);
  EXPECT_FALSE(run.passed());

  selftest::Run none;
  carry_out(none, {}, probers, ending);
  EXPECT_FALSE(none.passed()) << "what asked for nothing has shown nothing";
}

}  // namespace
}  // namespace breakwater::selftest
