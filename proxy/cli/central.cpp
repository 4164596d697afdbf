#include "proxy/cli/central.h"

#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/cli/terminal.h"
#include "proxy/cli/verification.h"
#include "proxy/safeguarding/central.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;
using safeguarding::Central;
using safeguarding::CentralGateway;

/// nullopt: it is not known where the store is, which has been told.
std::optional<safeguarding::CentralOptions> where(const CentralOptions& options) {
  if (!options.database.empty()) return safeguarding::CentralOptions{options.database, options.password_file};
  std::string error;
  const auto text = snapshot::read_file(options.config, error);
  if (!text) {
    fail(options.config.string() + ": cannot be read: " + error);
    return std::nullopt;
  }
  categories::Diagnostics diagnostics;
  const auto settings = snapshot::parse_settings(*text, options.config, diagnostics);
  print_errors(diagnostics);
  if (categories::has_errors(diagnostics)) return std::nullopt;
  if (!settings.store_central.empty()) return snapshot::central_options(settings);
  fail(options.config.string() + ": has no store.central");
  return std::nullopt;
}

std::string key_of(const CentralGateway& gateway) {
  return safeguarding::crypto::to_text(safeguarding::crypto::view(gateway.id));
}

/// The store, and its gateways or the one that is named; nullopt: what is wrong has been told.
std::optional<std::pair<Central, std::vector<CentralGateway>>> look(const CentralOptions& options) {
  const auto place = where(options);
  if (!place) return std::nullopt;
  auto central = Central::open(*place);
  if (!central) {
    fail("central store: " + central.error());
    return std::nullopt;
  }
  auto gateways = central->gateways();
  if (!gateways) {
    fail("central store: " + gateways.error());
    return std::nullopt;
  }
  std::erase_if(*gateways, [&](const auto& gateway) {
    return !options.gateway.empty() && gateway.name != options.gateway && !key_of(gateway).starts_with(options.gateway);
  });
  if (!gateways->empty() || options.gateway.empty()) return std::pair(*std::move(central), *std::move(gateways));
  fail("central store: there is no such gateway");
  return std::nullopt;
}

void print(const ordered_json& json) {
  std::cout << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_json(const CentralGateway& gateway) {
  ordered_json fork;
  if (gateway.fork) fork = {{"message", gateway.fork->message}, {"time", utc_text(gateway.fork->time)}};
  print({{"gateway", gateway.name},
         {"key", key_of(gateway)},
         {"records", gateway.seq},
         {"waiting", gateway.waiting},
         {"heard", utc_text(gateway.heard)},
         {"forwarded", utc_text(gateway.forwarded)},
         {"forked", gateway.is_forked()},
         {"fork", fork}});
}

void print_text(const CentralGateway& gateway) {
  std::cout << gateway.name << " (" << key_of(gateway) << "): " << gateway.seq << " records, " << gateway.waiting
            << " still to come; forwarded " << utc_text(gateway.forwarded) << ", heard " << utc_text(gateway.heard)
            << '\n';
  if (gateway.fork)
    std::cout << "  " << (gateway.is_forked() ? "forked" : "was forked") << " at " << utc_text(gateway.fork->time)
              << ": " << gateway.fork->message << '\n';
}

}  // namespace

int central_status(const CentralOptions& options) {
  const auto found = look(options);
  if (!found) return kUsage;
  int code = 0;
  for (const auto& gateway : found->second) {
    options.output == Output::json ? print_json(gateway) : print_text(gateway);
    if (gateway.is_forked()) code = kWrong;
  }
  if (found->second.empty() && options.output == Output::text) std::cout << "no gateway has forwarded anything yet\n";
  return code;
}

int central_verify(const CentralOptions& options) {
  const auto heads = heads_in(options.head);
  if (!heads) return kUsage;
  auto found = look(options);
  if (!found) return kUsage;
  auto& [central, gateways] = *found;
  if (gateways.size() > 1 && !heads->empty()) return fail("--head is of one gateway: name it by --gateway");
  int code = 0;
  for (const auto& gateway : gateways) {
    const auto verified = central.verify(gateway.id, *heads);
    if (!verified) return fail("central store: " + verified.error());
    if (options.output == Output::json) {
      ordered_json json{{"gateway", gateway.name}, {"key", key_of(gateway)}};
      json.update(verification_json(*verified));
      print(json);
    } else {
      std::cout << gateway.name << " (" << key_of(gateway) << "):\n";
      print_verification(*verified);
    }
    std::cout << std::flush;
    if (verified->fault) code = fail(gateway.name + ": " + verified->fault->message, kWrong);
  }
  return code;
}

int central_copy(const CentralOptions& options) {
  auto found = look(options);
  if (!found) return kUsage;
  auto& [central, gateways] = *found;
  if (gateways.size() != 1) return fail("central store: several gateways are called so: name one by its key");
  if (const auto error = central.copy(gateways.front().id, options.out)) return fail("central store: " + *error);
  std::cout << options.out.string() << ": " << gateways.front().seq << " records of " << gateways.front().name << '\n';
  return 0;
}

int central_migrate(const CentralOptions& options) {
  const auto place = where(options);
  if (!place) return kUsage;
  const auto error = Central::migrate(*place);
  return error ? fail("central store: " + *error) : 0;
}

}  // namespace breakwater::cli
