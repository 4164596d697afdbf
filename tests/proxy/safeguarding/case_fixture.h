#pragma once

#include "proxy/safeguarding/case.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {

/// A store with episodes in it.
class CaseFixture : public StateFolder {
 protected:
  static constexpr Milliseconds kStart{std::chrono::milliseconds(1'794'819'600'000)};  // 2026-11-16 09:00 UTC

  void SetUp() override {
    StateFolder::SetUp();
    store_ = *Store::open(state_, Store::Mode::read_write);
  }

  static Episode episode(std::string reference, Milliseconds first, rules::Concern severity = rules::Concern::danger) {
    Episode made;
    made.reference = std::move(reference);
    made.pseudonym = "P-4T9ZQX2C";
    made.group = "learners";
    made.theme = "drugs";
    made.severity = severity;
    made.first = first;
    made.last = first + std::chrono::minutes(3);
    made.attempts = 4;
    made.distinct_hosts = 2;
    made.grade = {"Which host.", "A device.", "Which page."};
    return made;
  }

  void append(const Entry& entry) { ASSERT_FALSE(store_->append(std::span(&entry, 1))); }
  void append(const Episode& episode) {
    EpisodeNames names;
    names.user = "jo.bloggs";
    names.hosts = {"danger.example"};
    append({episode.last, Kind::episode, episode.reference, to_json(episode), to_json(names)});
  }
  Case only() {
    const auto cases = read_cases(*store_);
    EXPECT_TRUE(cases && cases->size() == 1);
    return cases->front();
  }

  std::unique_ptr<Store> store_;
};

}  // namespace breakwater::safeguarding
