#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/backup.h"
#include "proxy/cli/coverage.h"
#include "proxy/cli/doctor.h"
#include "proxy/cli/status.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_status(Commands& commands) {
  struct Options {
    std::filesystem::path state;
    cli::Output output = cli::Output::text;
  };
  auto options = std::make_shared<Options>();
  auto* command = commands.add("status", "Show what runs: versions, health, traffic, records, feeds",
                               [options] { return cli::status(options->state, options->output); });
  add_state(*command, options->state);
  add_json(*command, options->output);
}

void add_coverage(Commands& commands) {
  auto options = std::make_shared<cli::CoverageOptions>();
  auto* command = commands.add("coverage", "Show what the gateway could see of where connections went, and what not",
                               [options] { return cli::coverage(*options); });
  add_state(*command, options->state);
  command->add_option("--since", options->since, "Time, as 2026-11-23, 2026-11-23T10:35:00Z, or 24h for the last day")
      ->capture_default_str();
  command->add_option("--until", options->until, "Time, the same; not included (default: now)");
  add_json(*command, options->output);
}

void add_doctor(Commands& commands) {
  struct Options {
    doctor::Installation installation;
    cli::Output output = cli::Output::text;
  };
  auto options = std::make_shared<Options>();
  auto* command = commands.add("doctor", "Say what is wrong with an installation, and how to mend it",
                               [options] { return cli::doctor(options->installation, options->output); });
  options->installation.policy = "/etc/breakwater/policy.toml";
  options->installation.config = "/etc/breakwater/breakwater.toml";
  command->add_option("--policy", options->installation.policy, "Policy file (TOML)")->capture_default_str();
  command->add_option("--config", options->installation.config, "Settings file (TOML)")->capture_default_str();
  add_state(*command, options->installation.state);
  add_json(*command, options->output);
}

void add_backup(Commands& commands) {
  auto options = std::make_shared<cli::BackupOptions>();
  auto* make = commands.add("backup", "Copy records, passes and what the portal keeps into one file",
                            [options] { return cli::make_backup(*options); });
  auto* restore = commands.add("restore", "Put a backup into the state of a gateway that does not run",
                               [options] { return cli::restore(*options); });
  make->add_option("--out", options->file, "The tar file; one of that name is replaced")->required();
  restore->add_option("file", options->file, "What `backup` wrote")->required();
  restore->add_flag_callback(
      "--replace", [options] { options->existing = backup::Existing::set_aside; },
      "Set aside the records that are there");
  for (auto* command : {make, restore})
    add_state(*command, options->state);
}

}  // namespace

void add_operations(Commands& commands) {
  add_status(commands);
  add_coverage(commands);
  add_doctor(commands);
  add_backup(commands);
}

}  // namespace breakwater::commands
