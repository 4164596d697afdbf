#include "rules/quota.h"

#include <gmock/gmock.h>

#include "rules/grant.h"
#include "tests/rules/engine_fixture.h"
#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

constexpr std::string_view kQuotas = R"(
[[quota]]
name = "games in breaks"
groups = ["learners"]
periods = ["break"]
categories = ["games", "sport"]
minutes = 10
per = "period"
[[quota]]
name = "social a day"
groups = ["learners", "kiosk"]
categories = ["social-media"]
bytes = "200MiB"
per = "day"
[[quota]]
name = "games at home"
groups = ["learners"]
periods = ["closed"]
categories = ["games", "sport"]
minutes = 60
bytes = "1GiB"
per = "period"
)";
constexpr std::uint32_t kBreak = 1;
constexpr std::uint32_t kDay = 2;
constexpr std::uint32_t kHome = 4;

constexpr std::string_view kLearner = "10.20.1.2";
constexpr std::string_view kInSession = "2026-11-23T10:00";  // a Monday
constexpr std::string_view kInBreak = "2026-11-23T10:35";
constexpr std::string_view kEvening = "2026-11-23T20:00";

class QuotaTest : public Centre {
 protected:
  QuotaTest() {
    folder_.write("lists/sport/domains", "sport.example\ntwo.example\ngames-portal.example\n");
    folder_.write("lists/social-media/domains", "two.example\n");
    load(policy() + std::string(kQuotas));
  }

  Subject spender(std::string_view address, std::uint32_t spent) const {
    auto who = subject(address);
    who.spent = spent;
    return who;
  }
  Facts facts(std::string_view name) {
    host_ = *categories::normalise_host(name, categories::HostSource::wire);
    return {Stage::connect, host_, 443, ""};
  }
  /// "block quota social a day 2 until 2026-11-24T00:00"
  std::string brief(const Verdict& verdict) const {
    std::string text(to_string(verdict.action));
    text.append(" ").append(to_string(verdict.reason)).append(" ").append(verdict.quota).append(verdict.pass);
    return text + '|' + std::to_string(verdict.quotas) + '|' + civil(verdict.until);
  }

  categories::Host host_ = *categories::normalise_host("x.example", categories::HostSource::wire);
};

TEST_F(QuotaTest, TurnsWhatIsAllowedIntoABlockAndNothingElse) {
  struct Case {
    std::uint32_t spent;
    std::string_view client;
    std::string_view host;
    std::string_view when;
    std::string_view expected;
  };
  constexpr std::string_view kKiosk = "10.20.99.2";
  const Case table[] = {
      {0, kLearner, "games.example", kInBreak, "allow rule |1|2026-11-23T10:45"},
      {kBreak, kLearner, "games.example", kInBreak, "block quota games in breaks|1|2026-11-23T10:45"},
      {kDay | kHome, kLearner, "games.example", kInBreak, "allow rule |1|2026-11-23T10:45"},
      {kBreak, kLearner, "sport.example", kInBreak, "block quota games in breaks|1|2026-11-23T10:45"},
      {0, kLearner, "sport.example", kInBreak, "allow default |1|2026-11-23T10:45"},
      {kBreak, kLearner, "unlisted.example", kInBreak, "allow default |0|2026-11-23T10:45"},
      // Children of the category, and a day that ends at midnight, or later than the period.
      {0, kLearner, "linkedin.com", kInSession, "allow rule |2|2026-11-23T10:30"},
      {kDay, kLearner, "linkedin.com", kInSession, "block quota social a day|2|2026-11-23T10:30"},
      {kDay, kLearner, "www.tiktok.com", kEvening, "block quota social a day|2|2026-11-24T00:00"},
      {0, kLearner, "www.tiktok.com", kEvening, "allow rule |2|2026-11-24T09:00"},
      // A period that midnight does not end.
      {kHome, kLearner, "games.example", kEvening, "block quota games at home|4|2026-11-24T09:00"},
      // Two that are used up: named is that of the period, and all is open again with the last of them.
      {0, kLearner, "two.example", kInBreak, "allow rule |3|2026-11-23T10:45"},
      {kBreak | kDay, kLearner, "two.example", kInBreak, "block quota games in breaks|3|2026-11-23T10:45"},
      {kHome | kDay, kLearner, "two.example", kEvening, "block quota games at home|6|2026-11-24T09:00"},
      {kDay, kLearner, "two.example", kEvening, "block quota social a day|2|2026-11-24T00:00"},
      // What a rule or the default blocks is no use of anything.
      {kDay, kLearner, "tiktok.com", kInSession, "block rule |0|2026-11-23T10:30"},
      {kDay, kKiosk, "tiktok.com", kInBreak, "block default |0|"},
      // Essential hosts do not count. What the local allow list opens counts as what local lists say it is, and stays
      // open.
      {kBreak, kLearner, "games-portal.example", kInBreak, "allow essential |0|"},
      {kBreak, kLearner, "allowed.games.example", kInBreak, "allow allow_list |0|2026-11-23T10:45"},
      {kBreak, kLearner, "local-games.example", kInBreak, "allow allow_list |1|2026-11-23T10:45"},
      {kBreak, kLearner, "bet365.com", kInBreak, "block floor |0|"},
      {kBreak, "10.30.1.2", "games.example", kInBreak, "allow default |0|2026-11-23T12:30"},
  };
  for (const auto& [spent, client, host, when, expected] : table)
    EXPECT_EQ(brief(engine_->decide(facts(host), spender(client, spent), at(when))), expected) << host << ' ' << when;
}

