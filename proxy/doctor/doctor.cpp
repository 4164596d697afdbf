#include "proxy/doctor/doctor.h"

#include <algorithm>
#include <iterator>

#include "proxy/doctor/checks.h"

namespace breakwater::doctor {
namespace {

/// A name that every British resolver knows.
constexpr std::string_view kAskFor = "www.gov.uk";

}  // namespace

std::string_view to_string(Grade grade) {
  switch (grade) {
    case Grade::well:
      return "ok";
    case Grade::doubtful:
      return "warning";
    case Grade::broken:
      break;
  }
  return "fault";
}

Findings examine(const Installation& installation) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Findings all;
  const auto take = [&all](Findings found) {
    all.insert(all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  };
  snapshot::Settings settings;
  std::shared_ptr<const rules::Snapshot> snapshot;
  std::vector<std::string> listeners;
  take(check_settings(installation.config, settings));
  take(check_policy(installation.policy, installation.state, settings, snapshot));
  if (snapshot) take(check_recipients(snapshot->policy, settings));
  take(check_certificate(settings, now));
  take(check_clock());
  take(check_modes(installation.state));
  take(check_disk(installation.state));
  take(check_gateway(installation.state, listeners));
  take(check_ports(settings, listeners));
  take(check_nftables());
  take(check_dns(settings, kAskFor));
  take(check_smtp(settings));
  take(check_central(settings));
  take(check_balancers(settings));
  take(check_feeds(installation.state, now));
  take(check_records(installation.state));
  take(check_backup(installation.state, now));
  return all;
}

Grade worst_of(const Findings& findings) {
  auto worst = Grade::well;
  for (const auto& finding : findings)
    worst = std::max(worst, finding.grade);
  return worst;
}

}  // namespace breakwater::doctor
