// Input: the body of a form, or a query.

#include "proxy/portal/form.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::portal {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto form = parse_form(fuzz::as_text(input));
  if (!form) return;
  std::string again;
  for (const auto& [name, value] : *form)
    again.append(again.empty() ? "" : "&").append(escape_value(name)).append("=").append(escape_value(value));
  fuzz::require(form->empty() || parse_form(again) == form, "a form is not read as it was written");
}

const fuzz::Registration registered{"form", &run};

}  // namespace
}  // namespace breakwater::portal
