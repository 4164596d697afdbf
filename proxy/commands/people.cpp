#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/cli/acceptances.h"
#include "proxy/cli/quota.h"
#include "proxy/cli/reviews.h"
#include "proxy/cli/user.h"
#include "proxy/cli/who.h"
#include "proxy/commands/commands.h"

namespace breakwater::commands {
namespace {

void add_who(Commands& commands) {
  auto options = std::make_shared<cli::WhoOptions>();
  auto* command =
      commands.add("who", "Show who the gateway thinks is where, and why", [options] { return cli::who(*options); });
  command->add_option("address", options->address, "Client address (default: all that are known)");
  add_state(*command, options->state);
  add_json(*command, options->output);
}

void add_quota(Commands& commands) {
  auto options = std::make_shared<cli::QuotaOptions>();
  auto* command =
      commands.add("quota", "Show who has used how much of which quota", [options] { return cli::quota(*options); });
  command->add_option("person", options->person,
                      "user:NAME, device:NAME or address:A, or without its kind (default: all)");
  add_state(*command, options->state);
  add_json(*command, options->output);
}

/// What people have said to the gateway, to be listed.
void add_book(Commands& commands, const std::string& name, const std::string& help,
              int (*run)(const cli::BookOptions& options)) {
  auto options = std::make_shared<cli::BookOptions>();
  auto* command = commands.add(name, help, [options, run] { return run(*options); });
  add_state(*command, options->state);
  command->add_option("--person", options->person,
                      "user:NAME, device:NAME or address:A, or without its kind (default: all)");
  add_json(*command, options->output);
}

void add_user(Commands& commands) {
  auto options = std::make_shared<cli::UserOptions>();
  auto* user = commands.group("user", "Edit a file of accounts for proxy authentication");
  auto* add =
      commands.add(*user, "add", "Add an account, or give it another password: typed, or a line of standard input",
                   [options] { return cli::user_add(*options); });
  auto* remove = commands.add(*user, "remove", "Remove an account: its sign-ins end",
                              [options] { return cli::user_remove(*options); });
  auto* list = commands.add(*user, "list", "Show the names", [options] { return cli::user_list(*options); });
  for (auto* command : {add, remove, list})
    command->add_option("file", options->file, "File named in proxy.auth.users")->required();
  for (auto* command : {add, remove})
    command->add_option("name", options->name, "Name of the account")->required();
}

}  // namespace

void add_people(Commands& commands) {
  add_who(commands);
  add_quota(commands);
  add_user(commands);
  add_book(commands, "acceptances", "List who has accepted the acceptable-use text", cli::acceptances);
  add_book(commands, "reviews", "List what people ask to be reviewed, or report as an accident", cli::reviews);
}

}  // namespace breakwater::commands
