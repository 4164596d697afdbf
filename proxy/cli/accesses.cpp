#include "proxy/cli/accesses.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/cli/attempts.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/accesses_section.h"
#include "proxy/reports/html.h"
#include "proxy/reports/pdf.h"
#include "proxy/reports/words.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::cli {
namespace {

using reports::AccessEntry;
using reports::visible_text;

void print(const AccessEntry& entry, Output output) {
  if (output == Output::json) {
    nlohmann::ordered_json json{
        {"record", entry.seq}, {"time", time_text(entry.time)}, {"what", entry.what},      {"by", entry.by},
        {"why", entry.why},    {"reference", entry.reference},  {"subject", entry.subject}};
    if (entry.count > 0) json["count"] = entry.count;
    std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return;
  }
  std::cout << time_text(entry.time) << "  " << visible_text(entry.what);
  if (entry.count > 0) std::cout << " of " << entry.count;
  if (!entry.by.empty()) std::cout << "  by " << visible_text(entry.by);
  for (const auto& about : {entry.reference, entry.subject})
    if (!about.empty()) std::cout << "  " << visible_text(about);
  std::cout << "  " << visible_text(entry.why) << '\n';
}

/// The file's bytes; nullopt: what is wrong has been told.
std::optional<std::string> render(const std::vector<AccessEntry>& found, const AccessesOptions& options) {
  const auto* zone = rules::find_zone(options.zone);
  if (zone == nullptr) {
    fail("\"" + options.zone + "\" is no time zone, as Europe/London");
    return std::nullopt;
  }
  const auto extension = options.out.extension();
  if (extension == ".csv") return reports::to_csv(found, *zone);
  reports::Document document;
  document.title = "Looks at names";
  document.author = "made " + reports::moment_text(now(), *zone);
  document.marking = "Confidential: data protection. Learners appear by pseudonym only.";
  document.made = now();
  reports::add_accesses(found, *zone, document.blocks);
  if (extension == ".html") return reports::to_html(document);
  if (extension != ".pdf") {
    fail("--out names a file that ends in .pdf, .html or .csv");
    return std::nullopt;
  }
  auto pdf = reports::to_pdf(document);
  if (pdf) return *std::move(pdf);
  fail("the PDF cannot be made: " + pdf.error().message);
  return std::nullopt;
}

}  // namespace

int accesses(const AccessesOptions& options) {
  const auto since = parse_time(options.since);
  const auto until = options.until.empty() ? safeguarding::Milliseconds::max() : parse_time(options.until);
  if (!since || !until) return fail("--since and --until are times, as 2026-11-23, 2026-11-23T10:35:00Z or 24h");
  std::optional<safeguarding::Opener> opener;
  if (options.names.names == NamesOptions::Names::open) {
    const auto writable = open_store(options.state);
    if (writable) opener = opener_for(options.names, options.state);
    if (!opener || !record_access(*writable, options.names, "accesses", "")) return kUsage;
  }
  auto store = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_only);
  if (!store) return fail(store.error().message);
  const auto found = reports::read_accesses(**store, *since, *until, opener ? &*opener : nullptr);
  if (!found) return fail(found.error().message);
  if (options.out.empty()) {
    for (const auto& entry : *found)
      print(entry, options.output);
    std::cout << std::flush;
    return 0;
  }
  const auto bytes = render(*found, options);
  if (!bytes) return kUsage;
  if (const auto error = safeguarding::write_private(options.out, *bytes); !error.empty()) return fail(error);
  std::cout << options.out.string() << ": " << found->size() << " entries\n";
  return 0;
}

}  // namespace breakwater::cli
