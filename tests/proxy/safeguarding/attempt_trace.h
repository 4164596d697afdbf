#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/record.h"

namespace breakwater::safeguarding {

/// 2026-11-23T10:00:00Z.
inline constexpr Milliseconds kTen{std::chrono::milliseconds(1'795'428'000'000)};

/// An attempt of one learner by CONNECT in "drugs", `when` after ten o'clock.
inline Attempt attempt_at(std::chrono::milliseconds when, std::string host_tag = "HOSTTAG1") {
  static int number = 0;
  Attempt attempt;
  attempt.time = kTen + when;
  attempt.id = std::to_string(++number);
  attempt.pseudonym = "P-4T9ZQX2C";
  attempt.group = "learners";
  attempt.client = "10.20.1.2";
  attempt.host_tag = std::move(host_tag);
  attempt.host = attempt.host_tag + ".example";
  attempt.method = "CONNECT";
  attempt.category = "drugs";
  attempt.theme = "drugs";
  attempt.concern = "notice";
  attempt.confidence = "network";
  attempt.action = "block";
  return attempt;
}

}  // namespace breakwater::safeguarding
