#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/reports/unseen.h"
#include "proxy/safeguarding/record.h"
#include "rules/civil_time.h"
#include "rules/verdict.h"

namespace breakwater::reports {

using rules::SysSeconds;

/// For whom a report is made, and so what it may hold.
enum class Audience : std::uint8_t {
  dsl,         ///< all; names where they were opened
  governance,  ///< numbers, and episodes by reference: nobody in it, not by pseudonym either
  it,          ///< pseudonyms; no name, no reason and no outcome of a decision
  dpo,         ///< who opened names, and why; pseudonyms
};
std::string_view to_string(Audience audience);
/// "dsl", "governance", "it", "dpo"; nullopt: none of them.
std::optional<Audience> parse_audience(std::string_view text);

/// One number for each rules::Concern.
using BySeverity = std::array<std::uint64_t, 4>;
constexpr std::uint64_t total(const BySeverity& counts) {
  return counts[0] + counts[1] + counts[2] + counts[3];
}

/// Something that happened to an episode.
struct Step {
  SysSeconds time;
  std::string what;
};

struct Decision {
  SysSeconds time;
  std::string state;
  std::string by;
  std::string reason;
  std::string outcome;
};

/// An episode and what was done about it.
struct EpisodeEntry {
  std::string reference;
  std::string theme;
  rules::Concern severity = rules::Concern::notice;
  SysSeconds first;
  SysSeconds last;
  std::uint64_t attempts = 0;
  std::uint64_t hosts = 0;  ///< distinct
  std::string group;
  std::string pseudonym;
  std::string person;                   ///< as the gateway knows it; "" while it is sealed
  std::vector<std::string> host_names;  ///< empty while they are sealed
  std::string origin;                   ///< who or what probably asked, and why that is thought
  std::string known;
  std::string how_sure;
  std::string not_known;
  std::string state;                 ///< "new", "seen", "under review", "referred", "no further action"
  std::optional<SysSeconds> looked;  ///< when somebody first looked at it
  bool held = false;                 ///< under an evidence hold
  std::vector<Step> timeline;
  std::vector<Decision> decisions;
};

struct ThemeTotal {
  std::string theme;
  BySeverity episodes{};
  BySeverity attempts{};
  std::uint64_t episodes_before = 0;  ///< in the span of the same length before
};

/// A day, or a week of the trend.
struct Interval {
  SysSeconds from;
  BySeverity attempts{};
  BySeverity episodes{};
};

/// A test of the filter itself: a whole run, whatever it missed.
struct Check {
  SysSeconds time;
  std::string what;
  std::string result;
  enum class Outcome : std::uint8_t { passed, failed } outcome = Outcome::passed;
  std::vector<std::string> missed{};   ///< what was not as it should be
  std::vector<std::string> actions{};  ///< what was done about it, and by whom
};

/// A look at a named record, an export, a deletion, or a key.
struct AccessEntry {
  std::int64_t seq = 0;  ///< place in the chain
  safeguarding::Milliseconds time;
  std::string what;        ///< "show", "report", "export", ...; "deletion"; "key"
  std::string by;          ///< "" of what the gateway did by itself
  std::string why;         ///< as they said, or the rule
  std::string reference;   ///< of the episode, or ""
  std::string subject;     ///< pseudonym; "" where it was more than one person
  std::int64_t count = 0;  ///< of a deletion: records, lines or files
};

/// The signed end of the chain of records, as it stood when the report was made.
struct Head {
  std::uint64_t seq = 0;
  SysSeconds time;
  std::string hash;
  std::string signature;
};

/// All that a report tells, before it is put into words. Text may be anybody's; the renderers make it safe to show.
struct Report {
  std::string centre;
  const date::time_zone* zone = nullptr;  ///< never nullptr when it is rendered
  Audience audience = Audience::dsl;
  SysSeconds from;
  SysSeconds until;  ///< exclusive
  std::string span;  ///< "day", "week", "month" or "time": how the words speak of it
  SysSeconds made;
  std::vector<EpisodeEntry> episodes;  ///< whose first attempt is in the span, oldest first
  std::vector<EpisodeEntry> waiting;   ///< older ones that nobody has looked at
  std::uint64_t people = 0;            ///< distinct pseudonyms of `episodes`
  std::vector<ThemeTotal> themes;
  std::vector<Interval> days;
  std::vector<Interval> weeks;  ///< the trend, oldest first; the last is that of the report
  std::vector<Check> checks;
  std::vector<AccessEntry> accesses;   ///< in the span, in the order of the records
  std::vector<std::string> blind;      ///< times and requests that were not seen or not recorded, a sentence each
  Unseen unseen;                       ///< in the span
  Unseen unseen_before;                ///< in the span of the same length before
  std::vector<Unseen> unseen_weeks{};  ///< as `weeks`
  std::vector<std::string> coverage;   ///< what was and was not recorded in the span, a sentence each
  std::optional<Head> head;
};

}  // namespace breakwater::reports
