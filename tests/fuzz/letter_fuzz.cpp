// Input: a file of STATE/outbox.

#include "proxy/alerts/letter_file.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::alerts {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto letter = parse_letter(fuzz::as_text(input));
  if (!letter) return;
  const auto again = parse_letter(to_file(*letter));
  fuzz::require(again && to_file(*again) == to_file(*letter), "another letter");
  fuzz::require(letter_name(letter->key).size() == letter_name("").size(), "a name that depends on its key");
}

const fuzz::Registration registered{"letter", &run};

}  // namespace
}  // namespace breakwater::alerts
