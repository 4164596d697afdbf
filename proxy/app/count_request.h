#pragma once

#include "proxy/app/transaction.h"
#include "proxy/telemetry/counters.h"
#include "rules/subject.h"

namespace breakwater::app {

/// What a request or tunnel that has been judged counts as.
void count_request(const Transaction& request, const rules::Subject& subject, telemetry::Counters& counters);

}  // namespace breakwater::app
