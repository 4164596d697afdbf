// What must hold of every policy at every time, over random ones.

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "rules/grant.h"
#include "tests/rules/engine_fixture.h"
#include "tests/rules/random_policy.h"

namespace breakwater::rules {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr unsigned kPolicies = 150;
constexpr std::array kFloorHosts{"bet365.com", "terror.example", "allowed-terror.example", "mixed.example"};
constexpr std::array kLockedHosts{"terror.example", "allowed-terror.example"};
constexpr std::array kHosts{"tiktok.com",    "linkedin.com", "games.example",    "both.example",
                            "chat.example",  "news.example", "open.example",     "local-games.example",
                            "play7.example", "bet365.com",   "unlisted.example", "allowed.games.example",
                            "10.0.0.1"};

class Properties : public Centre {
 protected:
  /// With passes for anything, floor included, as no command would grant them.
  void load_random(RandomPolicy& random, std::string_view text) {
    load(text);
    std::vector<Pass> passes;
    for (std::size_t i = random.below(6); i > 0; --i) {
      Pass pass{"P" + std::to_string(i), random.one_of(RandomPolicy::kGroups), "", "", some_time(random), {}, "", ""};
      pass.until = pass.from + seconds(1 + random.below(20'000));
      constexpr std::array kLiftable{"games", "social-media", "chat", "terrorism", "gambling"};
      if (random.chance(2))
        pass.category = random.one_of(kLiftable);
      else
        pass.host = random.chance(2) ? random.one_of(kFloorHosts) : random.one_of(kHosts);
      passes.push_back(std::move(pass));
    }
    snapshot_ = with_passes(*snapshot_, std::move(passes));
    engine_ = std::make_unique<Engine>(snapshot_);
  }

  /// In the weeks around both clock changes, term ends and exceptions; half of them in one day, so that passes meet.
  SysSeconds some_time(RandomPolicy& random) const {
    const auto begin = at(random.chance(2)   ? "2026-11-23T06:00"
                          : random.chance(2) ? "2026-10-20T00:00"
                                             : "2027-03-20T00:00");
    return begin + seconds(random.below(random.chance(2) ? 86'400 : 14 * 86'400));
  }

  struct Question {
    std::string address;
    std::string host;
    Stage stage;
    SysSeconds since;     ///< what is spent is spent then,
    std::uint32_t spent;  ///< and as long as that stretch lasts
  };
  static Question some_question(RandomPolicy& random) {
    constexpr std::array kStages{Stage::http_request, Stage::connect, Stage::hello};
    return {
        "10." + std::to_string(20 + random.below(4)) + ".0.9", random.one_of(kHosts), random.one_of(kStages), {}, 0};
  }
  static void spend(Question& question, RandomPolicy& random, SysSeconds when) {
    question.since = when;
    question.spent = static_cast<std::uint32_t>(random.below(16));
  }
  Verdict ask(Engine& engine, const Question& question, SysSeconds when) const {
    const auto host = *categories::normalise_host(question.host, categories::HostSource::wire);
    return engine.decide({question.stage, host, 443, "/"}, asking(question, when), when);
  }
  Subject asking(const Question& question, SysSeconds when) const {
    auto who = subject(question.address);
    const auto& quotas = snapshot_->policy.quotas;
    for (std::size_t i = 0; i < quotas.size(); ++i)
      if ((question.spent & quota_bit(i)) != 0 &&
          stretch_of(snapshot_->policy, quotas[i].per, who.group, question.since).contains(when))
        who.spent |= quota_bit(i);
    return who;
  }
  Verdict ask(const Question& question, SysSeconds when) const { return ask(*engine_, question, when); }
  std::optional<SysSeconds> opens(const Question& question, SysSeconds when) const {
    const auto host = *categories::normalise_host(question.host, categories::HostSource::wire);
    return engine_->opens_at({question.stage, host, 443, "/"}, asking(question, when), when);
  }

  /// The verdict without its period and its end.
  std::string said(const Verdict& verdict) const {
    auto text = std::string(to_string(verdict.action)).append(" ").append(to_string(verdict.reason));
    return text.append(" ")
        .append(verdict.rule)
        .append("|")
        .append(verdict.pass)
        .append("|")
        .append(verdict.quota)
        .append(verdict.action == Action::allow ? std::to_string(verdict.quotas) : "")
        .append("|")
        .append(entry(verdict.because));
  }
  std::string said_in_period(const Verdict& verdict) const { return said(verdict).append("/").append(verdict.period); }
};

TEST_F(Properties, NothingEverLetsAFloorHostThrough) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    const auto text = random.text();
    load_random(random, text);
    for (int i = 0; i < 60; ++i) {
      auto question = some_question(random);
      question.host = std::string(random.chance(2) ? "www." : "") + random.one_of(kFloorHosts);
      const auto verdict = ask(question, some_time(random));
      ASSERT_EQ(said(verdict).substr(0, 11), "block floor") << question.host << " seed " << seed << '\n' << text;
      ASSERT_FALSE(opens(question, some_time(random)));
    }
  }
}

// A slip of the pen may take a category out of [floor], yet never terrorism; what still loads blocks it.
TEST_F(Properties, NoEditOfThePolicyLetsALockedHostThrough) {
  unsigned loaded = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    RandomPolicy random(seed);
    auto text = random.chance(2) ? random.text() : policy();
    for (auto edits = 1 + random.below(2); edits > 0; --edits) {
      const auto from = text.rfind('\n', random.below(text.size()));
      const auto line = from == std::string::npos ? 0 : from + 1;
      const auto end = std::min(text.find('\n', line), text.size() - 1) + 1;
      const auto moved = text.substr(line, end - line);
      constexpr std::array kWords{"terrorism", "allow", "block", "floor", "*", "terror.example", "learners"};
      switch (random.below(4)) {
        case 0:
          text.erase(line, end - line);
          break;
        case 1:
          text.insert(line, moved);
          break;
        case 2:
          if (const auto quote = moved.find('"'); quote != std::string::npos)
            text.replace(line + quote + 1, moved.find('"', quote + 1) - quote - 1, random.one_of(kWords));
          break;
        default:
          text[random.below(text.size())] = static_cast<char>(32 + random.below(95));
      }
    }
    categories::Diagnostics diagnostics;
    const auto file = PolicyFile::parse(text, folder_.path() / "policy.toml", diagnostics);
    if (!file) continue;
    categories::BuildReport report;
    auto image = categories::build_catalogue(file->sources(), report);
    const auto& told = report.diagnostics;
    const auto is_error = [](const auto& each) { return each.severity == categories::Severity::error; };
    if (!image || std::any_of(told.begin(), told.end(), is_error)) continue;  // lists that are not there
    const auto catalogue = *categories::Catalogue::from_image(std::move(*image));
    auto resolved = file->resolve(*catalogue, diagnostics);
    if (!resolved) continue;
    snapshot_ = std::make_shared<const Snapshot>(Snapshot{catalogue, std::move(*resolved), {}});
    engine_ = std::make_unique<Engine>(snapshot_);
    ++loaded;
    for (const auto* host : kLockedHosts) {
      auto question = some_question(random);
      question.host = host;
      ASSERT_EQ(said(ask(question, some_time(random))).substr(0, 11), "block floor") << "seed " << seed << '\n' << text;
    }
  }
  EXPECT_GT(loaded, 150u) << "most of the edits do not load: the test asks too little";
}

