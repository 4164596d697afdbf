#include "proxy/cli/reviews.h"

#include <iostream>

#include <fmt/format.h>

#include "proxy/cli/terminal.h"
#include "proxy/portal/review_book.h"

namespace breakwater::cli {

int reviews(const BookOptions& options) {
  const auto asked = pseudonyms_of(options.person, options.state);
  const auto print = [&](const portal::Review& review) {
    if (!is_asked_for(asked, review.person)) return;
    if (options.output == Output::json) {
      std::cout << to_json(review) << '\n';
      return;
    }
    std::cout << fmt::format("{}  {}  {}  {}", review.time, review.kind, review.reference, review.host);
    if (!review.category.empty()) std::cout << " (" << review.category << ')';
    std::cout << fmt::format("  {}  {} {}", review.reason, review.person, review.group);
    if (!review.text.empty()) std::cout << fmt::format("  \"{}\"", review.text);
    std::cout << '\n';
  };
  std::uint64_t damaged = 0;
  const auto failed = portal::read_reviews(options.state, print, damaged);
  std::cout << std::flush;
  if (failed) return fail(*failed);
  return damaged == 0 ? 0 : fail(fmt::format("{} damaged lines are left out", damaged), kWrong);
}

}  // namespace breakwater::cli
