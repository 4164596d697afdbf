#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/alerts.h"
#include "proxy/cli/attempts.h"
#include "proxy/cli/central.h"
#include "proxy/cli/episode.h"
#include "proxy/cli/keys.h"
#include "proxy/cli/report.h"
#include "proxy/cli/unseal.h"
#include "proxy/cli/verify.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_names(CLI::App& command, cli::NamesOptions& names) {
  command.add_flag_callback(
      "--names", [&names] { names.names = cli::NamesOptions::Names::open; },
      "Open the names: recorded, with --by and --reason");
  command.add_option("--key", names.key, "Private key of breakwater keys new (default: the gateway's holding key)");
  command.add_option("--passphrase-file", names.passphrase_file, "File whose first line is its passphrase");
}

void add_attempts(Commands& commands) {
  auto options = std::make_shared<cli::AttemptsOptions>();
  auto* command = commands.add("attempts", "List the recorded attempts in concern categories",
                               [options] { return cli::attempts(*options); });
  add_state(*command, options->state);
  add_names(*command, options->names);
  command->add_option("--by", options->names.by, "Who opens the names");
  command->add_option("--reason", options->names.reason, "Why they are opened");
  command->add_option("--since", options->since, "Time, as 2026-11-23, 2026-11-23T10:35:00Z, or 24h for the last day");
  add_json(*command, options->output);
}

void add_alerts(Commands& commands) {
  auto options = std::make_shared<cli::AlertsOptions>();
  auto* alerts = commands.group("alerts", "Work with the messages to the policy's recipients");
  auto* list = commands.add(*alerts, "list", "Show the messages that wait to be sent",
                            [options] { return cli::alerts_list(*options); });
  auto* test = commands.add(*alerts, "test", "Send a test message to each recipient, and say what failed",
                            [options] { return cli::alerts_test(*options); });
  auto* acknowledge = commands.add(*alerts, "acknowledge", "Say that a security incident is known: its reminders end",
                                   [options] { return cli::alerts_acknowledge(*options); });
  for (auto* command : {list, acknowledge})
    add_state(*command, options->state);
  add_json(*list, options->output);
  test->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  test->add_option("--config", options->config, "Settings file (TOML)")->required();
  acknowledge->add_option("reference", options->reference, "Reference of the incident, as the message has it")
      ->required();
  acknowledge->add_option("--by", options->by, "Who knows of it")->required();
}

void add_keys(Commands& commands) {
  auto options = std::make_shared<cli::KeysOptions>();
  auto* keys = commands.group("keys", "Keys that open the names in safeguarding records");
  auto* make = commands.add(*keys, "new", "Make the key pair of a person who may open names; not on the gateway",
                            [options] { return cli::keys_new(*options); });
  make->add_option("--out", options->out, "File for the private key; the public one goes to FILE.pub")->required();
  make->add_option("--name", options->name, "Whose it is");
  make->add_option("--passphrase-file", options->passphrase_file, "Its first line is the passphrase (default: asked)");
  auto* show = commands.add(*keys, "show", "Say whose key a file holds, and its fingerprint",
                            [options] { return cli::keys_show(*options); });
  show->add_option("file", options->file, "Public or private key")->required();
  auto* list = commands.add(*keys, "list", "Show to whom the gateway seals names",
                            [options] { return cli::keys_list(*options); });
  add_state(*list, options->state);
  for (auto* command : {make, show, list})
    add_json(*command, options->output);
}

void add_episode(Commands& commands) {
  using Turn = safeguarding::Hold::Turn;
  auto options = std::make_shared<cli::EpisodeOptions>();
  auto* episode = commands.group("episode", "Work on the episodes: look, decide, hold, export");
  auto* list = commands.add(*episode, "list", "Show the episodes, and where their cases stand",
                            [options] { return cli::episode_list(*options); });
  auto* show = commands.add(*episode, "show", "Show everything about an episode",
                            [options] { return cli::episode_show(*options); });
  auto* decide = commands.add(*episode, "decide", "Write down what was decided about an episode",
                              [options] { return cli::episode_decide(*options); });
  auto* hold = commands.add(*episode, "hold", "Keep an episode's records from being deleted",
                            [options] { return cli::episode_hold(*options); });
  auto* unload = commands.add(*episode, "export", "Write an episode's records to files",
                              [options] { return cli::episode_export(*options); });
  list->add_option("--only", options->case_state, "Only those that are new, seen, under review, ...");
  for (auto* command : {show, decide, hold, unload})
    command->add_option("reference", options->reference, "Reference, as `episode list` shows it")->required();
  decide->add_option("decision", options->case_state, "seen, under review, referred, no further action")->required();
  decide->add_option("--outcome", options->outcome, "To whom it was referred, or what came of it");
  hold->add_flag_callback(
      "--off", [options] { options->turn = Turn::off; }, "Lift the hold");
  unload->add_option("--out", options->out, "Bundle: the records with their proofs, names sealed");
  unload->add_option("--csv", options->csv, "One row for a case-management system");
  for (auto* command : {show, decide, hold, unload}) {
    command->add_option("--by", options->names.by, "Who does it");
    command->add_option("--reason", options->names.reason, "Why; name nobody here");
  }
  for (auto* command : {show, unload})
    add_names(*command, options->names);
  for (auto* command : {list, show, decide, hold, unload})
    add_state(*command, options->state);
  for (auto* command : {list, show, decide, hold})
    add_json(*command, options->output);
}

