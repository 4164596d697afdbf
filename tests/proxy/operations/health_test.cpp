#include "proxy/operations/health.h"

#include <gmock/gmock.h>

namespace breakwater::operations {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;

GatewayState well() {
  GatewayState state;
  state.worker_age = {milliseconds(0), milliseconds(4999)};
  state.in_force.lists = 1;
  return state;
}

TEST(Health, IsWell) {
  const auto health = health_of(well());
  EXPECT_EQ(health.answer, Health::Answer::well);
  EXPECT_THAT(health.lines, ElementsAre("workers: ok", "store: ok", "lists: ok", "phase: ok"));
}

TEST(Health, EachFaultIsSaid) {
  struct Case {
    void (*change)(GatewayState&);
    const char* line;
  };
  const Case cases[] = {
      {[](GatewayState& state) { state.worker_age[1] = milliseconds(5000); }, "workers: one has not turned for 5 s"},
      {[](GatewayState& state) { state.store.error = "/state: the disk is full"; }, "store: /state: the disk is full"},
      {[](GatewayState& state) {
         state.recorder.now = GatewayState::Recorder::Now::fails;
         state.recorder.backlog = 3;
       },
       "store: 3 records wait to be written"},
      {[](GatewayState& state) { state.in_force.lists = 0; }, "lists: none is in force"},
      {[](GatewayState& state) { state.phase = GatewayState::Phase::draining; }, "phase: ending"},
  };
  for (const auto& each : cases) {
    auto state = well();
    each.change(state);
    const auto health = health_of(state);
    EXPECT_EQ(health.answer, Health::Answer::unwell) << each.line;
    EXPECT_THAT(health.lines, Contains(std::string(each.line)));
  }
}

}  // namespace
}  // namespace breakwater::operations