TEST_F(Properties, UntilIsExact) {
  unsigned ends = 0;
  unsigned never = 0;
  unsigned spent = 0;
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    const auto text = random.text();
    load_random(random, text);
    for (int i = 0; i < 40; ++i) {
      auto question = some_question(random);
      const auto when = some_time(random);
      spend(question, random, when);
      const auto verdict = ask(question, when);
      const auto what =
          fmt::format("{} of {} at {}, seed {}\n{}", question.host, question.address, civil(when), seed, text);
      const auto end = verdict.until.value_or(when + hours(24 * 20));
      ASSERT_GT(end, when) << what;
      for (int j = 0; j < 4; ++j) {
        const auto between =
            j == 0 ? end - seconds(1) : when + seconds(random.below(std::size_t((end - when).count())));
        const auto then = ask(question, between);
        ASSERT_EQ(said(then), said(verdict)) << civil(between) << ' ' << what;
        ASSERT_EQ(then.until, verdict.until) << civil(between) << ' ' << what;
      }
      if (!verdict.until) {
        ++never;
        continue;
      }
      ++ends;
      spent += verdict.reason == Reason::quota ? 1U : 0U;
      ASSERT_NE(said_in_period(ask(question, end)), said_in_period(verdict)) << what;
      ASSERT_LE(*engine_->next_bell(when), end) << what;
    }
  }
  EXPECT_GT(ends, 1000u);
  EXPECT_GT(never, 100u);
  EXPECT_GT(spent, 50u);
}

TEST_F(Properties, NothingChangesBeforeTheNextBell) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    load_random(random, random.text());
    for (int i = 0; i < 20; ++i) {
      const auto when = some_time(random);
      const auto bell = engine_->next_bell(when).value_or(when + hours(24));
      auto question = some_question(random);
      spend(question, random, when);
      ASSERT_EQ(said_in_period(ask(question, bell - seconds(1))), said_in_period(ask(question, when)))
          << "seed " << seed;
    }
  }
}

TEST_F(Properties, WhatOpensLaterOpensThenAndNotBefore) {
  unsigned opened = 0;
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    load_random(random, random.text());
    for (int i = 0; i < 20; ++i) {
      auto question = some_question(random);
      const auto when = some_time(random);
      spend(question, random, when);
      const auto opening = opens(question, when);
      if (opening) {
        ASSERT_EQ(ask(question, *opening).action, Action::allow) << "seed " << seed;
      }
      const auto end = opening.value_or(when + hours(24 * 7));
      if (end == when) continue;
      opened += opening ? 1u : 0u;
      ASSERT_EQ(ask(question, end - seconds(1)).action, Action::block) << "seed " << seed;
      const auto between = when + seconds(random.below(std::size_t((end - when).count())));
      ASSERT_EQ(ask(question, between).action, Action::block) << "seed " << seed;
    }
  }
  EXPECT_GT(opened, 50u);
}

// An engine keeps periods between questions: that must never show.
TEST_F(Properties, AnEngineThatHasAnsweredSaysWhatANewOneSays) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    load_random(random, random.text());
    for (int i = 0; i < 20; ++i) {
      const auto question = some_question(random);
      const auto when = some_time(random);
      Engine fresh(snapshot_);
      ASSERT_EQ(line(ask(question, when)), line(ask(fresh, question, when))) << "seed " << seed;
    }
  }
}

TEST_F(Properties, NothingBlocksAnEssentialSite) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomPolicy random(seed);
    load_random(random, random.text());
    for (int i = 0; i < 20; ++i) {
      auto question = some_question(random);
      question.host = "news.example";
      const auto expected = question.address.starts_with("10.23.") ? "block unknown_client" : "allow essential";
      ASSERT_EQ(said(ask(question, some_time(random))).substr(0, std::string_view(expected).size()), expected);
    }
  }
}

}  // namespace
}  // namespace breakwater::rules
