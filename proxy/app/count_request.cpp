#include "proxy/app/count_request.h"

namespace breakwater::app {
namespace {

using telemetry::Counter;

Counter of_confidence(rules::Confidence confidence) {
  switch (confidence) {
    case rules::Confidence::account:
      return Counter::of_accounts;
    case rules::Confidence::device:
      return Counter::of_devices;
    case rules::Confidence::network:
      break;
  }
  return Counter::of_networks;
}

}  // namespace

void count_request(const Transaction& request, const rules::Subject& subject, telemetry::Counters& counters) {
  counters.add(Counter::requests);
  counters.add(request.verdict.action == rules::Action::block ? Counter::blocked : Counter::allowed);
  if (request.verdict.reason == rules::Reason::engine_error) counters.add(Counter::engine_errors);
  if (request.method == "CONNECT") counters.add(Counter::tunnels);
  if (!request.ech.empty()) counters.add(Counter::tunnels_ech);
  if (request.host && request.host->is_literal()) counters.add(Counter::addresses);
  counters.add(of_confidence(subject.confidence));
}

}  // namespace breakwater::app
