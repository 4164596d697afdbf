#include <iostream>

#include <CLI/CLI.hpp>

#include "proxy/app/server.h"
#include "proxy/cli/acceptances.h"
#include "proxy/cli/alerts.h"
#include "proxy/cli/attempts.h"
#include "proxy/cli/check.h"
#include "proxy/cli/episode.h"
#include "proxy/cli/explain.h"
#include "proxy/cli/keys.h"
#include "proxy/cli/lists.h"
#include "proxy/cli/lists_edit.h"
#include "proxy/cli/pac.h"
#include "proxy/cli/pass.h"
#include "proxy/cli/policy_check.h"
#include "proxy/cli/precheck.h"
#include "proxy/cli/quota.h"
#include "proxy/cli/report.h"
#include "proxy/cli/reviews.h"
#include "proxy/cli/timetable.h"
#include "proxy/cli/unseal.h"
#include "proxy/cli/user.h"
#include "proxy/cli/verify.h"
#include "proxy/cli/who.h"
#include "proxy/snapshot/settings.h"

namespace {

namespace app = breakwater::app;
namespace cli = breakwater::cli;

constexpr int kUsage = 2;

void add_json(CLI::App& command, cli::Output& output) {
  command.add_flag_callback(
      "--json", [&output] { output = cli::Output::json; }, "One object a line");
}

CLI::App* add_serve(CLI::App& program, app::ServeOptions& options) {
  auto* command = program.add_subcommand("serve", "Run the gateway until SIGTERM; SIGHUP reloads");
  command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  command->add_option("--config", options.config, "Settings file (TOML); see `breakwater settings`");
  command->add_option("--listen", options.listen, "ADDR:PORT to accept clients on; may be repeated; port 0 picks one");
  command->add_option("--state", options.state, "Directory for records and compiled lists")->capture_default_str();
  command->add_option("--log", options.log, "Access log file, or - for standard output");
  command->add_option("--clock", options.clock,
                      "Begin at this civil time, as 2026-11-23T10:00: for demonstrations only");
  return command;
}

CLI::App* add_check(CLI::App& program, cli::CheckOptions& options) {
  auto* command = program.add_subcommand("check", "Say what the gateway would decide, and why");
  command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  command->add_option("--config", options.config, "Settings file (TOML)");
  command->add_option("--group", options.group, "Judge as this group");
  command->add_option("--address", options.address, "Judge as this client address (default 127.0.0.1)");
  command->add_option("--user", options.user, "Judge as this user");
  command->add_option("--at", options.at, "Civil time of the centre, as 2026-11-23T10:35 (default: now)");
  command->add_option("--state", options.state, "Directory given to serve: with the feeds that it downloaded");
  add_json(*command, options.output);
  command->add_option("target", options.targets, "URLs or hosts; - reads them from standard input")->required();
  return command;
}

CLI::App* add_explain(CLI::App& program, cli::ExplainOptions& options) {
  auto* command = program.add_subcommand("explain", "Show every entry that matches, and what the policy makes of it");
  command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  command->add_option("--state", options.state, "Directory given to serve: with the feeds that it downloaded");
  command->add_option("target", options.targets, "URLs or hosts")->required();
  add_json(*command, options.output);
  return command;
}

CLI::App* add_who(CLI::App& program, cli::WhoOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* command = program.add_subcommand("who", "Show who the gateway thinks is where, and why");
  command->add_option("address", options.address, "Client address (default: all that are known)");
  command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  add_json(*command, options.output);
  return command;
}

struct Keys {
  const CLI::App* make = nullptr;
  const CLI::App* show = nullptr;
  const CLI::App* list = nullptr;
};

Keys add_keys(CLI::App& keys, cli::KeysOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* make = keys.add_subcommand("new", "Make the key pair of a person who may open names; not on the gateway");
  make->add_option("--out", options.out, "File for the private key; the public one goes to FILE.pub")->required();
  make->add_option("--name", options.name, "Whose it is");
  make->add_option("--passphrase-file", options.passphrase_file, "Its first line is the passphrase (default: asked)");
  auto* show = keys.add_subcommand("show", "Say whose key a file holds, and its fingerprint");
  show->add_option("file", options.file, "Public or private key")->required();
  auto* list = keys.add_subcommand("list", "Show to whom the gateway seals names");
  list->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  for (auto* command : {make, show, list})
    add_json(*command, options.output);
  return {make, show, list};
}

CLI::App* add_verify(CLI::App& program, cli::VerifyOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* command = program.add_subcommand("verify", "Prove that the records are as they were written");
  command->add_option("bundle", options.bundle, "Bundle to look at in place of the gateway's records");
  command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  command->add_option("--head", options.head, "A signed head kept elsewhere: itself, or a file or mail with it");
  add_json(*command, options.output);
  return command;
}

void add_names(CLI::App& command, cli::NamesOptions& names) {
  command.add_flag_callback(
      "--names", [&names] { names.names = cli::NamesOptions::Names::open; },
      "Open the names: recorded, with --by and --reason");
  command.add_option("--key", names.key, "Private key of breakwater keys new (default: the gateway's holding key)");
  command.add_option("--passphrase-file", names.passphrase_file, "File whose first line is its passphrase");
}

struct Episodes {
  const CLI::App* list = nullptr;
  const CLI::App* show = nullptr;
  const CLI::App* decide = nullptr;
  const CLI::App* hold = nullptr;
  const CLI::App* unload = nullptr;
};

Episodes add_episode(CLI::App& episode, cli::EpisodeOptions& options) {
  using Turn = breakwater::safeguarding::Hold::Turn;
  options.state = app::ServeOptions{}.state;
  auto* list = episode.add_subcommand("list", "Show the episodes, and where their cases stand");
  auto* show = episode.add_subcommand("show", "Show everything about an episode");
  auto* decide = episode.add_subcommand("decide", "Write down what was decided about an episode");
  auto* hold = episode.add_subcommand("hold", "Keep an episode's records from being deleted");
  auto* unload = episode.add_subcommand("export", "Write an episode's records to files");
  list->add_option("--only", options.case_state, "Only those that are new, seen, under review, ...");
  for (auto* command : {show, decide, hold, unload})
    command->add_option("reference", options.reference, "Reference, as `episode list` shows it")->required();
  decide->add_option("decision", options.case_state, "seen, under review, referred, no further action")->required();
  decide->add_option("--outcome", options.outcome, "To whom it was referred, or what came of it");
  hold->add_flag_callback(
      "--off", [&options] { options.turn = Turn::off; }, "Lift the hold");
  unload->add_option("--out", options.out, "Bundle: the records with their proofs, names sealed");
  unload->add_option("--csv", options.csv, "One row for a case-management system");
  for (auto* command : {show, decide, hold, unload}) {
    command->add_option("--by", options.names.by, "Who does it");
    command->add_option("--reason", options.names.reason, "Why; name nobody here");
  }
  for (auto* command : {show, unload})
    add_names(*command, options.names);
  for (auto* command : {list, show, decide, hold, unload})
    command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  for (auto* command : {list, show, decide, hold})
    add_json(*command, options.output);
  return {list, show, decide, hold, unload};
}

CLI::App* add_report(CLI::App& program, cli::ReportOptions& options) {
  using Span = cli::ReportOptions::Span;
  options.state = app::ServeOptions{}.state;
  auto* command = program.add_subcommand("report", "Write a safeguarding report as PDF, HTML or CSV");
  command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  command->add_option("--policy", options.policy, "Policy file (TOML): it names the centre")->required();
  auto* spans = command->add_option_group("time");
  const auto span = [&](const std::string& flag, Span value, const std::string& help) {
    spans->add_flag_callback(
        flag, [&options, value] { options.span = value; }, help);
  };
  span("--daily", Span::day, "Of yesterday");
  span("--weekly", Span::week, "Of the last week, Monday to Sunday (the default)");
  span("--monthly", Span::month, "Of the last month");
  command->add_option("--from", options.from, "First day, as 2026-11-16");
  command->add_option("--to", options.to, "Last day");
  command->add_option("--for", options.audience, "dsl, governance or it")->capture_default_str();
  command->add_option("--format", options.format, "pdf, html or csv (default: as the file is called)");
  command->add_option("--out", options.out, "File to write")->required();
  add_names(*command, options.names);
  command->add_option("--by", options.names.by, "Who opens the names");
  command->add_option("--reason", options.names.reason, "Why they are opened");
  return command;
}

CLI::App* add_unseal(CLI::App& program, cli::UnsealOptions& options) {
  auto* command = program.add_subcommand("unseal", "Open the names in a bundle with a private key");
  command->add_option("--key", options.key, "Private key of breakwater keys new")->required();
  command->add_option("--passphrase-file", options.passphrase_file,
                      "Its first line is the passphrase (default: asked)");
  command->add_option("bundle", options.bundle, "Bundle, as exported on the gateway")->required();
  add_json(*command, options.output);
  return command;
}

struct Users {
  const CLI::App* add = nullptr;
  const CLI::App* remove = nullptr;
  const CLI::App* list = nullptr;
};

Users add_user(CLI::App& user, cli::UserOptions& options) {
  auto* add =
      user.add_subcommand("add", "Add an account, or give it another password: typed, or a line of standard input");
  auto* remove = user.add_subcommand("remove", "Remove an account: its sign-ins end");
  auto* list = user.add_subcommand("list", "Show the names");
  for (auto* command : {add, remove, list})
    command->add_option("file", options.file, "File named in proxy.auth.users")->required();
  for (auto* command : {add, remove})
    command->add_option("name", options.name, "Name of the account")->required();
  return {add, remove, list};
}

CLI::App* add_quota(CLI::App& program, cli::QuotaOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* command = program.add_subcommand("quota", "Show who has used how much of which quota");
  command->add_option("person", options.person,
                      "user:NAME, device:NAME or address:A, or without its kind (default: all)");
  command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  add_json(*command, options.output);
  return command;
}

/// What people have said to the gateway, to be listed.
struct PortalBook {
  std::filesystem::path state = app::ServeOptions{}.state;
  cli::Output output = cli::Output::text;
};

CLI::App* add_book(CLI::App& program, PortalBook& book, const std::string& name, const std::string& help) {
  auto* command = program.add_subcommand(name, help);
  command->add_option("--state", book.state, "Directory given to serve")->capture_default_str();
  add_json(*command, book.output);
  return command;
}

CLI::App* add_timetable(CLI::App& program, cli::TimetableOptions& options) {
  auto* command = program.add_subcommand("timetable", "Draw a week of the timetables");
  command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  command->add_option("--state", options.state, "Directory given to serve: with the calendars that it downloaded");
  command->add_option("--group", options.group, "Only the timetable of this group");
  command->add_option("--week", options.week, "A date in the week, as 2026-11-23 (default: this week)");
  add_json(*command, options.output);
  return command;
}

struct Lists {
  const CLI::App* update = nullptr;
  const CLI::App* history = nullptr;
  const CLI::App* rollback = nullptr;
  const CLI::App* lock = nullptr;
};

Lists add_lists(CLI::App& lists, cli::ListsOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* update = lists.add_subcommand("update", "Fetch the feeds, rehearse what is new, put it in force");
  auto* history = lists.add_subcommand("history", "Show the versions that are kept");
  auto* rollback = lists.add_subcommand("rollback", "Put the lists of an earlier version in force again");
  auto* lock = lists.add_subcommand("lock", "Keep a licensed list from standard input as hashes alone");
  for (auto* command : {&lists, update, history, rollback, lock})
    command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  for (auto* command : {update, rollback, lock})
    command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  lists.add_option("--policy", options.policy, "Policy file (TOML): with it feeds and locked lists are shown as well");
  for (auto* command : {&lists, update, history, rollback})
    add_json(*command, options.output);
  for (auto* command : {update, rollback})
    command->add_option("--log", options.access_log, "Access log with recent visits (default: STATE/access.log)");
  update->add_option("--accept", options.accept,
                     "Take what the rehearsal objects to, for this reason; never the floor");
  update->add_option("--feed", options.feeds, "Only this feed; may be repeated");
  update->add_flag_callback(
      "--dry-run", [&options] { options.extent = breakwater::snapshot::Extent::rehearse_only; },
      "Rehearse, and leave all as it is");
  rollback->add_option("--to", options.to, "Version (default: the one before)");
  lock->add_option("name", options.name, "Name of a [[lists.locked]] of the policy")->required();
  return {update, history, rollback, lock};
}

struct ListsEdit {
  const CLI::App* add = nullptr;
  const CLI::App* remove = nullptr;
  const CLI::App* find = nullptr;
};

ListsEdit add_lists_edit(CLI::App& lists, cli::ListsEditOptions& options) {
  using breakwater::categories::ListFormat;
  auto* add = lists.add_subcommand("add", "Add an entry to a local list, or change its date or reason");
  auto* remove = lists.add_subcommand("remove", "Remove an entry from a local list");
  auto* find = lists.add_subcommand("find", "Show every line of the local lists that covers a host or URL");
  for (auto* command : {add, remove, find})
    command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  for (auto* command : {add, remove}) {
    command->add_option("category", options.entry.category, "Category, or allow, or recategorise/CATEGORY")->required();
    command->add_option("entry", options.entry.text, "Host, URL, expression or key word")->required();
    auto* expression = command->add_flag_callback(
        "--expression", [&options] { options.entry.kind = ListFormat::expressions; }, "The entry is an expression");
    command
        ->add_flag_callback(
            "--keyword", [&options] { options.entry.kind = ListFormat::keywords; }, "The entry is a key word")
        ->excludes(expression);
  }
  add->add_option("--until", options.until, "Last day that the entry counts, as 2026-12-18");
  add->add_option("--reason", options.reason, "Why, for those who read the list later");
  add->add_flag_callback(
      "--new-category", [&options] { options.new_category = breakwater::lists::LocalLists::NewCategory::make; },
      "Make a category that is not there");
  find->add_option("entry", options.entry.text, "Host or URL")->required();
  add_json(*find, options.output);
  return {add, remove, find};
}

struct Alerts {
  const CLI::App* list = nullptr;
  const CLI::App* test = nullptr;
  const CLI::App* acknowledge = nullptr;
};

Alerts add_alerts(CLI::App& alerts, cli::AlertsOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* list = alerts.add_subcommand("list", "Show the messages that wait to be sent");
  auto* test = alerts.add_subcommand("test", "Send a test message to each recipient, and say what failed");
  auto* acknowledge = alerts.add_subcommand("acknowledge", "Say that a security incident is known: its reminders end");
  for (auto* command : {list, acknowledge})
    command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  add_json(*list, options.output);
  test->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  test->add_option("--config", options.config, "Settings file (TOML)")->required();
  acknowledge->add_option("reference", options.reference, "Reference of the incident, as the message has it")
      ->required();
  acknowledge->add_option("--by", options.by, "Who knows of it")->required();
  return {list, test, acknowledge};
}

struct Passes {
  const CLI::App* grant = nullptr;
  const CLI::App* list = nullptr;
  const CLI::App* revoke = nullptr;
};

Passes add_pass(CLI::App& pass, cli::PassOptions& options) {
  options.state = app::ServeOptions{}.state;
  auto* grant = pass.add_subcommand("grant", "Open a category or a host to a group, until the bell at the latest");
  auto* list = pass.add_subcommand("list", "Show the passes in force");
  auto* revoke = pass.add_subcommand("revoke", "End a pass now");
  for (auto* command : {grant, list, revoke})
    command->add_option("--state", options.state, "Directory given to serve")->capture_default_str();
  grant->add_option("--group", options.grant.group, "Group")->required();
  auto* host = grant->add_option("--host", options.grant.host, "Host, with all below it");
  grant->add_option("--category", options.grant.category, "Category, with its children")->excludes(host);
  grant->add_option("--until", options.grant.until, "bell, or a time as 11:30 or 2026-11-23T11:30; 24 hours at most")
      ->required();
  grant->add_option("--by", options.grant.by, "Who grants it")->required();
  grant->add_option("--reason", options.grant.reason, "Why, for those who read the records later")->required();
  revoke->add_option("pass", options.id, "Pass, as `pass list` shows it")->required();
  revoke->add_option("--by", options.by, "Who revokes it")->required();
  for (auto* command : {grant, list})
    add_json(*command, options.output);
  return {grant, list, revoke};
}

CLI::App* add_precheck(CLI::App& program, cli::PrecheckOptions& options) {
  auto* command =
      program.add_subcommand("precheck", "Say which sites of a lesson would fail, and which pass opens them");
  command->add_option("--policy", options.policy, "Policy file (TOML)")->required();
  command->add_option("--config", options.config, "Settings file (TOML)");
  command->add_option("--state", options.state, "Directory given to serve: with its feeds and passes");
  command->add_option("--group", options.group, "Group that has the lesson")->required();
  command->add_option("--at", options.at, "Civil time at which it begins, as 2026-11-23T10:35")->required();
  command->add_option("--until", options.until, "Civil time at which it ends");
  add_json(*command, options.output);
  command->add_option("file", options.file, "Sites, one a line, or a HAR file; - reads standard input")->required();
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program{"Breakwater: the filtering web gateway of a training centre's Wi-Fi"};
  program.require_subcommand(1);
  program.set_version_flag("--version", BREAKWATER_VERSION);

  app::ServeOptions serve_options;
  const auto* serve = add_serve(program, serve_options);

  cli::CheckOptions check_options;
  const auto* check = add_check(program, check_options);

  auto* policy = program.add_subcommand("policy", "Work with policy files");
  policy->require_subcommand(1);
  std::filesystem::path policy_file;
  std::filesystem::path policy_state;
  auto policy_output = cli::Output::text;
  auto* policy_check = policy->add_subcommand("check", "Report every mistake of a policy and its lists");
  policy_check->add_option("file", policy_file, "Policy file (TOML)")->required();
  policy_check->add_option("--state", policy_state, "Directory given to serve: with the feeds that it downloaded");
  add_json(*policy_check, policy_output);

  auto* attempts = program.add_subcommand("attempts", "List the recorded attempts in concern categories");
  std::filesystem::path state = app::ServeOptions{}.state;
  std::string since;
  auto attempts_output = cli::Output::text;
  attempts->add_option("--state", state, "Directory given to serve")->capture_default_str();
  attempts->add_option("--since", since, "Time, as 2026-11-23, 2026-11-23T10:35:00Z, or 24h for the last day");
  add_json(*attempts, attempts_output);

  PortalBook acceptance_book;
  const auto* acceptances =
      add_book(program, acceptance_book, "acceptances", "List who has accepted the acceptable-use text");
  PortalBook review_book;
  const auto* reviews =
      add_book(program, review_book, "reviews", "List what people ask to be reviewed, or report as an accident");

  cli::WhoOptions who_options;
  const auto* who = add_who(program, who_options);

  cli::QuotaOptions quota_options;
  const auto* quota = add_quota(program, quota_options);

  cli::ExplainOptions explain_options;
  const auto* explain = add_explain(program, explain_options);

  auto* lists = program.add_subcommand("lists", "Show the lists in force, or work with them");
  lists->require_subcommand(0, 1);
  cli::ListsOptions lists_options;
  const auto list_commands = add_lists(*lists, lists_options);
  cli::ListsEditOptions edit_options;
  const auto edit = add_lists_edit(*lists, edit_options);

  auto* pass = program.add_subcommand("pass", "Grant, list and revoke lesson passes of a running gateway");
  pass->require_subcommand(1);
  cli::PassOptions pass_options;
  const auto passes = add_pass(*pass, pass_options);
  cli::PrecheckOptions precheck_options;
  const auto* precheck = add_precheck(program, precheck_options);
  cli::TimetableOptions timetable_options;
  const auto* timetable = add_timetable(program, timetable_options);

  auto* alerts = program.add_subcommand("alerts", "Work with the messages to the policy's recipients");
  alerts->require_subcommand(1);
  cli::AlertsOptions alerts_options;
  const auto alert_commands = add_alerts(*alerts, alerts_options);

  auto* user = program.add_subcommand("user", "Edit a file of accounts for proxy authentication");
  user->require_subcommand(1);
  cli::UserOptions user_options;
  const auto users = add_user(*user, user_options);

  auto* keys = program.add_subcommand("keys", "Keys that open the names in safeguarding records");
  keys->require_subcommand(1);
  cli::KeysOptions keys_options;
  const auto key_commands = add_keys(*keys, keys_options);
  auto* episode = program.add_subcommand("episode", "Work on the episodes: look, decide, hold, export");
  episode->require_subcommand(1);
  cli::EpisodeOptions episode_options;
  const auto episodes = add_episode(*episode, episode_options);
  cli::ReportOptions report_options;
  const auto* report = add_report(program, report_options);
  cli::VerifyOptions verify_options;
  const auto* verify = add_verify(program, verify_options);
  cli::UnsealOptions unseal_options;
  const auto* unseal = add_unseal(program, unseal_options);

  auto* pac = program.add_subcommand("pac", "Print the proxy auto-configuration file for browsers");
  std::filesystem::path pac_config;
  pac->add_option("--config", pac_config, "Settings file (TOML)")->required();

  const auto* settings = program.add_subcommand("settings", "Print the table of settings (Markdown)");

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  if (*serve) return app::serve(serve_options);
  if (*check) return cli::check(check_options);
  if (*policy_check) return cli::policy_check(policy_file, policy_state, policy_output);
  if (*attempts) return cli::attempts(state, since, attempts_output);
  if (*acceptances) return cli::acceptances(acceptance_book.state, acceptance_book.output);
  if (*reviews) return cli::reviews(review_book.state, review_book.output);
  if (*who) return cli::who(who_options);
  if (*quota) return cli::quota(quota_options);
  if (*explain) return cli::explain(explain_options);
  if (*list_commands.update) return cli::lists_update(lists_options);
  if (*list_commands.history) return cli::lists_history(lists_options);
  if (*list_commands.rollback) return cli::lists_rollback(lists_options);
  if (*list_commands.lock) return cli::lists_lock(lists_options);
  if (*edit.add) return cli::lists_add(edit_options);
  if (*edit.remove) return cli::lists_remove(edit_options);
  if (*edit.find) return cli::lists_find(edit_options);
  if (*lists) return cli::lists_show(lists_options);
  if (*alert_commands.list) return cli::alerts_list(alerts_options);
  if (*alert_commands.test) return cli::alerts_test(alerts_options);
  if (*alert_commands.acknowledge) return cli::alerts_acknowledge(alerts_options);
  if (*passes.grant) return cli::pass_grant(pass_options);
  if (*passes.list) return cli::pass_list(pass_options);
  if (*passes.revoke) return cli::pass_revoke(pass_options);
  if (*precheck) return cli::precheck(precheck_options);
  if (*timetable) return cli::timetable(timetable_options);
  if (*users.add) return cli::user_add(user_options);
  if (*users.remove) return cli::user_remove(user_options);
  if (*users.list) return cli::user_list(user_options);
  if (*key_commands.make) return cli::keys_new(keys_options);
  if (*key_commands.show) return cli::keys_show(keys_options);
  if (*key_commands.list) return cli::keys_list(keys_options);
  if (*episodes.list) return cli::episode_list(episode_options);
  if (*episodes.show) return cli::episode_show(episode_options);
  if (*episodes.decide) return cli::episode_decide(episode_options);
  if (*episodes.hold) return cli::episode_hold(episode_options);
  if (*episodes.unload) return cli::episode_export(episode_options);
  if (*report) return cli::report(report_options);
  if (*verify) return cli::verify(verify_options);
  if (*unseal) return cli::unseal(unseal_options);
  if (*pac) return cli::pac(pac_config);
  if (*settings) std::cout << breakwater::snapshot::settings_table();
  return 0;
}
