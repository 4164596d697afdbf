// Input: the body of a record about a case, or of a check.

#include "proxy/reports/coverage.h"
#include "proxy/safeguarding/case.h"
#include "rules/civil_time.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::reports {
namespace {

using safeguarding::Kind;

/// What is written of it reads as what was read.
void require_same(const safeguarding::Record& record, const auto& parse) {
  const auto parsed = parse(record);
  if (!parsed) return;
  auto again = record;
  again.body = to_entry("E-1", *parsed).body;
  const auto back = parse(again);
  fuzz::require(back && to_entry("E-1", *back).body == again.body, "another body");
}

void run(std::span<const std::uint8_t> input) {
  safeguarding::Record record;
  record.body = fuzz::as_text(input);
  record.kind = Kind::decision;
  require_same(record, [](const auto& one) { return safeguarding::parse_decision(one); });
  record.kind = Kind::hold;
  require_same(record, [](const auto& one) { return safeguarding::parse_hold(one); });
  record.kind = Kind::access;
  require_same(record, [](const auto& one) { return safeguarding::parse_access(one); });
  record.kind = Kind::alert;
  static_cast<void>(safeguarding::parse_alert(record));
  record.kind = Kind::check;
  const auto coverage = parse_coverage(record);
  if (!coverage) return;
  record.body = to_entry(*coverage).body;
  const auto back = parse_coverage(record);
  fuzz::require(back && back->counts == coverage->counts && back->until == coverage->until, "another coverage");
  const auto from = std::chrono::floor<std::chrono::seconds>(coverage->from);
  Covered covered(from, from + std::chrono::hours(24));
  covered.add(*coverage);
  static const auto* const kZone = rules::find_zone("Etc/UTC");
  fuzz::require(kZone == nullptr || !covered.sentences("day", *kZone).empty(), "nothing said");
}

const fuzz::Registration registered{"case_body", &run};

}  // namespace
}  // namespace breakwater::reports
