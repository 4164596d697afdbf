#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/accesses.h"
#include "proxy/cli/subject.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_accesses(Commands& commands) {
  auto options = std::make_shared<cli::AccessesOptions>();
  auto* command = commands.add("accesses", "List every look at names, and every export, deletion and key",
                               [options] { return cli::accesses(*options); });
  add_state(*command, options->state);
  command->add_option("--since", options->since, "Time, as 2026-11-23, 2026-11-23T10:35:00Z, or 24h for the last day");
  command->add_option("--until", options->until, "Time, the same; not included");
  command->add_option("--out", options->out, "File to write: .pdf, .html or .csv");
  command->add_option("--timezone", options->zone, "On whose clocks its times are")->capture_default_str();
  command->add_flag_callback(
      "--names", [options] { options->names.names = cli::NamesOptions::Names::open; },
      "Open the reasons, which may name somebody: recorded, with --by and --reason");
  command->add_option("--key", options->names.key, "Private key of breakwater keys new (default: the holding key)");
  command->add_option("--passphrase-file", options->names.passphrase_file, "File whose first line is its passphrase");
  command->add_option("--by", options->names.by, "Who opens them");
  command->add_option("--reason", options->names.reason, "Why they are opened");
  add_json(*command, options->output);
}

void add_subject(Commands& commands) {
  auto options = std::make_shared<cli::SubjectOptions>();
  auto* subject = commands.group("subject", "Answer what somebody asks about their own data");
  auto* unload = commands.add(*subject, "export", "Write all that the gateway holds of somebody",
                              [options] { return cli::subject_export(*options); });
  auto* erase = commands.add(*subject, "erase", "Delete what is held of somebody and is no evidence",
                             [options] { return cli::subject_erase(*options); });
  for (auto* command : {unload, erase}) {
    command->add_option("--person", options->person, "Name of the account, or of the device's person in the register");
    command->add_option("--device", options->device, "Name of the device in the register, or its MAC");
    command->add_option("--address", options->address, "Address of somebody of whom nothing else is known");
    command->add_option("--by", options->names.by, "Who does it");
    command->add_option("--reason", options->names.reason, "Why; name nobody here");
    command->add_option("--log", options->log, "Access log (default: STATE/access.log)");
    add_state(*command, options->state);
  }
  unload->add_option("--policy", options->policy, "Policy file (TOML): how long things are kept")->required();
  unload->add_option("--out", options->out, "Folder for subject.html and subject.json");
  unload->add_option("--key", options->names.key, "Private key of breakwater keys new, to open what is sealed");
  unload->add_option("--passphrase-file", options->names.passphrase_file, "File whose first line is its passphrase");
}

}  // namespace

void add_rights(Commands& commands) {
  add_accesses(commands);
  add_subject(commands);
}

}  // namespace breakwater::commands
