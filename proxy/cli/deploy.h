#pragma once

#include <cstdint>
#include <filesystem>

#include "proxy/cli/check.h"
#include "proxy/deploy/dhcp.h"

namespace breakwater::cli {

struct DeployOptions {
  enum class Part : std::uint8_t { rules, elements };
  enum class Step : std::uint8_t { print, print_unchecked, apply };

  std::filesystem::path policy;
  std::filesystem::path config;
  std::filesystem::path state;
  Part part = Part::rules;
  Step step = Step::print;
  std::filesystem::path out;  ///< folder for files of Unbound
  std::filesystem::path rpz;  ///< zone of `lists export --rpz` for Unbound; empty: none
  deploy::DhcpServer dhcp = deploy::DhcpServer::dnsmasq;
  Output output = Output::text;
};

// Each returns the exit code.

/// Rules for the packet filter, or the addresses in them alone: printed, or loaded as one transaction. Nothing is
/// printed or loaded that nft would refuse.
int deploy_nftables(const DeployOptions& options);
/// What the counters of the rules stand at.
int deploy_counters(const DeployOptions& options);
/// Files for Unbound, each put in its place whole.
int deploy_unbound(const DeployOptions& options);
int deploy_dnsmasq(const DeployOptions& options);
int deploy_dhcp(const DeployOptions& options);

}  // namespace breakwater::cli
