#include "rules/engine.h"

#include <random>

#include <gtest/gtest.h>

#include "categories/pattern_set.h"
#include "rules/ech_cover.h"
#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

constexpr std::string_view kLearner = "10.20.1.2";
constexpr std::string_view kKiosk = "10.20.99.2";
constexpr std::string_view kStaff = "10.30.1.2";
constexpr std::string_view kStranger = "172.16.0.1";
constexpr std::string_view kSession = "2026-11-23T10:00";
constexpr std::string_view kBreak = "2026-11-23T10:35";

TEST_F(Centre, DecidesEachQuestion) {
  load(policy());
  struct Case {
    std::string_view client;
    std::string_view target;
    std::string_view when;
    std::string_view expected;
  };
  const Case table[] = {
      // Rules, parents and children, the more specific name.
      {kLearner, "tiktok.com", kSession,
       "block rule [social-media/tiktok] starter/social-media/tiktok/domains:1|private use in "
       "sessions|learners/session|2026-11-23T10:30|warning social-media/tiktok starter/social-media/tiktok/domains:1"},
      {kLearner, "www.tiktok.com", kBreak,
       "allow rule [social-media/tiktok] starter/social-media/tiktok/domains:1|breaks are "
       "yours|learners/break|2026-11-23T10:45|warning social-media/tiktok starter/social-media/tiktok/domains:1"},
      {kLearner, "linkedin.com", kSession,
       "allow rule [social-media/linkedin] starter/social-media/linkedin/domains:1|private use in "
       "sessions|learners/session|2026-11-23T10:30|notice social-media/linkedin "
       "starter/social-media/linkedin/domains:1"},
      {kLearner, "play77.example/x", kSession,
       "block rule [games] starter/games/expressions:1|private use in sessions|learners/session|2026-11-23T10:30"},
      // The strictest category wins, whichever rule speaks of it.
      {kLearner, "both.example", kSession,
       "block rule [chat,games] starter/games/domains:3|private use in sessions|learners/session|2026-11-23T10:30"},
      {kLearner, "both.example", kBreak,
       "block rule [chat,games] starter/chat/domains:2|never chat|learners/break|2026-11-23T10:45"},
      {kLearner, "linkedin-games.example", kSession,
       "block rule [games,jobs] starter/games/domains:2|private use in sessions|learners/session|2026-11-23T10:30"},
      {kLearner, "linkedin-games.example", kBreak,
       "allow rule [games,jobs] starter/games/domains:2|breaks are yours|learners/break|2026-11-23T10:45"},
      // Defaults.
      {kLearner, "unknown.example", kSession, "allow default [] ||learners/session|2026-11-23T10:30"},
      {kStaff, "games.example", kSession, "allow default [games] ||staff/working|2026-11-23T12:30"},
      {kKiosk, "unknown.example", kSession, "block default [] ||kiosk/|"},
      {kKiosk, "linkedin-games.example", kSession, "allow rule [games,jobs] starter/jobs/domains:1|kiosk|kiosk/|"},
      {kLearner, "unknown.example", "2026-12-25T12:00", "allow default [] ||learners/closed|2027-01-04T09:00"},
      // Floor: before all else, for strangers too; a child, a URL; no until.
      {kStaff, "bet365.com", kBreak, "block floor [gambling] starter/gambling/domains:2||staff/working|"},
      {kStranger, "m.bet365.com", kBreak, "block floor [gambling] starter/gambling/domains:2||/|"},
      {kLearner, "files.example/Guns/1", kSession,
       "block floor [weapons] starter/weapons/urls:1||learners/session||warning weapons starter/weapons/urls:1"},
      {kLearner, "files.example/roses", kSession, "allow default [] ||learners/session|2026-11-23T10:30"},
      {kLearner, "mixed.example", kSession,  // names the entry of the gravest concern
       "block floor [weapons,gambling] starter/weapons/domains:2||learners/session||warning weapons "
       "starter/weapons/domains:2"},
      // Locked: neither exceptions nor allow entries nor silence of [floor] and [concern] take it away.
      {kLearner, "terror.example", kSession,
       "block floor [terrorism] starter/terrorism/domains:2||learners/session||danger terrorism "
       "starter/terrorism/domains:2"},
      {kStaff, "allowed-terror.example", kSession,
       "block floor [terrorism] starter/terrorism/domains:3||staff/working||danger terrorism "
       "starter/terrorism/domains:3"},
      // Essential: above rules and defaults.
      {kLearner, "www.news.example", kSession, "allow essential [news] ||learners/session|"},
      {kKiosk, "games-portal.example", kSession, "allow essential [] ||kiosk/|"},
      {kKiosk, "93.184.216.34", kSession, "allow essential [] ||kiosk/|"},
      {kKiosk, "notnews.example", kSession, "block default [] ||kiosk/|"},
      // Allow entries: feeds no longer count, local categories do.
      {kLearner, "allowed.games.example", kSession,
       "allow allow_list [] local/allow/domains:1||learners/session|2026-11-23T10:30"},
      {kKiosk, "open.example", kSession, "allow allow_list [] local/allow/domains:5||kiosk/|"},
      {kLearner, "local-games.example", kSession,
       "block rule [games] local/games/domains:1|private use in sessions|learners/session|2026-11-23T10:30"},
      {kLearner, "local-games.example", kBreak,
       "allow allow_list [games] local/allow/domains:4||learners/break|2026-11-23T10:45"},
      // Exceptions correct feeds.
      {kLearner, "talk-of-drugs.example", kSession, "allow default [] ||learners/session|2026-11-23T10:30"},
      {kLearner, "pills.example", kSession,
       "allow default [drugs] ||learners/session|2026-11-23T10:30|notice drugs starter/drugs/domains:2"},
      // Strangers and private places.
      {kStranger, "news.example", kSession, "block unknown_client [news] ||/|"},
      {kLearner, "10.0.0.1", kSession, "block private_destination [] ||learners/session|"},
      {kLearner, "[::1]", kSession, "block private_destination [] ||learners/session|"},
      {kLearner, "93.184.216.35", kSession, "allow default [] ||learners/session|2026-11-23T10:30"},
  };
  for (const auto& [client, target, when, expected] : table)
    EXPECT_EQ(line(decide(client, target, when)), expected) << client << ' ' << target << ' ' << when;
}

