#include "rules/civil_time.h"

#include <array>
#include <exception>

#include <date/tz.h>

namespace breakwater::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// All of `text` as a decimal number; nullopt where there is anything but digits.
std::optional<int> parse_digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// `width` digits, zero-filled.
void append_digits(std::string& out, long value, std::size_t width) {
  const auto digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void append_clock(std::string& out, const date::hh_mm_ss<seconds>& clock) {
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
}

date::local_seconds to_local(SysSeconds when, const date::time_zone& zone) {
  return date::local_seconds(when.time_since_epoch() + zone.get_info(when).offset);
}

}  // namespace

const date::time_zone* find_zone(std::string_view name) {
  try {
    const auto* zone = date::locate_zone(name);
    zone->get_info(date::sys_seconds{});  // reads the zone's file now, where a broken one can still be refused
    return zone;
  } catch (const std::exception&) {
    return nullptr;
  }
}

std::vector<std::string_view> zone_names() {
  std::vector<std::string_view> names;
  try {
    for (const auto& zone : date::get_tzdb().zones)
      names.emplace_back(zone.name());
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

std::optional<int> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = parse_digits(text.substr(0, 2));
  const auto minute = parse_digits(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return *hour * 60 + *minute;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8));
  if (!year || !month || !day || *year < 1970 || *year > 2999) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

SysSeconds from_civil(std::chrono::sys_days day, seconds clock, const date::time_zone& zone) {
  const date::local_seconds local(day.time_since_epoch() + clock);
  const auto info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return SysSeconds(local.time_since_epoch() - info.first.offset);
}

std::optional<SysSeconds> parse_civil(std::string_view text, const date::time_zone& zone) {
  if (text.size() != 16 && text.size() != 19) return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  const auto clock = parse_clock(text.substr(11, 5));
  if (!day || !clock || text[10] != 'T') return std::nullopt;
  std::optional<int> second = 0;
  if (text.size() == 19) second = text[16] == ':' ? parse_digits(text.substr(17)) : std::nullopt;
  if (!second || *second > 59) return std::nullopt;
  return from_civil(*day, minutes(*clock) + seconds(*second), zone);
}

std::chrono::sys_days civil_day(SysSeconds when, const date::time_zone& zone) {
  return std::chrono::floor<std::chrono::days>(SysSeconds(to_local(when, zone).time_since_epoch()));
}

CivilDay day_of(SysSeconds when, const date::time_zone& zone) {
  const auto day = civil_day(when, zone);
  return {from_civil(day, {}, zone), from_civil(day + std::chrono::days(1), {}, zone)};
}

std::string format_civil(SysSeconds when, const date::time_zone& zone) {
  const auto offset = zone.get_info(when).offset;
  const auto local = to_local(when, zone);
  const auto day = date::floor<date::days>(local);
  const date::year_month_day date(day);
  const date::hh_mm_ss<seconds> clock(local - day);
  std::string out;
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_clock(out, clock);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  out += offset < seconds(0) ? '-' : '+';
  append_clock(out, date::hh_mm_ss<seconds>(std::chrono::abs(offset)));
  return out;
}

std::string format_short(SysSeconds when, SysSeconds now, const date::time_zone& zone) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto local = to_local(when, zone);
  const auto day = date::floor<date::days>(local);
  std::string out;
  if (day != date::floor<date::days>(to_local(now, zone))) {
    const date::year_month_day date(day);
    out += kDays[date::weekday(day).c_encoding()];
    out += ' ';
    out += std::to_string(static_cast<unsigned>(date.day()));
    out += ' ';
    out += kMonths[static_cast<unsigned>(date.month()) - 1];
    out += ' ';
  }
  append_clock(out, date::hh_mm_ss<seconds>(local - day));
  return out;
}

}  // namespace breakwater::rules
