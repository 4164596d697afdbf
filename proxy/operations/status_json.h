#pragma once

#include <string>

#include "proxy/operations/gateway_state.h"

namespace breakwater::operations {

/// The state as one line of JSON, its end included: what the control socket answers, and `breakwater status --json`
/// prints.
std::string status_json(const GatewayState& state);

}  // namespace breakwater::operations
