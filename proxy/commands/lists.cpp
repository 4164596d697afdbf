#include "proxy/cli/lists.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/lists_edit.h"
#include "proxy/cli/lists_export.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_versions(Commands& commands, CLI::App& lists, const std::shared_ptr<cli::ListsOptions>& options) {
  auto* update = commands.add(lists, "update", "Fetch the feeds, rehearse what is new, put it in force",
                              [options] { return cli::lists_update(*options); });
  auto* history = commands.add(lists, "history", "Show the versions that are kept",
                               [options] { return cli::lists_history(*options); });
  auto* rollback = commands.add(lists, "rollback", "Put the lists of an earlier version in force again",
                                [options] { return cli::lists_rollback(*options); });
  auto* lock = commands.add(lists, "lock", "Keep a licensed list from standard input as hashes alone",
                            [options] { return cli::lists_lock(*options); });
  for (auto* command : {&lists, update, history, rollback, lock})
    add_state(*command, options->state);
  for (auto* command : {update, rollback, lock})
    command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  lists.add_option("--policy", options->policy, "Policy file (TOML): with it feeds and locked lists are shown as well");
  for (auto* command : {&lists, update, history, rollback})
    add_json(*command, options->output);
  for (auto* command : {update, rollback})
    command->add_option("--log", options->access_log, "Access log with recent visits (default: STATE/access.log)");
  update->add_option("--accept", options->accept,
                     "Take what the rehearsal objects to, for this reason; never the floor");
  update->add_option("--feed", options->feeds, "Only this feed; may be repeated");
  update->add_flag_callback(
      "--dry-run", [options] { options->extent = snapshot::Extent::rehearse_only; },
      "Rehearse, and leave all as it is");
  rollback->add_option("--to", options->to, "Version (default: the one before)");
  lock->add_option("name", options->name, "Name of a [[lists.locked]] of the policy")->required();
}

void add_edits(Commands& commands, CLI::App& lists) {
  using categories::ListFormat;
  auto options = std::make_shared<cli::ListsEditOptions>();
  auto* add = commands.add(lists, "add", "Add an entry to a local list, or change its date or reason",
                           [options] { return cli::lists_add(*options); });
  auto* remove = commands.add(lists, "remove", "Remove an entry from a local list",
                              [options] { return cli::lists_remove(*options); });
  auto* find = commands.add(lists, "find", "Show every line of the local lists that covers a host or URL",
                            [options] { return cli::lists_find(*options); });
  for (auto* command : {add, remove, find})
    command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  for (auto* command : {add, remove}) {
    command->add_option("category", options->entry.category, "Category, or allow, or recategorise/CATEGORY")
        ->required();
    command->add_option("entry", options->entry.text, "Host, URL, expression or key word")->required();
    auto* expression = command->add_flag_callback(
        "--expression", [options] { options->entry.kind = ListFormat::expressions; }, "The entry is an expression");
    command
        ->add_flag_callback(
            "--keyword", [options] { options->entry.kind = ListFormat::keywords; }, "The entry is a key word")
        ->excludes(expression);
  }
  add->add_option("--until", options->until, "Last day that the entry counts, as 2026-12-18");
  add->add_option("--reason", options->reason, "Why, for those who read the list later");
  add->add_flag_callback(
      "--new-category", [options] { options->new_category = lists::LocalLists::NewCategory::make; },
      "Make a category that is not there");
  find->add_option("entry", options->entry.text, "Host or URL")->required();
  add_json(*find, options->output);
}

void add_export(Commands& commands, CLI::App& lists) {
  auto options = std::make_shared<cli::ListsExportOptions>();
  auto* command = commands.add(lists, "export", "Print names of the lists for a resolver",
                               [options] { return cli::lists_export(*options); });
  command
      ->add_flag_callback(
          "--rpz", [] {}, "As a response policy zone")
      ->required();
  command->add_option("--policy", options->policy, "Policy file (TOML)")->required();
  command->add_option("--state", options->state, "Directory given to serve: with the feeds that it downloaded");
  command->add_option("--category", options->categories,
                      "It and its children; may be repeated (default: the floor, without concerns)");
  command->add_option("--zone", options->zone, "Name of the zone")->capture_default_str();
  command->add_option("--serial", options->serial, "Serial number of the zone (default: the version of the lists)");
}

}  // namespace

void add_lists(Commands& commands) {
  auto options = std::make_shared<cli::ListsOptions>();
  auto* lists = commands.add("lists", "Show the lists in force, or work with them",
                             [options] { return cli::lists_show(*options); });
  lists->require_subcommand(0, 1);
  add_versions(commands, *lists, options);
  add_edits(commands, *lists);
  add_export(commands, *lists);
}

}  // namespace breakwater::commands
