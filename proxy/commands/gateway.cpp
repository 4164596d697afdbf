#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/app/server.h"
#include "proxy/cli/check.h"
#include "proxy/cli/explain.h"
#include "proxy/cli/pac.h"
#include "proxy/cli/policy_check.h"
#include "proxy/commands/commands.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::commands {
namespace {

void add_serve(Commands& commands) {
  auto options = std::make_shared<app::ServeOptions>();
  auto* command = commands.add("serve", "Run the gateway until SIGTERM; SIGHUP reloads",
                               [options] { return app::serve(*options); });
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--config", options->config, "Settings file (TOML); see `breakwater settings`");
  command->add_option("--listen", options->listen, "ADDR:PORT to accept clients on; may be repeated; port 0 picks one");
  command->add_option("--state", options->state, "Directory for records and compiled lists")->capture_default_str();
  command->add_option("--log", options->log, "Access log file, or - for standard output");
  command->add_option("--clock", options->clock,
                      "Begin at this civil time, as 2026-11-23T10:00: for demonstrations only");
}

void add_check(Commands& commands) {
  auto options = std::make_shared<cli::CheckOptions>();
  auto* command =
      commands.add("check", "Say what the gateway would decide, and why", [options] { return cli::check(*options); });
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--config", options->config, "Settings file (TOML)");
  command->add_option("--group", options->group, "Judge as this group");
  command->add_option("--address", options->address, "Judge as this client address (default 127.0.0.1)");
  command->add_option("--user", options->user, "Judge as this user");
  command->add_option("--at", options->at, "Civil time of the centre, as 2026-11-23T10:35 (default: now)");
  command->add_option("--state", options->state, "Directory given to serve: with the feeds that it downloaded");
  add_json(*command, options->output);
  command->add_option("target", options->targets, "URLs or hosts; - reads them from standard input")->required();
}

void add_explain(Commands& commands) {
  auto options = std::make_shared<cli::ExplainOptions>();
  auto* command = commands.add("explain", "Show every entry that matches, and what the policy makes of it",
                               [options] { return cli::explain(*options); });
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--state", options->state, "Directory given to serve: with the feeds that it downloaded");
  command->add_option("target", options->targets, "URLs or hosts")->required();
  add_json(*command, options->output);
}

void add_policy(Commands& commands) {
  struct Options {
    std::filesystem::path file;
    std::filesystem::path state;
    cli::Output output = cli::Output::text;
  };
  auto options = std::make_shared<Options>();
  auto* policy = commands.group("policy", "Work with policy files");
  auto* check = commands.add(*policy, "check", "Report every mistake of a policy and its lists",
                             [options] { return cli::policy_check(options->file, options->state, options->output); });
  check->add_option("file", options->file, "Policy file (TOML)")->required();
  check->add_option("--state", options->state, "Directory given to serve: with the feeds that it downloaded");
  add_json(*check, options->output);
}

void add_pac(Commands& commands) {
  auto config = std::make_shared<std::filesystem::path>();
  auto* command = commands.add("pac", "Print the proxy auto-configuration file for browsers",
                               [config] { return cli::pac(*config); });
  command->add_option("--config", *config, "Settings file (TOML)")->required();
}

void add_settings(Commands& commands) {
  commands.add("settings", "Print the table of settings (Markdown)", [] {
    std::cout << snapshot::settings_table();
    return 0;
  });
}

}  // namespace

void add_gateway(Commands& commands) {
  add_serve(commands);
  add_check(commands);
  add_explain(commands);
  add_policy(commands);
  add_pac(commands);
  add_settings(commands);
}

}  // namespace breakwater::commands
