#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "proxy/doctor/finding.h"
#include "proxy/snapshot/settings.h"
#include "rules/engine.h"

/// One function a matter: each finds at least one thing to say.
namespace breakwater::doctor {

// Configuration.
/// Gives the settings where they can be read, the defaults where they cannot.
Findings check_settings(const std::filesystem::path& config, snapshot::Settings& settings);
/// Policy, lists and feeds together, as a start would read them. `snapshot` stays empty where that fails.
Findings check_policy(const std::filesystem::path& policy, const std::filesystem::path& state,
                      const snapshot::Settings& settings, std::shared_ptr<const rules::Snapshot>& snapshot);
Findings check_recipients(const rules::Policy& policy, const snapshot::Settings& settings);
/// When the certificate of the TLS proxy ends.
Findings check_certificate(const snapshot::Settings& settings, std::chrono::sys_seconds now);

// The machine.
Findings check_clock();
/// Of the state directory and what is in it that must be its owner's alone.
Findings check_modes(const std::filesystem::path& state);
Findings check_disk(const std::filesystem::path& state);
/// Whether the rules of `breakwater deploy nftables` are loaded: only root may look.
Findings check_nftables();

// What runs, and what it needs of others.
/// `listeners` gets what the running gateway listens on; empty: none runs.
Findings check_gateway(const std::filesystem::path& state, std::vector<std::string>& listeners);
Findings check_ports(const snapshot::Settings& settings, const std::vector<std::string>& listeners);
/// Asks for `host`.
Findings check_dns(const snapshot::Settings& settings, std::string_view host);
/// Connects and starts TLS, signs in where there is an account, and sends nothing.
Findings check_smtp(const snapshot::Settings& settings);

// What stands beside this gateway.
/// Connects to the store that gateways share, and looks whether a chain there has forked.
Findings check_central(const snapshot::Settings& settings);
/// Who may say who a client is.
Findings check_balancers(const snapshot::Settings& settings);

// What is kept.
Findings check_feeds(const std::filesystem::path& state, std::chrono::sys_seconds now);
/// Follows the chain of records.
Findings check_records(const std::filesystem::path& state);
Findings check_backup(const std::filesystem::path& state, std::chrono::sys_seconds now);

}  // namespace breakwater::doctor
