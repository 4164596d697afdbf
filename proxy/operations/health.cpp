#include "proxy/operations/health.h"

#include <algorithm>

#include <fmt/format.h>

namespace breakwater::operations {

bool workers_turn(const GatewayState& state) {
  return std::all_of(state.worker_age.begin(), state.worker_age.end(),
                     [](std::chrono::milliseconds age) { return age < kWorkerPatience; });
}

Health health_of(const GatewayState& state) {
  Health health;
  const auto say = [&health](std::string_view part, const std::string& wrong) {
    if (!wrong.empty()) health.answer = Health::Answer::unwell;
    health.lines.push_back(fmt::format("{}: {}", part, wrong.empty() ? "ok" : wrong));
  };
  say("workers", workers_turn(state) ? "" : fmt::format("one has not turned for {} s", kWorkerPatience.count()));
  const bool fails = state.recorder.now == GatewayState::Recorder::Now::fails;
  say("store", !state.store.error.empty() ? state.store.error
               : fails                    ? fmt::format("{} records wait to be written", state.recorder.backlog)
                                          : "");
  say("lists", state.in_force.lists > 0 ? "" : "none is in force");
  say("phase", state.phase == GatewayState::Phase::running ? "" : "ending");
  return health;
}

}  // namespace breakwater::operations
