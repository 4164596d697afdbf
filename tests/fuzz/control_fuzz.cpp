// Input: what comes over the control socket, a line without its end.

#include "proxy/admin/request.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::admin {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto request = parse_request(fuzz::as_text(input));
  if (!request) {
    fuzz::require(!request.error().empty(), "a refusal without a reason");
    return;
  }
  auto line = to_line(*request);
  fuzz::require(line.find('\n') == line.size() - 1, "a request is not one line");
  line.pop_back();
  const auto again = parse_request(line);
  fuzz::require(again && to_line(*again) == line + '\n', "a request is not read as it was written");
}

const fuzz::Registration registered{"control", &run};

}  // namespace
}  // namespace breakwater::admin