TEST_F(Centre, ConnectAndHello) {
  Gate gate;
  gate.connect_ports = {443, 8443};
  load(policy(), gate);
  const auto reason = [&](std::string_view host, Stage stage, std::uint16_t port) {
    const auto verdict = decide(kLearner, host, kSession, stage, port);
    return std::string(to_string(verdict.action)) + ' ' + std::string(to_string(verdict.reason));
  };
  EXPECT_EQ(reason("unknown.example", Stage::connect, 443), "allow default");
  EXPECT_EQ(reason("unknown.example", Stage::connect, 8443), "allow default");
  EXPECT_EQ(reason("unknown.example", Stage::connect, 22), "block port");
  EXPECT_EQ(reason("news.example", Stage::connect, 22), "block port");
  EXPECT_EQ(reason("bet365.com", Stage::connect, 22), "block floor");
  EXPECT_EQ(reason("unknown.example", Stage::http_request, 22), "allow default");
  EXPECT_EQ(reason("93.184.216.35", Stage::connect, 443), "block address_literal");
  EXPECT_EQ(reason("93.184.216.34", Stage::connect, 443),
            "block address_literal");                                   // essential is no way round the gate
  EXPECT_EQ(reason("play7.example", Stage::hello, 443), "block rule");  // expressions see "host/"
  EXPECT_EQ(reason("files.example", Stage::hello, 443), "allow default");
  gate.address_literal = Choice::allow;
  gate.allow_private = {*categories::Network::parse("127.0.0.0/8")};
  load(policy(), gate);
  EXPECT_EQ(reason("93.184.216.35", Stage::connect, 443), "allow default");
  EXPECT_EQ(reason("127.0.0.1", Stage::connect, 443), "allow default");
  EXPECT_EQ(reason("10.0.0.1", Stage::connect, 443), "block private_destination");
}

