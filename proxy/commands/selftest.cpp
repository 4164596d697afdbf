#include "proxy/cli/selftest.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "proxy/commands/commands.h"

namespace breakwater::commands {

void add_selftest(Commands& commands) {
  auto options = std::make_shared<cli::SelftestOptions>();
  auto* run = commands.add("selftest", "Have the running gateway test itself, as each group",
                           [options] { return cli::selftest(*options); });
  auto* note = commands.add(*run, "note", "Write down what was done about a self-test",
                            [options] { return cli::selftest_note(*options); });
  auto* sheet = commands.add(*run, "sheet", "Write the evidence sheet for inspectors",
                             [options] { return cli::selftest_sheet(*options); });
  run->require_subcommand(0, 1);
  for (auto* command : {run, note, sheet})
    add_state(*command, options->state);
  run->add_option("--group", options->group, "Only as this group");
  run->add_option("--by", options->by, "Who asks for it");
  add_json(*run, options->output);
  note->add_option("--run", options->run, "The self-test, as S-7QK4M-2XP9D (default: the last that failed)");
  note->add_option("--by", options->by, "Who has done it")->required();
  note->add_option("--action", options->action, "What was done")->required();
  sheet->add_option("--policy", options->policy, "Policy file (TOML): it names the centre")->required();
  sheet->add_option("--since", options->since, "First day, as 2026-09-01 (default: a year ago)");
  sheet->add_option("--out", options->out, "File to write: NAME.pdf or NAME.html")->required();
}

}  // namespace breakwater::commands