TEST_F(QuotaTest, APassBeatsItAndIsNoUse) {
  struct Case {
    std::string_view category;
    std::string_view pass_host;
    std::uint32_t spent;
    std::string_view host;
    std::string_view expected;
  };
  const Case table[] = {
      {"games", "", kBreak, "games.example", "allow pass P1|0|2026-11-23T10:40"},
      {"games", "", 0, "games.example", "allow pass P1|0|2026-11-23T10:40"},
      {"", "games.example", kBreak, "www.games.example", "allow pass P1|0|2026-11-23T10:40"},
      {"sport", "", kBreak, "games.example", "block quota games in breaks|1|2026-11-23T10:45"},
      {"sport", "", kBreak | kDay, "two.example", "block quota social a day|2|2026-11-23T10:40"},
      {"sport", "", 0, "two.example", "allow pass P1|0|2026-11-23T10:40"},
  };
  for (const auto& [category, pass_host, spent, host, expected] : table) {
    const Pass pass{"P1",
                    "learners",
                    std::string(category),
                    std::string(pass_host),
                    at("2026-11-23T10:31"),
                    at("2026-11-23T10:40"),
                    "a tutor",
                    "a lesson"};
    Engine engine(with_passes(*snapshot_, {pass}));
    EXPECT_EQ(brief(engine.decide(facts(host), spender(kLearner, spent), at(kInBreak))), expected)
        << category << pass_host << ' ' << host;
  }
}

TEST_F(QuotaTest, SaysWhenItReturns) {
  struct Case {
    std::uint32_t spent;
    std::string_view host;
    std::string_view when;
    std::string_view opens;
  };
  const Case table[] = {
      {kBreak, "games.example", kInBreak, "2026-11-23T12:30"},  // the session blocks it, the evening does not
      {kDay, "linkedin.com", kInSession, "2026-11-24T00:00"},   // over a bell, to midnight
      {kDay, "tiktok.com", kEvening, "2026-11-24T00:00"},
      {kHome, "games.example", kEvening, "2026-11-24T10:30"},
      {kHome | kDay, "two.example", kEvening, "2026-11-24T10:30"},
      {kBreak, "linkedin.com", kInSession, "2026-11-23T10:00"},
      {kDay, "tiktok.com", "2026-10-24T12:00", "2026-10-25T00:00"},  // before the clocks go back
      {kDay, "tiktok.com", "2026-10-25T00:30", "2026-10-26T00:00"},  // and on that day
  };
  for (const auto& [spent, host, when, opens] : table)
    EXPECT_EQ(civil(engine_->opens_at(facts(host), spender(kLearner, spent), at(when))), opens) << host << ' ' << when;
}

TEST_F(QuotaTest, MidnightIsAnEdgeWhereOneIsOfTheDay) {
  EXPECT_EQ(civil(engine_->next_bell(at(kEvening))), "2026-11-24T00:00");
  EXPECT_EQ(civil(engine_->next_bell(at(kInBreak))), "2026-11-23T10:45");
  load(policy());
  EXPECT_EQ(civil(engine_->next_bell(at(kEvening))), "2026-11-24T08:30");
}

TEST_F(QuotaTest, StretchesOfCivilTime) {
  struct Case {
    Quota::Per per;
    std::string_view when;
    std::string_view from;
    std::string_view until;
  };
  const Case table[] = {
      {Quota::Per::period, kInBreak, "2026-11-23T10:30", "2026-11-23T10:45"},
      {Quota::Per::period, kEvening, "2026-11-23T12:30", "2026-11-24T09:00"},
      {Quota::Per::day, kInBreak, "2026-11-23T00:00", "2026-11-24T00:00"},
      {Quota::Per::day, "2026-10-25T23:30", "2026-10-25T00:00", "2026-10-26T00:00"},
  };
  for (const auto& [per, when, from, until] : table) {
    const auto stretch = stretch_of(snapshot_->policy, per, *snapshot_->policy.find_group("learners"), at(when));
    EXPECT_EQ(civil(stretch.from) + ' ' + civil(stretch.until), std::string(from) + ' ' + std::string(until));
  }
  const auto kiosk =
      stretch_of(snapshot_->policy, Quota::Per::period, *snapshot_->policy.find_group("kiosk"), at(kInBreak));
  EXPECT_FALSE(kiosk.from || kiosk.until);
}