TEST_F(Centre, AnInterceptedAddressOpensWhereSomebodyHasNamedIt) {
  Gate gate;
  gate.address_literal = Choice::allow;  // of CONNECT
  folder_.write("local/allow/domains", "192.0.3.1\nallowed-terror.example\n");
  folder_.write("lists/gambling/domains", "192.0.3.9\n");
  const auto answer = [&](std::string_view text, Stage stage, std::uint16_t port) {
    const auto host = *categories::normalise_host(text, categories::HostSource::wire);
    const auto verdict = engine_->decide({stage, host, port, "", Way::intercepted}, subject(kLearner), at(kSession));
    return std::string(to_string(verdict.action)) + ' ' + std::string(to_string(verdict.reason));
  };
  load(policy(), gate);
  for (const auto stage : {Stage::connect, Stage::http_request}) {
    EXPECT_EQ(answer("unknown.example", stage, 443), "allow default");
    EXPECT_EQ(answer("192.0.3.1", stage, 443), "block address_literal");
    EXPECT_EQ(answer("93.184.216.34", stage, 443), "block address_literal");
    EXPECT_EQ(answer("192.0.3.9", stage, 443), "block floor");
  }
  gate.nameless = Nameless::listed;
  load(policy(), gate);
  for (const auto stage : {Stage::connect, Stage::http_request}) {
    EXPECT_EQ(answer("192.0.3.1", stage, 443), "allow allow_list");
    EXPECT_EQ(answer("93.184.216.34", stage, 443), "allow essential");
    EXPECT_EQ(answer("93.184.216.35", stage, 443), "block address_literal");
    EXPECT_EQ(answer("192.0.3.9", stage, 443), "block floor");
    EXPECT_EQ(answer("10.0.0.1", stage, 443), "block private_destination");
  }
  EXPECT_EQ(answer("192.0.3.1", Stage::connect, 80), "block port");
}

TEST(EchCover, IsTheNameItselfAlone) {
  const auto covers = [](std::string_view name) {
    return is_ech_cover(*categories::normalise_host(name, categories::HostSource::wire));
  };
  EXPECT_TRUE(covers("cloudflare-ech.com"));
  EXPECT_TRUE(covers("Cloudflare-ECH.com."));
  EXPECT_FALSE(covers("www.cloudflare-ech.com"));
  EXPECT_FALSE(covers("cloudflare.com"));
}

TEST_F(Centre, GroupsByAddress) {
  load(policy());
  const auto name = [&](std::string_view address) {
    const auto group = subject(address).group;
    return group == kNoGroup ? "-" : snapshot_->policy.groups[group].name;
  };
  EXPECT_EQ(name("10.20.1.1"), "learners");
  EXPECT_EQ(name("::ffff:10.20.1.1"), "learners");
  EXPECT_EQ(name("fd00:20::5"), "learners");
  EXPECT_EQ(name("10.20.99.1"), "kiosk");
  EXPECT_EQ(name("10.31.0.1"), "-");
  EXPECT_EQ(snapshot_->policy.find_group("staff"), GroupId{2});
  EXPECT_EQ(snapshot_->policy.find_group("Staff"), std::nullopt);
  load(policy() + "[[group]]\nname = \"guests\"\ncatch_all = true\n");
  EXPECT_EQ(name("10.31.0.1"), "guests");
  EXPECT_EQ(name("10.20.99.1"), "kiosk");
}

