#include "proxy/cli/acceptances.h"

#include <iostream>

#include <fmt/format.h>

#include "proxy/cli/terminal.h"
#include "proxy/portal/acceptance_book.h"

namespace breakwater::cli {

int acceptances(const BookOptions& options) {
  const auto asked = pseudonyms_of(options.person, options.state);
  const auto print = [&](const portal::Accepted& accepted) {
    if (!is_asked_for(asked, accepted.person)) return;
    if (options.output == Output::json)
      std::cout << to_json(accepted) << '\n';
    else
      std::cout << fmt::format("{}  version {}  {}  {}\n", accepted.time, accepted.version, accepted.person,
                               accepted.group);
  };
  std::uint64_t damaged = 0;
  const auto failed = portal::read_acceptances(options.state, print, damaged);
  std::cout << std::flush;
  if (failed) return fail(*failed);
  return damaged == 0 ? 0 : fail(fmt::format("{} damaged lines are left out", damaged), kWrong);
}

}  // namespace breakwater::cli
