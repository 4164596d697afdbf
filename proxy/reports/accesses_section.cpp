#include "proxy/reports/accesses_section.h"

#include <algorithm>
#include <set>

#include "proxy/reports/csv.h"
#include "proxy/reports/words.h"
#include "proxy/safeguarding/case.h"

namespace breakwater::reports {
namespace {

using safeguarding::Kind;
using safeguarding::Milliseconds;
using safeguarding::Record;

constexpr std::string_view kLimits =
    ". Nobody can open a name on the gateway without this being recorded first; what somebody does with an exported "
    "bundle elsewhere is not seen here. Learners appear by pseudonym, and reasons are sealed, since they may name "
    "somebody: \u201Cbreakwater accesses --names\u201D opens them.";

SysSeconds seconds(Milliseconds time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::string whom(const AccessEntry& entry) {
  if (!entry.subject.empty()) return entry.subject;
  return entry.by.empty() ? "\u2013" : "more than one person";
}

}  // namespace

AccessEntry access_entry(const Record& record, safeguarding::Opener* opener) {
  AccessEntry entry;
  entry.seq = record.seq;
  entry.time = record.time;
  entry.reference = record.reference;
  entry.what = to_string(record.kind);
  if (const auto deletion = parse_deletion(record)) {
    entry.why = deletion->purpose;
    entry.count = deletion->count;
  } else if (record.kind == Kind::key) {
    entry.why = "signs the heads of the chain from here on";
  } else if (const auto access = safeguarding::parse_access(record, opener)) {
    if (!access->what.empty()) entry.what = access->what;
    entry.by = access->by;
    entry.why = access->reason;
    entry.subject = access->subject;
  }
  return entry;
}

Result<std::vector<AccessEntry>, safeguarding::StoreError> read_accesses(safeguarding::Store& store, Milliseconds since,
                                                                         Milliseconds until,
                                                                         safeguarding::Opener* opener) {
  std::vector<AccessEntry> all;
  // Slices of one deletion are one row: they would push out those who looked.
  const auto add = [&](const Record& record) {
    auto entry = access_entry(record, opener);
    auto* const last = all.empty() ? nullptr : &all.back();
    if (record.kind == Kind::deletion && last && last->what == entry.what && last->why == entry.why &&
        entry.time - last->time < std::chrono::hours(1)) {
      entry.count += last->count;
      *last = std::move(entry);
    } else {
      all.push_back(std::move(entry));
    }
  };
  const auto error =
      store.each({.kinds = {Kind::access, Kind::deletion, Kind::key}, .since = since, .until = until}, add);
  if (error) return *error;
  return all;
}

void add_accesses(const std::vector<AccessEntry>& accesses, const date::time_zone& zone, std::vector<Block>& out) {
  out.emplace_back(Heading{.text = "Who looked at names"});
  std::set<std::string_view> people;
  std::uint64_t looks = 0;
  for (const auto& entry : accesses) {
    if (entry.by.empty()) continue;
    ++looks;
    people.insert(entry.by);
  }
  auto summary = counted(looks, "time names were opened, or records left the gateway, by ",
                         "times names were opened, or records left the gateway, by ");
  summary.append(counted(people.size(), "person", "people")).append(kLimits);
  out.emplace_back(Paragraph{.text = std::move(summary)});
  if (accesses.empty()) return;
  Table table;
  table.caption = accesses.size() > kMostAccesses ? "The latest of them, oldest first" : "Each of them, oldest first";
  table.columns = {{"When", 1.4}, {"Who", 1.5}, {"What", 1.4}, {"About", 1.5}, {"Why", 2.6}};
  for (std::size_t i = accesses.size() - std::min(accesses.size(), kMostAccesses); i < accesses.size(); ++i) {
    const auto& entry = accesses[i];
    table.rows.push_back(
        {{moment_text(seconds(entry.time), zone), {}, {}},
         {entry.by.empty() ? "the gateway" : entry.by, {}, {}},
         {entry.count > 0 ? entry.what + ": " + grouped(static_cast<std::uint64_t>(entry.count)) : entry.what, {}, {}},
         {entry.reference.empty() ? whom(entry) : whom(entry) + ", " + entry.reference, {}, {}},
         {entry.why, {}, {}}});
  }
  out.emplace_back(std::move(table));
}

std::string to_csv(const std::vector<AccessEntry>& accesses, const date::time_zone& zone) {
  CsvWriter csv;
  for (const auto* title : {"record", "time", "what", "by", "why", "reference", "subject", "count"})
    csv.cell(title);
  csv.end_row();
  for (const auto& entry : accesses) {
    csv.cell(std::to_string(entry.seq)).cell(rules::format_civil(seconds(entry.time), zone)).cell(entry.what);
    csv.cell(entry.by).cell(entry.why).cell(entry.reference).cell(entry.subject);
    csv.cell(entry.count > 0 ? std::to_string(entry.count) : "").end_row();
  }
  return csv.finish();
}

}  // namespace breakwater::reports