TEST_F(PolicyParse, EachMistakeInAQuota) {
  struct Case {
    std::string_view text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"name = \"q\"\ngroups = [\"learners\"]\ncategories = [\"games\"]\nminutes = 5\nper = \"period\"", {}},
      {"name = \"q\"\ncategories = [\"games\"]\nbytes = \"64KiB\"\nper = \"day\"", {}},
      {"",
       {"7:1: error: [[quota]] lacks the key \"name\"", "7:1: error: [[quota]] lacks the key \"categories\"",
        "7:1: error: this quota limits nothing: it needs minutes or bytes",
        "7:1: error: [[quota]] lacks the key \"per\""}},
      {"name = \"q\"\ncategories = []\nminutes = 0\nper = \"perid\"",
       {"9:14: error: categories is empty", "10:11: error: minutes: 0 is not within 1 and 1440",
        R"(11:7: error: per: "perid" is neither "period" nor "day"; did you mean "period"?)"}},
      {"name = \"q\"\ncategories = [\"Games\"]\nminutes = 1441\nbytes = \"1KiB\"\nper = \"day\"",
       {"9:15: error: \"Games\" is no category (lower case, hyphens, a child after a slash)",
        "10:11: error: minutes: 1441 is not within 1 and 1440", "11:9: error: bytes: \"1KiB\" is under 64KiB"}},
      {"name = \"q\"\ncategories = [\"games\"]\nminutes = 1\nper = \"day\"\ngroup = [\"learners\"]\nperiods = []",
       {"12:1: error: unknown key \"group\" in [[quota]]; did you mean \"groups\"?", "13:11: error: periods is empty"}},
      {"name = \"q\"\ncategories = [\"games\"]\nminutes = \"5m\"\nper = \"day\"\ngroups = [\"lerners\"]\n"
       "periods = [\"sesion\"]",
       {"10:11: error: minutes: expected a whole number, found a string",
        "12:11: error: unknown group \"lerners\"; did you mean \"learners\"?",
        "13:12: error: unknown period \"sesion\"; did you mean \"session\"?"}},
      {"name = \"q\"\ngroups = [\"staff\"]\nperiods = [\"session\"]\ncategories = [\"games\"]\nminutes = 5\nper = "
       "\"day\"",
       {"10:12: error: period \"session\" is in no timetable of this quota's groups"}},
      {"name = \"q\"\ncategories = [\"games\"]\nminutes = 5\nper = \"day\"\n[[quota]]\nname = \"q\"\n"
       "categories = [\"games\"]\nminutes = 5\nper = \"day\"",
       {"13:8: error: quota \"q\" stands twice, first in line 8"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(std::string(kWho) + "[[quota]]\n" + std::string(text)), ElementsAreArray(expected)) << text;
  EXPECT_THAT(diagnose(std::string(kRest) + "[[quota]]\nname = \"q\"\ncategories = [\"games\"]\nminutes = 5\n"
                                            "per = \"period\""),
              ElementsAreArray({"10:8: error: group \"everyone\" has no timetable: this quota would never return to it "
                                "(name other groups, or write per = \"day\")"}));
}

TEST_F(PolicyParse, NoMoreQuotasThanBits) {
  std::string text(kWho);
  for (std::size_t i = 0; i <= kMaxQuotas; ++i)
    text += "[[quota]]\nname = \"" + std::to_string(i) + "\"\ncategories = [\"games\"]\nminutes = 5\nper = \"day\"\n";
  EXPECT_THAT(diagnose(text), ElementsAreArray({"167:1: error: more than 32 quotas"}));
}

TEST_F(QuotaTest, CategoriesThatCanNotBeUsedUp) {
  const auto diagnose = [&](std::string_view categories) {
    const auto text = policy() +
                      "[[quota]]\nname = \"q\"\ngroups = [\"learners\"]\nperiods = [\"session\"]\nminutes = 5\n"
                      "per = \"period\"\ncategories = [" +
                      std::string(categories) + "]\n";
    categories::Diagnostics diagnostics;
    const auto file = PolicyFile::parse(text, folder_.path() / "policy.toml", diagnostics);
    EXPECT_TRUE(file);
    if (file) static_cast<void>(file->resolve(*snapshot_->catalogue, diagnostics));
    auto lines = shown(diagnostics);
    for (auto& line : lines)
      line.erase(0, line.find(':') + 1);
    return lines;
  };
  EXPECT_THAT(diagnose(R"("social-media", "sport")"), ElementsAreArray(std::vector<std::string>{}));
  EXPECT_THAT(diagnose(R"("games", "gambling", "gaems")"),
              ElementsAreArray({"15: warning: \"games\" is never allowed where this quota holds: nothing is used up",
                                "24: error: \"gambling\" is in the floor: it never opens, so that nothing is used up",
                                "36: error: unknown category \"gaems\"; did you mean \"games\"?"}));
}

}  // namespace
}  // namespace breakwater::rules
