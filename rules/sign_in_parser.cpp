#include "rules/sign_in_parser.h"

#include <array>

namespace breakwater::rules {

SignIn parse_sign_in(TomlTable& group, DiagnosticSink& sink) {
  constexpr std::array<std::string_view, 1> kWords{"required"};
  const auto word = group.text("sign_in");
  if (!word) return SignIn::not_asked;
  if (word->value != kWords.front())
    sink.error(word->place, "sign_in: " + in_quotes(word->value) + " is not \"required\"" +
                                sink.did_you_mean(word->place, word->value, kWords));
  return SignIn::required;
}

}  // namespace breakwater::rules
