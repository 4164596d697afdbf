#include "proxy/safeguarding/episode.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;

Episode episode() {
  Episode made;
  made.reference = "E-7QK4M-2XP9D";
  made.stage = Stage::grown;
  made.pseudonym = "P-4T9ZQX2C";
  made.group = "learners \xE2\x80\x94 \"Year 1\"";
  made.theme = "drugs";
  made.severity = rules::Concern::warning;
  made.first = Milliseconds(1'795'428'000'123ms);
  made.last = Milliseconds(1'795'428'060'456ms);
  made.attempts = 51;
  made.allowed = 2;
  made.distinct_hosts = 7;
  made.categories = {"drugs", "weapons"};
  made.origin = Origin::person;
  made.signals = {"one", "two"};
  made.confidence = rules::Confidence::device;
  made.owner = "pool laptop";
  made.grade = {"a", "b", "c"};
  made.through = "8RT5N-3YQ0E";
  return made;
}

EpisodeNames names() {
  return {
      "10.20.1.2",
      "tablet-7",
      "Si\xC3\xA2n",
      {"a.example", "b.example"},
      {"http://a.example/x"},
      {"words"},
      {{Milliseconds(5ms), "c.example", rules::Action::allow}, {Milliseconds(6ms), "a.example", rules::Action::block}}};
}

TEST(EpisodeTest, ComesBackAsItWas) {
  EXPECT_EQ(parse_episode(to_json(episode())), episode());
  EXPECT_EQ(parse_episode_names(to_json(names())), names());
  EXPECT_EQ(parse_episode(to_json(Episode())), Episode());
  EXPECT_EQ(parse_episode_names(to_json(EpisodeNames())), EpisodeNames());
}

TEST(EpisodeTest, WhatIsCutOrWrongIsNone) {
  const auto whole = to_json(episode());
  const auto sealed = to_json(names());
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse_episode(whole.substr(0, length))) << length;
  for (std::size_t length = 0; length < sealed.size(); ++length)
    EXPECT_FALSE(parse_episode_names(sealed.substr(0, length))) << length;
  const auto tree = nlohmann::json::parse(whole);
  for (const auto& [key, value] : tree.items()) {
    for (const nlohmann::json& other : {nlohmann::json(true), nlohmann::json("odd"), nlohmann::json(nullptr)}) {
      if (other.type() == value.type() && key != "stage" && key != "severity" && key != "origin" && key != "confidence")
        continue;
      auto wrong = tree;
      wrong[key] = other;
      EXPECT_FALSE(parse_episode(wrong.dump())) << key << ' ' << other;
    }
    auto without = tree;
    without.erase(key);
    EXPECT_FALSE(parse_episode(without.dump())) << key;
  }
  for (const auto* text : {"", "null", "[]", "{}", "\"E-1\"", "7"})
    EXPECT_FALSE(parse_episode(text) || parse_episode_names(text)) << text;
}

TEST(EpisodeTest, TextThatIsNoUtf8DoesNotEndTheGateway) {
  auto odd = names();
  odd.user = "\xFF";
  EXPECT_EQ(parse_episode_names(to_json(odd))->user, "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace breakwater::safeguarding
