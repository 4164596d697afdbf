#include <algorithm>
#include <array>
#include <charconv>

#include "proxy/telemetry/access_log.h"
#include "proxy/telemetry/time_text.h"
#include "proxy/wire/utf8.h"

namespace breakwater::telemetry {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

constexpr auto kPlain =
    wire::ByteSet::of([](unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

/// In `width` digits at least.
void append_padded(std::string& out, std::uint64_t value, std::size_t width) {
  std::uint64_t power = 1;
  for (std::size_t i = 1; i < width; ++i)
    power *= 10;
  for (; power > 1 && value < power; power /= 10)
    out += '0';
  append_number(out, value);
}

void append_escaped_byte(std::string& out, std::uint8_t byte) {
  out += "\\u00";
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
}

/// One character that is not plain; `sequence` is empty where the byte begins no UTF-8.
void append_special(std::string& out, std::string_view sequence) {
  if (sequence.empty()) {
    out += "\\ufffd";
  } else if (sequence == "\"" || sequence == "\\") {
    out += '\\';
    out += sequence;
  } else if (sequence.size() == 1) {
    append_escaped_byte(out, static_cast<std::uint8_t>(sequence.front()));
  } else if (sequence.size() == 2 && sequence >= "\xC2\x80" && sequence <= "\xC2\x9F") {
    append_escaped_byte(out, static_cast<std::uint8_t>(sequence.back()));
  } else if (sequence == "\xE2\x80\xA8" || sequence == "\xE2\x80\xA9") {
    out += sequence.back() == '\xA8' ? "\\u2028" : "\\u2029";
  } else {
    out += sequence;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto run = kPlain.run_length(text);
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const std::size_t length = wire::utf8_length(text);
    append_special(out, text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

void append_value(std::string& out, std::string_view text) {
  out += '"';
  if (text.size() <= kMaxFieldBytes) {
    append_escaped(out, text);
  } else {
    append_escaped(out, wire::utf8_prefix(text, kMaxFieldBytes - wire::kCutMarker.size()));
    append_escaped(out, wire::kCutMarker);
  }
  out += '"';
}

/// `key` with its comma, quotes and colon. Nothing for an empty value.
void append_field(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += key;
  append_value(out, value);
}

void append_field(std::string& out, std::string_view key, std::uint64_t value) {
  if (value == 0) return;
  out += key;
  append_number(out, value);
}

/// Milliseconds with the decimals that are needed, three at most.
void append_duration(std::string& out, std::chrono::microseconds duration) {
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  append_number(out, microseconds / 1000);
  if (microseconds % 1000 == 0) return;
  out += '.';
  append_padded(out, microseconds % 1000, 3);
  while (out.back() == '0')
    out.pop_back();
}

void append_field(std::string& out, std::string_view key, std::chrono::microseconds duration) {
  if (duration.count() <= 0) return;
  out += key;
  append_duration(out, duration);
}

/// "2026-11-23T10:00:00", kept from call to call, for a busy second asks thousands of times.
std::string_view formatted_second(std::chrono::sys_seconds second) {
  thread_local std::chrono::sys_seconds last = std::chrono::sys_seconds::max();
  thread_local std::string text;
  if (second == last) return text;
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  const auto part = [](auto value, std::size_t width, std::string_view after) {
    append_padded(text, static_cast<std::uint64_t>(value), width);
    text += after;
  };
  text.clear();
  part(std::max(static_cast<int>(date.year()), 0), 4, "-");
  part(static_cast<unsigned>(date.month()), 2, "-");
  part(static_cast<unsigned>(date.day()), 2, "T");
  part(clock.hours().count(), 2, ":");
  part(clock.minutes().count(), 2, ":");
  part(clock.seconds().count(), 2, "");
  last = second;
  return text;
}

}  // namespace

std::string time_text(SysMilliseconds time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::string out(formatted_second(second));
  out += '.';
  append_padded(out, static_cast<std::uint64_t>((time - second).count()), 3);
  return out += 'Z';
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_json(std::string& out, const AccessRecord& record) {
  const auto second = std::chrono::floor<std::chrono::seconds>(record.time);
  out += R"({"time":")";
  out += formatted_second(second);
  out += '.';
  append_padded(out, static_cast<std::uint64_t>((record.time - second).count()), 3);
  out += R"(Z")";
  append_field(out, R"(,"id":)", record.id);
  append_field(out, R"(,"client":)", record.client);
  append_field(out, R"(,"group":)", record.group);
  append_field(out, R"(,"user":)", record.user);
  append_field(out, R"(,"method":)", record.method);
  append_field(out, R"(,"scheme":)", record.scheme);
  append_field(out, R"(,"door":)", record.door);
  append_field(out, R"(,"host":)", record.host);
  append_field(out, R"(,"dialled":)", record.dialled);
  append_field(out, R"(,"port":)", record.port);
  append_field(out, R"(,"url":)", record.url);
  append_field(out, R"(,"search":)", record.search);
  append_field(out, R"(,"sni":)", record.sni);
  append_field(out, R"(,"alpn":)", record.alpn);
  append_field(out, R"(,"ech":)", record.ech);
  append_field(out, R"(,"action":)", record.action);
  append_field(out, R"(,"reason":)", record.reason);
  append_field(out, R"(,"detail":)", record.detail);
  out += R"(,"categories":[)";
  for (std::size_t i = 0; i < record.categories.size(); ++i) {
    if (i > 0) out += ',';
    append_value(out, record.categories[i]);
  }
  out += ']';
  append_field(out, R"(,"list":)", record.list);
  append_field(out, R"(,"line":)", record.line);
  append_field(out, R"(,"rule":)", record.rule);
  append_field(out, R"(,"pass":)", record.pass);
  append_field(out, R"(,"quota":)", record.quota);
  append_field(out, R"(,"period":)", record.period);
  append_field(out, R"(,"status":)", record.status);
  out += R"(,"bytes_up":)";
  append_number(out, record.bytes_up);
  out += R"(,"bytes_down":)";
  append_number(out, record.bytes_down);
  append_field(out, R"(,"ms_head":)", record.ms_head);
  append_field(out, R"(,"ms_connect":)", record.ms_connect);
  out += R"(,"ms_total":)";
  append_duration(out, record.ms_total);
  append_field(out, R"(,"end":)", record.end);
  out += '}';
}

}  // namespace breakwater::telemetry
