#include "proxy/cli/report.h"

#include <iostream>

#include "proxy/cli/report_mail.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/collect.h"
#include "proxy/reports/compose.h"
#include "proxy/reports/csv.h"
#include "proxy/reports/due.h"
#include "proxy/reports/html.h"
#include "proxy/reports/pdf.h"
#include "proxy/reports/period.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::cli {
namespace {

/// nullopt: what is wrong has been told.
std::optional<reports::Period> period_of(const ReportOptions& options, const date::time_zone& zone) {
  if (options.from.empty() && options.to.empty()) {
    switch (options.span) {
      case ReportOptions::Span::day:
        return reports::last_day(now(), zone);
      case ReportOptions::Span::week:
        return reports::last_week(now(), zone);
      case ReportOptions::Span::month:
        return reports::last_month(now(), zone);
    }
  }
  constexpr std::chrono::days kLongest{366};
  const auto first = rules::parse_date(options.from);
  const auto last = rules::parse_date(options.to);
  if (!first || !last || *last < *first || *last - *first > kLongest) {
    fail("--from and --to are two days, as 2026-11-16 and 2026-11-22, in their order and a year apart at most");
    return std::nullopt;
  }
  return reports::period_of(*first, *last + std::chrono::days(1), zone);
}

std::string format_of(const ReportOptions& options) {
  if (!options.format.empty()) return options.format;
  const auto extension = options.out.extension().string();
  return extension.empty() ? extension : extension.substr(1);
}

/// The file's bytes; nullopt: what is wrong has been told.
std::optional<std::string> render(const reports::Report& report, const std::string& format) {
  if (format == "csv") return to_csv(report);
  if (format == "html") return reports::to_html(reports::compose(report));
  auto pdf = reports::to_pdf(reports::compose(report));
  if (pdf) return *std::move(pdf);
  fail("the PDF cannot be made: " + pdf.error().message);
  return std::nullopt;
}

/// Whose names a report with names opens: those that it tells of.
bool record_names(safeguarding::Store& store, const ReportOptions& options, const reports::Period& period) {
  auto cases = safeguarding::read_cases(store, {.until = period.until});
  if (!cases) {
    fail(cases.error().message);
    return false;
  }
  std::erase_if(*cases, [&](const auto& about) { return about.episode.first < period.from && about.first_look(); });
  return record_access(store, *cases, options.names, "report");
}

}  // namespace

int report(const ReportOptions& options) {
  const auto audience = reports::parse_audience(options.audience);
  if (!audience) return fail("--for is one of dsl, governance, it and dpo");
  const bool mails = !options.mail_to.empty();
  if (mails == !options.out.empty()) return fail("a report needs --out FILE or --mail RECIPIENT");
  const auto format = mails ? "pdf" : format_of(options);
  if (format != "pdf" && format != "html" && format != "csv") return fail("--format is one of pdf, html and csv");
  const bool open = options.names.names == NamesOptions::Names::open;
  if (open && mails) return fail("a report that is mailed has no names");
  if (open && *audience != reports::Audience::dsl) return fail("only a report for dsl may have names");
  const auto* zone = snapshot::zone_of(options.policy);
  if (zone == nullptr) return fail(options.policy.string() + ": cannot be read, or names no time zone");
  const auto period = period_of(options, *zone);
  if (!period) return kUsage;
  const auto store = open_store(options.state);
  if (!store) return kUsage;

  std::optional<safeguarding::Opener> opener;
  if (open) {
    opener = opener_for(options.names, options.state);
    if (!opener || !record_names(*store, options, *period)) return kUsage;
  }
  if (const auto head = store->sign_head(now_ms()); !head) return fail(head.error().message);
  const reports::Wanted wanted{
      snapshot::centre_of(options.policy), zone, *audience, period->span, period->from, period->until, now()};
  const auto collected = reports::collect(*store, wanted, opener ? &*opener : nullptr);
  if (!collected) return fail(collected.error().message);
  const auto bytes = render(*collected, format);
  if (!bytes) return kUsage;
  if (mails) return mail_report(options, *collected, *bytes);
  if (const auto error = safeguarding::write_private(options.out, *bytes); !error.empty()) return fail(error);
  std::cout << options.out.string() << ": " << collected->episodes.size() << " episodes, names "
            << (open ? "opened" : "sealed") << '\n';
  return 0;
}

}  // namespace breakwater::cli
