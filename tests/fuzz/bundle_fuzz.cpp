// Input: a file that somebody hands in: a bundle, a private or a public key, a head, the key of a day.

#include "proxy/safeguarding/bundle.h"
#include "proxy/safeguarding/key_file.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::safeguarding {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto text = crypto::view(input);
  std::string error;
  const auto bundle = read_bundle(text, error);
  fuzz::require(bundle.has_value() == error.empty(), "a bundle and an error, or neither");
  if (const auto key = parse_public_key(text, error)) {
    const auto again = parse_public_key(to_line(*key), error);
    fuzz::require(again && again->key == key->key, "another key");
  }
  const auto sealed = parse_key_file(text, error);
  fuzz::require(sealed.has_value() == error.empty(), "a key file and an error, or neither");
  if (const auto head = parse_head(text)) {
    const auto again = parse_head(to_text(*head));
    fuzz::require(again && to_text(*again) == to_text(*head), "another head");
  }
  if (const auto day = parse_day_key(text)) {
    const auto again = parse_day_key(to_json(*day));
    fuzz::require(again && again->id == day->id && again->wrapped.size() == day->wrapped.size(), "another day");
  }
}

const fuzz::Registration registered{"bundle", &run};

}  // namespace
}  // namespace breakwater::safeguarding
