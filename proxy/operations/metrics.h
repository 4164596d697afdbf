#pragma once

#include <string>

#include "proxy/operations/gateway_state.h"

namespace breakwater::operations {

/// The state in the text format of Prometheus (version 0.0.4). Names and labels are the interface that dashboards and
/// rules are written against: `deploy/prometheus/`. No label holds anything about a person.
std::string metrics_text(const GatewayState& state);

}  // namespace breakwater::operations
