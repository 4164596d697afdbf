#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/verdict.h"

namespace date {
class time_zone;
}

namespace breakwater::rules {

/// The zone of the system's database, loaded and ready; nullptr where there is none of that name (or no database).
const date::time_zone* find_zone(std::string_view name);
/// Every name that find_zone() may know, for "did you mean".
std::vector<std::string_view> zone_names();

/// Two digits to a field, "HH:MM": minutes from midnight, 00:00 to 23:59. nullopt: anything else.
std::optional<int> parse_clock(std::string_view text);
/// "2026-11-23", years 1970 to 2999. nullopt: anything else, 2026-02-29 included.
std::optional<std::chrono::sys_days> parse_date(std::string_view text);

/// What the zone's clocks show as a civil day and a time of it. A time that occurs twice is the earlier one, a time
/// that the clocks skip is the first instant after the gap.
SysSeconds from_civil(std::chrono::sys_days day, std::chrono::seconds clock, const date::time_zone& zone);

/// "2026-11-23T10:35" or "2026-11-23T10:35:20" on the zone's clocks, as from_civil() has it. nullopt: not of this
/// form, or no such date or time.
std::optional<SysSeconds> parse_civil(std::string_view text, const date::time_zone& zone);

/// Which day it is on the zone's clocks.
std::chrono::sys_days civil_day(SysSeconds when, const date::time_zone& zone);

/// The civil day around `when`: [from, until).
struct CivilDay {
  SysSeconds from;
  SysSeconds until;
};
CivilDay day_of(SysSeconds when, const date::time_zone& zone);

/// RFC 3339 with the zone's offset: "2026-11-23T10:30:00+00:00".
std::string format_civil(SysSeconds when, const date::time_zone& zone);

/// For people: "10:30" on the civil day of `now`, else "Mon 23 Nov 10:30".
std::string format_short(SysSeconds when, SysSeconds now, const date::time_zone& zone);

}  // namespace breakwater::rules
