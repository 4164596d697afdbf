#include "proxy/commands/commands.h"

#include <CLI/CLI.hpp>

#include "proxy/app/server.h"

namespace breakwater::commands {
namespace {

constexpr int kUsage = 2;

}  // namespace

CLI::App* Commands::add(CLI::App& parent, const std::string& name, const std::string& help, Run run) {
  auto* command = parent.add_subcommand(name, help);
  runs_.emplace_back(command, std::move(run));
  return command;
}

CLI::App* Commands::group(const std::string& name, const std::string& help) {
  auto* command = program_.add_subcommand(name, help);
  command->require_subcommand(1);
  return command;
}

int Commands::run() const {
  for (const auto& [command, run] : runs_) {
    if (command->parsed() && command->get_subcommands().empty()) return run();
  }
  return kUsage;
}

void add_json(CLI::App& command, cli::Output& output) {
  command.add_flag_callback(
      "--json", [&output] { output = cli::Output::json; }, "One object a line");
}

void add_state(CLI::App& command, std::filesystem::path& state) {
  state = app::ServeOptions{}.state;
  command.add_option("--state", state, "Directory given to serve")->capture_default_str();
}

int run(int argc, const char* const* argv) {
  CLI::App program{"Breakwater: the filtering web gateway of a training centre's Wi-Fi"};
  program.require_subcommand(1);
  program.set_version_flag("--version", BREAKWATER_VERSION);
  Commands commands(program);
  add_gateway(commands);
  add_people(commands);
  add_lists(commands);
  add_deploy(commands);
  add_lessons(commands);
  add_records(commands);
  add_operations(commands);
  add_rights(commands);
  add_selftest(commands);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  return commands.run();
}

}  // namespace breakwater::commands