TEST_F(Centre, Refuses) {
  load(policy());
  const auto verdict = engine_->refuse(Reason::not_tls, subject(kLearner), at(kBreak));
  EXPECT_EQ(line(verdict), "block not_tls [] ||learners/break|");
  EXPECT_EQ(line(engine_->refuse(Reason::malformed, subject(kStranger), at(kBreak))), "block malformed [] ||/|");
  // A group of another policy is nobody's.
  const auto host = *categories::normalise_host("news.example", categories::HostSource::wire);
  EXPECT_EQ(engine_->decide({Stage::hello, host, 443, ""}, {{}, 77, "", ""}, at(kBreak)).reason,
            Reason::unknown_client);
}

TEST_F(Centre, OpensAtTheNextBellThatAllows) {
  load(policy());
  const auto opens = [&](std::string_view client, std::string_view target, std::string_view when) {
    const auto host = *categories::normalise_host(target, categories::HostSource::wire);
    return civil(engine_->opens_at({Stage::connect, host, 443, ""}, subject(client), at(when)));
  };
  EXPECT_EQ(opens(kLearner, "tiktok.com", kSession), "2026-11-23T10:30");
  EXPECT_EQ(opens(kLearner, "tiktok.com", "2026-11-23T11:00"), "2026-11-23T12:30");
  EXPECT_EQ(opens(kLearner, "tiktok.com", kBreak), kBreak);
  EXPECT_EQ(opens(kLearner, "chat.example", kSession), kSession);  // allow entry
  EXPECT_EQ(opens(kLearner, "both.example", kSession), "");        // never
  EXPECT_EQ(opens(kLearner, "bet365.com", kSession), "");
  EXPECT_EQ(opens(kKiosk, "unknown.example", kSession), "");
  EXPECT_EQ(opens(kStranger, "unknown.example", kSession), "");
}

TEST_F(Centre, NextBellOfAnyGroup) {
  load(policy());
  EXPECT_EQ(civil(engine_->next_bell(at("2026-11-23T08:00"))), "2026-11-23T08:30");  // staff
  EXPECT_EQ(civil(engine_->next_bell(at("2026-11-23T08:30"))), "2026-11-23T09:00");
  EXPECT_EQ(civil(engine_->next_bell(at("2026-11-23T13:00"))), "2026-11-24T08:30");
  load(
      "[centre]\nname = \"a\"\ntimezone = \"UTC\"\n[lists]\n[[lists.feed]]\nname = \"starter\"\npath = "
      "\"lists\"\n[[group]]\nname = \"g\"\n");
  EXPECT_EQ(engine_->next_bell(at(kSession)), std::nullopt);
}

TEST_F(Centre, CachedPeriodsAnswerLikeFreshOnes) {
  load(policy());
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    const auto when = at("2026-11-01T00:00") + std::chrono::seconds(random() % 7'776'000);
    const auto host = *categories::normalise_host("unknown.example", categories::HostSource::wire);
    const Facts facts{Stage::hello, host, 443, ""};
    ASSERT_EQ(line(engine_->decide(facts, subject(kLearner), when)),
              line(Engine(snapshot_).decide(facts, subject(kLearner), when)));
  }
}

/// A year without a bell is not for ever: the engine looks again.
TEST_F(Centre, NoBellInSightIsNotBelievedForEver) {
  load(
      "[centre]\nname = \"a\"\ntimezone = \"UTC\"\n[lists]\n[[lists.feed]]\nname = \"starter\"\npath = \"lists\"\n"
      "[[group]]\nname = \"g\"\ntimetable = \"t\"\n[[timetable]]\nname = \"t\"\noutside = \"open\"\n"
      "[[timetable.exception]]\ndates = [\"2029-01-01\"]\nperiod = \"shut\"\n");
  EXPECT_EQ(engine_->next_bell(at("2026-01-01T00:00")), std::nullopt);
  EXPECT_EQ(civil(engine_->next_bell(at("2028-12-31T00:00"))), "2029-01-01T00:00");
}

