#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proxy/operations/gateway_state.h"

namespace breakwater::operations {

/// A worker whose loop has not turned for so long does not serve. It turns every second by itself.
inline constexpr std::chrono::seconds kWorkerPatience{5};

struct Health {
  enum class Answer : std::uint8_t { well, unwell };
  Answer answer = Answer::well;
  std::vector<std::string> lines;  ///< "workers: ok", "store: /var/lib/breakwater: the disk is full"
};

/// Do all workers turn?
bool workers_turn(const GatewayState& state);
/// Can clients be sent here? Workers turn, what must be recorded can be, lists are in force, and it is not ending.
Health health_of(const GatewayState& state);

}  // namespace breakwater::operations
