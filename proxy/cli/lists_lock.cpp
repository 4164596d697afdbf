#include <iostream>

#include "proxy/cli/lists.h"
#include "proxy/cli/terminal.h"
#include "proxy/lists/list_state.h"
#include "proxy/lists/locked_list.h"
#include "rules/policy_file.h"

namespace breakwater::cli {

int lists_lock(const ListsOptions& options) {
  lists::forbid_core_dumps();  // the list passes through this process in clear
  std::string error;
  const auto text = snapshot::read_file(options.policy, error);
  if (!text) return fail(options.policy.string() + ": cannot be read: " + error);
  categories::Diagnostics diagnostics;
  const auto policy = rules::PolicyFile::parse(*text, options.policy, diagnostics);
  if (!policy) {
    print_errors(diagnostics);
    return fail("the policy cannot be used");
  }
  bool known = false;
  for (const auto& slot : policy->locked())
    known = known || slot.name == options.name;
  if (!known) return fail("the policy has no [[lists.locked]] \"" + options.name + '"', kWrong);
  const auto state = lists::ListState::open(options.state, error);
  if (!state) return fail(error);
  const auto one_at_a_time = state->lock();
  const auto sealed = lists::seal_list(std::cin, state->key(), state->locked(options.name));
  if (!sealed.error.empty()) return fail("the list is refused: " + sealed.error, kWrong);
  std::cout << options.name << ": " << sealed.entries << " entries locked";
  if (sealed.rejected > 0)
    std::cout << "; " << sealed.rejected << " lines that are neither host nor URL, the first in line "
              << sealed.first_rejected;
  std::cout << '\n';
  return 0;
}

}  // namespace breakwater::cli
