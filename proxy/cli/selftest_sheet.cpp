#include <iostream>

#include "proxy/cli/names.h"
#include "proxy/cli/selftest.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/evidence_sheet.h"
#include "proxy/reports/html.h"
#include "proxy/reports/pdf.h"
#include "proxy/reports/words.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/snapshot/loader.h"
#include "rules/civil_time.h"

namespace breakwater::cli {

int selftest_sheet(const SelftestOptions& options) {
  constexpr std::chrono::days kYear{365};  // how often the review of a filter is due at the least
  const auto* const zone = snapshot::zone_of(options.policy);
  if (!zone) return fail(options.policy.string() + ": cannot be read, or names no time zone");
  const auto extension = options.out.extension().string();
  if (extension != ".pdf" && extension != ".html") return fail("--out is called NAME.pdf or NAME.html");
  const auto since = rules::parse_date(options.since);
  if (!options.since.empty() && !since) return fail("--since is a day, as 2026-09-01");
  const auto store = open_store(options.state);
  if (!store) return kUsage;

  reports::Evidence evidence;
  evidence.centre = snapshot::centre_of(options.policy);
  evidence.zone = zone;
  evidence.made = now();
  evidence.from = since ? rules::from_civil(*since, std::chrono::seconds(0), *zone) : evidence.made - kYear;
  // A demonstration may have set its clock ahead of this one.
  evidence.until = rules::SysSeconds::max();
  if (const auto head = store->sign_head(now_ms()); !head) return fail(head.error().message);
  if (const auto error = collect_evidence(*store, evidence)) return fail(error->message);
  const auto document = reports::evidence_sheet(evidence);
  std::string bytes;
  if (extension == ".html") {
    bytes = reports::to_html(document);
  } else {
    auto pdf = reports::to_pdf(document);
    if (!pdf) return fail("the PDF cannot be made: " + pdf.error().message);
    bytes = *std::move(pdf);
  }
  if (const auto error = safeguarding::write_private(options.out, bytes); !error.empty()) return fail(error);
  std::cout << options.out.string() << ": " << reports::counted(evidence.runs.size(), "check", "checks") << '\n';
  return 0;
}

}  // namespace breakwater::cli
