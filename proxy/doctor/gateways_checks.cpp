// What a gateway that is not alone needs of the others.

#include <algorithm>

#include <fmt/format.h>

#include "proxy/doctor/checks.h"
#include "proxy/safeguarding/central.h"

namespace breakwater::doctor {

Findings check_central(const snapshot::Settings& settings) {
  constexpr std::string_view kCheck = "central";
  constexpr std::string_view kMend = "records wait here meanwhile, and none is lost; see deploy/postgresql.md";
  if (settings.store_central.empty()) return {{kCheck, Grade::well, "not in use", ""}};
  auto central = safeguarding::Central::open(snapshot::central_options(settings));
  if (!central) return {{kCheck, Grade::broken, central.error(), std::string(kMend)}};
  const auto gateways = central->gateways();
  if (!gateways) return {{kCheck, Grade::broken, gateways.error(), std::string(kMend)}};
  Findings findings;
  for (const auto& gateway : *gateways)
    if (gateway.is_forked())
      findings.push_back({kCheck, Grade::broken, fmt::format("{} has forked: {}", gateway.name, gateway.fork->message),
                          "see \"A fork\" in deploy/postgresql.md"});
  if (findings.empty())
    findings.push_back({kCheck, Grade::well, fmt::format("has records of {} gateways", gateways->size()), ""});
  return findings;
}

Findings check_balancers(const snapshot::Settings& settings) {
  constexpr std::string_view kCheck = "balancers";
  constexpr std::uint8_t kOneAddress = 128;
  Findings findings;
  for (const auto& balancer : settings.balancers) {
    const auto name = balancer.to_string();
    if (balancer.prefix != kOneAddress)
      findings.push_back({kCheck, Grade::doubtful, name + ": whoever is in this network may say who a client is",
                          "name single machines in proxy.balancers"});
  }
  if (findings.empty())
    findings.push_back({kCheck, Grade::well, fmt::format("{} may say who a client is", settings.balancers.size()), ""});
  return findings;
}

}  // namespace breakwater::doctor
