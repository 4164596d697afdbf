#include "proxy/cli/deploy.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/commands/commands.h"

namespace breakwater::commands {

void add_deploy(Commands& commands) {
  using cli::DeployOptions;
  auto options = std::make_shared<DeployOptions>();
  auto& group = *commands.group("deploy", "Configuration for what stands around the gateway");
  auto* nftables = commands.add(group, "nftables", "Print the rules of the packet filter, or load them",
                                [options] { return cli::deploy_nftables(*options); });
  auto* counters = commands.add(group, "counters", "Show what the counters of the rules stand at",
                                [options] { return cli::deploy_counters(*options); });
  auto* unbound = commands.add(group, "unbound", "Write files for the resolver Unbound",
                               [options] { return cli::deploy_unbound(*options); });
  auto* dnsmasq = commands.add(group, "dnsmasq", "Print what dnsmasq needs as a resolver",
                               [options] { return cli::deploy_dnsmasq(*options); });
  auto* dhcp =
      commands.add(group, "dhcp", "Print options for a DHCP server", [options] { return cli::deploy_dhcp(*options); });
  for (auto* command : {nftables, unbound, dnsmasq, dhcp})
    command->add_option("--config", options->config, "Settings file (TOML), with [deploy]")->required();
  for (auto* command : {nftables, unbound}) {
    command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
    command->add_option("--state", options->state, "Directory given to serve: with the feeds that it downloaded");
  }
  nftables->add_flag_callback(
      "--elements", [options] { options->part = DeployOptions::Part::elements; },
      "The addresses of encrypted DNS alone, for rules that are loaded");
  auto* apply = nftables->add_flag_callback(
      "--apply", [options] { options->step = DeployOptions::Step::apply; }, "Load them, all or none");
  nftables
      ->add_flag_callback(
          "--unchecked", [options] { options->step = DeployOptions::Step::print_unchecked; },
          "Do not ask nft whether it takes them")
      ->excludes(apply);
  add_json(*counters, options->output);
  unbound->add_option("--out", options->out, "Folder for the files")->required();
  unbound->add_option("--rpz", options->rpz, "Zone of `lists export --rpz` to be loaded too");
  dhcp->add_flag_callback(
      "--kea", [options] { options->dhcp = deploy::DhcpServer::kea; }, "For Kea in place of dnsmasq");
}

}  // namespace breakwater::commands
