#include "proxy/reports/words.h"

#include <algorithm>
#include <array>

#include <date/tz.h>
#include <fmt/format.h>
#include <unictype.h>

#include "proxy/wire/utf8.h"

namespace breakwater::reports {
namespace {

constexpr int kMostMarks = 4;  // on one letter; Vietnamese and Hebrew need three

/// The character at the front of `text`, which is valid UTF-8 of that length.
char32_t decode(std::string_view text, std::size_t length) {
  constexpr std::array<std::uint8_t, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  auto value = static_cast<char32_t>(static_cast<std::uint8_t>(text.front()) & kLeadBits[length]);
  for (std::size_t i = 1; i < length; ++i)
    value = (value << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
  return value;
}

/// Zero-width joiner and non-joiner, and the selectors of a form: part of Indic, Arabic and emoji text.
bool joins(char32_t c) {
  return c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F);
}

bool has_a_look(char32_t c) {
  constexpr std::uint32_t kUnseen = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
                                    UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
                                    UC_CATEGORY_MASK_Zp;
  return !uc_is_general_category_withtable(c, kUnseen) && !uc_is_property_default_ignorable_code_point(c);
}

struct Civil {
  date::year_month_day date;
  date::weekday weekday;
  date::hh_mm_ss<std::chrono::seconds> clock;
};

Civil civil(rules::SysSeconds when, const date::time_zone& zone) {
  const date::local_seconds local(when.time_since_epoch() + zone.get_info(when).offset);
  const auto day = date::floor<date::days>(local);
  return {date::year_month_day(day), date::weekday(day), date::hh_mm_ss<std::chrono::seconds>(local - day)};
}

std::string_view month_name(date::month month) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  return kMonths.substr((static_cast<unsigned>(month) - 1) * std::size_t{3}, 3);
}

std::string_view day_name(date::weekday day) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  return kDays.substr(day.c_encoding() * std::size_t{3}, 3);
}

}  // namespace

std::string visible_text(std::string_view text, std::size_t limit) {
  const auto clean = wire::clean_text(text, limit);
  std::string out;
  int marks = 0;
  char32_t before = U' ';
  for (std::string_view rest = clean; !rest.empty();) {
    const auto length = std::max<std::size_t>(wire::utf8_length(rest), 1);
    const auto piece = rest.substr(0, length);
    const auto c = decode(piece, length);
    rest.remove_prefix(length);
    marks = uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me) ? marks + 1 : 0;
    if (marks == kMostMarks + 1) out += "[more marks]";
    if (marks > kMostMarks) continue;
    if (has_a_look(c) || (joins(c) && before >= 0x80))
      out += piece;
    else
      out += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(c));
    before = c;
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  std::size_t last = 0;  // where the last character of those that fit begins
  for (std::size_t count = 0; count < characters && end < text.size(); ++count) {
    last = end;
    end += std::max<std::size_t>(wire::utf8_length(text.substr(end)), 1);
  }
  if (end >= text.size()) return std::string(text);
  return fmt::format("{}\u2026", text.substr(0, last));
}

std::string grouped(std::uint64_t number) {
  auto out = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(out.size()) - 3; i > 0; i -= 3)
    out.insert(static_cast<std::size_t>(i), 1, ',');
  return out;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

std::string span_text(std::chrono::seconds span) {
  using std::chrono::floor;
  const auto minutes = floor<std::chrono::minutes>(span).count();
  const auto hours = floor<std::chrono::hours>(span).count();
  const auto days = floor<std::chrono::days>(span).count();
  if (minutes < 1) return fmt::format("{} s", span.count());
  if (hours < 1) return fmt::format("{} min", minutes);
  if (days >= 2) return fmt::format("{} days", days);
  return minutes % 60 == 0 ? fmt::format("{} h", hours) : fmt::format("{} h {} min", hours, minutes % 60);
}

std::string date_text(rules::SysSeconds when, const date::time_zone& zone) {
  const auto at = civil(when, zone);
  return fmt::format("{} {} {} {}", day_name(at.weekday), static_cast<unsigned>(at.date.day()),
                     month_name(at.date.month()), static_cast<int>(at.date.year()));
}

std::string short_date_text(rules::SysSeconds when, const date::time_zone& zone) {
  const auto at = civil(when, zone);
  return fmt::format("{} {}", static_cast<unsigned>(at.date.day()), month_name(at.date.month()));
}

std::string moment_text(rules::SysSeconds when, const date::time_zone& zone) {
  const auto at = civil(when, zone);
  return fmt::format("{} {} {}, {:02}:{:02}", day_name(at.weekday), static_cast<unsigned>(at.date.day()),
                     month_name(at.date.month()), at.clock.hours().count(), at.clock.minutes().count());
}

std::string clock_text(rules::SysSeconds when, const date::time_zone& zone) {
  const auto at = civil(when, zone);
  return fmt::format("{:02}:{:02}:{:02}", at.clock.hours().count(), at.clock.minutes().count(),
                     at.clock.seconds().count());
}

}  // namespace breakwater::reports
