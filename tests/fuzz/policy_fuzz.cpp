#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include <stdlib.h>

#include "rules/civil_time.h"
#include "rules/engine.h"
#include "rules/policy_file.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::rules {
namespace {

using categories::Diagnostics;

constexpr std::size_t kKeptDiagnostics = 1001;

/// One list of one host that is locked.
std::shared_ptr<const categories::Catalogue> make_catalogue() {
  auto folder = (std::filesystem::temp_directory_path() / "breakwater-fuzz-XXXXXX").string();
  fuzz::require(::mkdtemp(folder.data()) != nullptr, "no temporary folder");
  std::filesystem::create_directory(folder + "/terrorism");
  std::ofstream(folder + "/terrorism/domains") << "terror.example\n";
  categories::BuildReport report;
  auto image = categories::build_catalogue({{{"starter", folder, {}, "", categories::ListRole::feed}}, {}}, report);
  std::filesystem::remove_all(folder);
  fuzz::require(image.has_value(), "the catalogue was not built");
  auto catalogue = categories::Catalogue::from_image(std::move(*image));
  fuzz::require(catalogue.has_value(), "the catalogue was not opened");
  return *catalogue;
}

void check_places(std::string_view text, const Diagnostics& diagnostics) {
  fuzz::require(diagnostics.size() <= kKeptDiagnostics, "too many diagnostics");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  std::uint32_t before = 0;
  for (const auto& diagnostic : diagnostics) {
    const bool counts_the_rest = diagnostics.size() == kKeptDiagnostics && &diagnostic == &diagnostics.back();
    fuzz::require(diagnostic.line >= before || counts_the_rest, "diagnostics out of order");
    fuzz::require(diagnostic.line <= lines, "a line behind the end of the file");
    fuzz::require(diagnostic.column <= text.size() + 2, "a column behind the end of the file");
    fuzz::require(!diagnostic.message.empty(), "a diagnostic without a message");
    before = diagnostic.line;
  }
}

void check_timetable(const Timetable& timetable) {
  for (const auto* when : {"2026-03-29T01:30", "2026-10-25T01:30", "2026-12-24T12:00", "2027-01-01T00:00"}) {
    const auto now = *parse_civil(when, *timetable.zone);
    const auto span = timetable.at(now);
    fuzz::require(span.contains(now), "a span that does not hold when it was asked for");
    if (span.until) fuzz::require(timetable.at(*span.until).period != span.period, "a bell that changes nothing");
    if (span.from)
      fuzz::require(timetable.at(*span.from).period == span.period, "a span that begins before its period");
  }
}

/// A text that is no policy is refused with a place that exists; one that is a policy never allows what is locked.
void run(std::span<const std::uint8_t> input) {
  static const auto catalogue = make_catalogue();
  static const auto host = *categories::normalise_host("www.terror.example", categories::HostSource::wire);
  const auto text = fuzz::as_text(input);
  Diagnostics diagnostics;
  const auto file = PolicyFile::parse(text, "policy.toml", diagnostics);
  check_places(text, diagnostics);
  fuzz::require(!file == categories::has_errors(diagnostics), "a policy with errors, or none without");
  if (!file) return;

  diagnostics.clear();
  auto policy = file->resolve(*catalogue, diagnostics);
  check_places(text, diagnostics);
  fuzz::require(!policy == categories::has_errors(diagnostics), "a resolved policy with errors, or none without");
  if (!policy) return;

  for (const auto& timetable : policy->timetables)
    check_timetable(timetable);
  const auto snapshot = std::make_shared<const Snapshot>(Snapshot{catalogue, std::move(*policy), {}});
  Engine engine(snapshot);
  for (std::size_t group = 0; group <= snapshot->policy.groups.size(); ++group) {
    const auto verdict = engine.decide({Stage::hello, host, 443, ""}, {{}, static_cast<GroupId>(group), "", ""},
                                       *parse_civil("2026-11-23T10:00", *snapshot->policy.zone));
    fuzz::require(verdict.action == Action::block && verdict.reason == Reason::floor, "a locked host is allowed");
  }
}

const fuzz::Registration registered{"policy", &run};

}  // namespace
}  // namespace breakwater::rules