TEST_F(Centre, EngineFailureBlocks) {
  load(policy());
  EXPECT_EQ(decide(kLearner, "news.example", kSession).reason, Reason::essential);
  auto& engines = categories::engines();
  const auto saved = engines;
  engines.scan = [](const hs_database_t*, const char*, unsigned, unsigned, hs_scratch_t*, match_event_handler, void*) {
    return hs_error_t{HS_NOMEM};
  };
  for (const auto* host : {"news.example", "unknown.example", "bet365.com", "open.example"}) {
    EXPECT_EQ(line(decide(kLearner, host, kSession)), "block engine_error [] ||learners/session|") << host;
    EXPECT_EQ(line(decide(kStranger, host, kSession)), "block engine_error [] ||/|") << host;
  }
  categories::Diagnostics diagnostics;
  const auto file = PolicyFile::parse(policy(), folder_.path() / "policy.toml", diagnostics);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->resolve(*snapshot_->catalogue, diagnostics));
  EXPECT_EQ(shown(diagnostics).front(),
            "47:10: error: essential host \"news.example\" could not be judged: the matching engine failed");
  engines = saved;
  EXPECT_EQ(decide(kLearner, "news.example", kSession).reason, Reason::essential);
}

/// Whatever the policy and the local lists say, nobody reaches a locked category.
TEST_F(Centre, NoPolicyUnlocksTerrorism) {
  std::mt19937 random(20261122);
  const auto one_of = [&](std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[random() % choices.size()]);
  };
  for (int round = 0; round < 40; ++round) {
    folder_.write("local/allow/domains",
                  "terror.example\n" + one_of({"", "www.terror.example\n", "allowed-terror.example\n"}));
    folder_.write("local/" + one_of({"news", "jobs", "games"}) + "/domains", "terror.example\n");
    folder_.write("exceptions/domains", one_of({"terror.example\n", "allowed-terror.example\n"}));
    std::string text =
        R"([centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "local"
exceptions = "exceptions"
[[lists.feed]]
name = "starter"
path = "lists"
[[timetable]]
name = "t"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon"]
times = ["09:00-12:30"]
[[group]]
name = "g"
networks = ["10.20.0.0/16"]
)" + one_of({"", "timetable = \"t\"\n"}) +
        "default = \"allow\"\n[[group]]\nname = \"h\"\ntimetable = \"t\"\ncatch_all = " + one_of({"true", "false"}) +
        '\n' + one_of({"", "[floor]\ncategories = []\n", "[floor]\ncategories = [\"adult\"]\n"}) +
        one_of({"", "[essential]\nhosts = [\"example.com\"]\n"}) +
        one_of({"", "[concern]\nterrorism = \"notice\"\n", "[concern]\nadult = \"danger\"\n"});
    for (int rule = 0; rule < 4; ++rule)
      text += "[[rule]]\nname = \"r" + std::to_string(rule) + "\"\n" + one_of({"", "groups = [\"h\"]\n"}) +
              one_of({"", "periods = [\"session\"]\n", "periods = [\"closed\"]\n"}) +
              "allow = [\"terrorism\", \"news\", \"games\", \"jobs\"]\n";
    Gate gate;
    gate.address_literal = Choice::allow;
    load(text, gate);
    if (HasFatalFailure()) FAIL() << text;
    for (const auto client : {kLearner, kKiosk, kStranger}) {
      for (const auto* target : {"terror.example", "www.terror.example/path?q=1", "allowed-terror.example"}) {
        for (const auto stage : {Stage::http_request, Stage::connect, Stage::hello}) {
          const auto verdict = decide(client, target, one_of({"2026-11-23T10:00", "2026-11-23T20:00"}), stage);
          ASSERT_EQ(verdict.action, Action::block) << text << target;
          ASSERT_EQ(verdict.reason, Reason::floor) << text << target;
          ASSERT_NE(verdict.concern, Concern::none) << text << target;
        }
      }
    }
  }
}

}  // namespace
}  // namespace breakwater::rules