void add_report(Commands& commands) {
  using Span = cli::ReportOptions::Span;
  auto options = std::make_shared<cli::ReportOptions>();
  auto* command = commands.add("report", "Write a safeguarding report as PDF, HTML or CSV, or mail it",
                               [options] { return cli::report(*options); });
  add_state(*command, options->state);
  command->add_option("--policy", options->policy, "Policy file (TOML): it names the centre")->required();
  auto* spans = command->add_option_group("time");
  const auto span = [&](const std::string& flag, Span value, const std::string& help) {
    spans->add_flag_callback(
        flag, [options, value] { options->span = value; }, help);
  };
  span("--daily", Span::day, "Of yesterday");
  span("--weekly", Span::week, "Of the last week, Monday to Sunday (the default)");
  span("--monthly", Span::month, "Of the last month");
  command->add_option("--from", options->from, "First day, as 2026-11-16");
  command->add_option("--to", options->to, "Last day");
  command->add_option("--for", options->audience, "dsl, governance, it or dpo")->capture_default_str();
  command->add_option("--format", options->format, "pdf, html or csv (default: as the file is called)");
  command->add_option("--out", options->out, "File to write");
  command->add_option("--mail", options->mail_to, "Send it to this recipient of the policy, as the schedule would");
  command->add_option("--config", options->config, "Settings file (TOML) that names the mail server, with --mail");
  add_names(*command, options->names);
  command->add_option("--by", options->names.by, "Who opens the names");
  command->add_option("--reason", options->names.reason, "Why they are opened");
}

void add_central(Commands& commands) {
  auto options = std::make_shared<cli::CentralOptions>();
  auto* central = commands.group("central", "Look at the central store that several gateways share");
  auto* status = commands.add(*central, "status", "Show how far each gateway is, and whether its chain has forked",
                              [options] { return cli::central_status(*options); });
  auto* verify = commands.add(*central, "verify", "Prove that the records there are as the gateways wrote them",
                              [options] { return cli::central_verify(*options); });
  auto* copy =
      commands.add(*central, "copy", "Make a state directory of one gateway's records: reports and cases work on it",
                   [options] { return cli::central_copy(*options); });
  auto* migrate = commands.add(*central, "migrate", "Make its tables, or bring them to this version",
                               [options] { return cli::central_migrate(*options); });
  for (auto* command : {status, verify, copy, migrate}) {
    auto* where = command->add_option_group("where");
    auto* database = where->add_option("--database", options->database, "Connection string of PostgreSQL");
    where->add_option("--config", options->config, "Settings file (TOML): its store.central");
    where->require_option(1);
    command->add_option("--password-file", options->password_file, "File whose first line is the password")
        ->needs(database);
  }
  for (auto* command : {status, verify})
    add_json(*command, options->output);
  verify->add_option("--gateway", options->gateway, "Only this one: its name, or the beginning of its key");
  copy->add_option("--gateway", options->gateway, "Its name, or the beginning of its key")->required();
  copy->add_option("--out", options->out, "The directory, for --state of other commands")->required();
  verify->add_option("--head", options->head, "A signed head kept elsewhere: itself, or a file or mail with it");
}

void add_verify(Commands& commands) {
  auto options = std::make_shared<cli::VerifyOptions>();
  auto* command = commands.add("verify", "Prove that the records are as they were written",
                               [options] { return cli::verify(*options); });
  command->add_option("bundle", options->bundle, "Bundle to look at in place of the gateway's records");
  add_state(*command, options->state);
  command->add_option("--head", options->head, "A signed head kept elsewhere: itself, or a file or mail with it");
  add_json(*command, options->output);
}

void add_unseal(Commands& commands) {
  auto options = std::make_shared<cli::UnsealOptions>();
  auto* command = commands.add("unseal", "Open the names in a bundle with a private key",
                               [options] { return cli::unseal(*options); });
  command->add_option("--key", options->key, "Private key of breakwater keys new")->required();
  command->add_option("--passphrase-file", options->passphrase_file,
                      "Its first line is the passphrase (default: asked)");
  command->add_option("bundle", options->bundle, "Bundle, as exported on the gateway")->required();
  add_json(*command, options->output);
}

}  // namespace

void add_records(Commands& commands) {
  add_attempts(commands);
  add_alerts(commands);
  add_episode(commands);
  add_report(commands);
  add_keys(commands);
  add_verify(commands);
  add_central(commands);
  add_unseal(commands);
}

}  // namespace breakwater::commands
