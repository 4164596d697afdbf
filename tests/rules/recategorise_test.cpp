#include <gtest/gtest.h>

#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

/// What a local list says a host is instead counts in the place of what feeds say, and nothing lifts the floor.
TEST_F(Centre, Recategorises) {
  folder_.write("local/recategorise/jobs/domains",
                "games.example\nboth.example\nbet365.com\nterror.example\nlocal-games.example\npills.example\n"
                "talk-of-drugs.example\n");
  folder_.write("local/recategorise/games/domains", "unknown.example\nnews.example\nchat.example\n");
  folder_.write("local/recategorise/games/urls", "linkedin.com/play\n");
  folder_.write("local/recategorise/gambling/domains", "raffle.example\n");
  load(policy());
  constexpr std::string_view kSession = "2026-11-23T10:00";
  constexpr std::string_view kRule = "|private use in sessions|learners/session|2026-11-23T10:30";
  const auto jobs = [&](int entry) {
    return "allow rule [jobs] local/recategorise/jobs/domains:" + std::to_string(entry) + std::string(kRule);
  };
  const std::pair<std::string_view, std::string> table[] = {
      {"games.example", jobs(1)},
      {"www.games.example", jobs(1)},
      {"both.example", jobs(2)},
      {"pills.example", jobs(6)},  // no concern is left
      {"talk-of-drugs.example", jobs(7)},
      {"unknown.example", "block rule [games] local/recategorise/games/domains:1" + std::string(kRule)},
      {"linkedin.com/play/1", "block rule [games] local/recategorise/games/urls:1" + std::string(kRule)},
      // What people put it into themselves still counts; an allow entry stands above rules that allow only.
      {"local-games.example", "block rule [games,jobs] local/games/domains:1" + std::string(kRule)},
      {"chat.example", "block rule [games] local/recategorise/games/domains:3" + std::string(kRule)},
      {"news.example", "allow essential [games,news] ||learners/session|"},
      // The floor, of feeds and of the local list itself.
      {"bet365.com", "block floor [gambling,jobs] starter/gambling/domains:2||learners/session|"},
      {"terror.example",
       "block floor [terrorism,jobs] starter/terrorism/domains:2||learners/session||danger terrorism "
       "starter/terrorism/domains:2"},
      {"raffle.example", "block floor [gambling] local/recategorise/gambling/domains:1||learners/session|"},
  };
  for (const auto& [target, expected] : table)
    EXPECT_EQ(line(decide("10.20.1.2", target, kSession)), expected) << target;
}

}  // namespace
}  // namespace breakwater::rules
