#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/pass.h"
#include "proxy/cli/precheck.h"
#include "proxy/cli/timetable.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_pass(Commands& commands) {
  auto options = std::make_shared<cli::PassOptions>();
  auto* pass = commands.group("pass", "Grant, list and revoke lesson passes of a running gateway");
  auto* grant = commands.add(*pass, "grant", "Open a category or a host to a group, until the bell at the latest",
                             [options] { return cli::pass_grant(*options); });
  auto* list = commands.add(*pass, "list", "Show the passes in force", [options] { return cli::pass_list(*options); });
  auto* revoke = commands.add(*pass, "revoke", "End a pass now", [options] { return cli::pass_revoke(*options); });
  for (auto* command : {grant, list, revoke})
    add_state(*command, options->state);
  grant->add_option("--group", options->grant.group, "Group")->required();
  auto* host = grant->add_option("--host", options->grant.host, "Host, with all below it");
  grant->add_option("--category", options->grant.category, "Category, with its children")->excludes(host);
  grant->add_option("--until", options->grant.until, "bell, or a time as 11:30 or 2026-11-23T11:30; 24 hours at most")
      ->required();
  grant->add_option("--by", options->grant.by, "Who grants it")->required();
  grant->add_option("--reason", options->grant.reason, "Why, for those who read the records later")->required();
  revoke->add_option("pass", options->id, "Pass, as `pass list` shows it")->required();
  revoke->add_option("--by", options->by, "Who revokes it")->required();
  for (auto* command : {grant, list})
    add_json(*command, options->output);
}

void add_precheck(Commands& commands) {
  auto options = std::make_shared<cli::PrecheckOptions>();
  auto* command = commands.add("precheck", "Say which sites of a lesson would fail, and which pass opens them",
                               [options] { return cli::precheck(*options); });
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--config", options->config, "Settings file (TOML)");
  command->add_option("--state", options->state, "Directory given to serve: with its feeds and passes");
  command->add_option("--group", options->group, "Group that has the lesson")->required();
  command->add_option("--at", options->at, "Civil time at which it begins, as 2026-11-23T10:35")->required();
  command->add_option("--until", options->until, "Civil time at which it ends");
  add_json(*command, options->output);
  command->add_option("file", options->file, "Sites, one a line, or a HAR file; - reads standard input")->required();
}

void add_timetable(Commands& commands) {
  auto options = std::make_shared<cli::TimetableOptions>();
  auto* command =
      commands.add("timetable", "Draw a week of the timetables", [options] { return cli::timetable(*options); });
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--state", options->state, "Directory given to serve: with the calendars that it downloaded");
  command->add_option("--group", options->group, "Only the timetable of this group");
  command->add_option("--week", options->week, "A date in the week, as 2026-11-23 (default: this week)");
  add_json(*command, options->output);
}

}  // namespace

void add_lessons(Commands& commands) {
  add_pass(commands);
  add_precheck(commands);
  add_timetable(commands);
}

}  // namespace breakwater::commands
