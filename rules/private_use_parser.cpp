#include "rules/private_use_parser.h"

#include <array>

namespace breakwater::rules {

PrivateUse parse_private_use(TomlTable& table, const std::set<std::string>& known, DiagnosticSink& sink) {
  constexpr std::array<std::string_view, 2> kWays{"counts", "lines"};
  PrivateUse out;
  const auto way = table.text("private_use", Need::required);
  const auto periods = table.texts("private_periods", Need::filled);
  table.check_unknown();
  if (!way) return out;
  const bool counts = way->value == kWays[0];
  if (!counts && way->value != kWays[1])
    sink.error(way->place, "private_use: " + in_quotes(way->value) + R"( is neither "counts" nor "lines")" +
                               sink.did_you_mean(way->place, way->value, kWays));
  if (counts && !table.has("private_periods"))
    sink.error(way->place, "private_use = \"counts\" needs private_periods: which periods are people's own");
  for (const auto& period : periods) {
    if (!known.contains(period.value))
      sink.error(period.place,
                 "unknown period " + in_quotes(period.value) + sink.did_you_mean(period.place, period.value, known));
    if (counts) out.periods.push_back(period.value);
  }
  return out;
}

}  // namespace breakwater::rules
