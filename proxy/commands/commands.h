#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/cli/check.h"

namespace CLI {
class App;
}

namespace breakwater::commands {

/// The commands of the program: each with its options, and what runs when it is the one that was asked for. The
/// options of a command live in what `run` has captured.
class Commands {
 public:
  using Run = std::function<int()>;

  explicit Commands(CLI::App& program) : program_(program) {}

  /// A command of the program.
  CLI::App* add(const std::string& name, const std::string& help, Run run) {
    return add(program_, name, help, std::move(run));
  }
  /// A command below another.
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& help, Run run);
  /// A name that needs one of the commands below it.
  CLI::App* group(const std::string& name, const std::string& help);

  /// Runs the command that was parsed: its exit status.
  int run() const;

 private:
  CLI::App& program_;
  std::vector<std::pair<const CLI::App*, Run>> runs_;
};

void add_json(CLI::App& command, cli::Output& output);
/// --state, and where the gateway keeps it by default.
void add_state(CLI::App& command, std::filesystem::path& state);

// By matter.
void add_gateway(Commands& commands);
void add_lists(Commands& commands);
void add_deploy(Commands& commands);
void add_lessons(Commands& commands);
void add_people(Commands& commands);
void add_records(Commands& commands);
void add_operations(Commands& commands);
void add_rights(Commands& commands);
void add_selftest(Commands& commands);

/// Everything after `int main(`: 2 where the command line is wrong.
int run(int argc, const char* const* argv);

}  // namespace breakwater::commands
