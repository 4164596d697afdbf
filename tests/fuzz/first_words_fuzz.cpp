#include "proxy/circumvention/first_words.h"
#include "rules/circumvention.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace breakwater;
using Hearing = circumvention::FirstWords::Hearing;

void run(std::span<const std::uint8_t> input) {
  const auto words = circumvention::name_first_words(input);
  if (words.hearing == Hearing::known)
    fuzz::require(rules::is_tunnel_kind(words.reason) && !words.name.empty(), "known, but as nothing");
  if (input.size() >= circumvention::kMostFirstWords)
    fuzz::require(words.hearing != Hearing::need_more, "more is wanted than is looked at");
  if (input.empty()) return;
  const auto early = circumvention::name_first_words(input.first(input.size() - 1));
  fuzz::require(early.hearing == Hearing::need_more || (early.hearing == words.hearing && early.name == words.name),
                "an early answer changed with more bytes");
}

const fuzz::Registration registered{"first_words", &run};

}  // namespace
