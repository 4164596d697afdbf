#include "proxy/lists/entry_line.h"

#include <algorithm>

#include <fmt/chrono.h>

#include "categories/plain_list.h"
#include "rules/civil_time.h"

namespace breakwater::lists {
namespace {

constexpr std::size_t kMaxReason = 200;
constexpr std::string_view kUntil = "until ";
constexpr std::size_t kDate = 10;  // 2026-12-18

using categories::EntryKind;

class Recorder : public categories::EntrySink {
 public:
  void domain(const categories::Host& host, std::uint32_t) override { add("domain ", host.text()); }
  void network(const categories::Network& network, std::uint32_t) override { add("network ", network.to_string()); }
  void except(const categories::Host& host, std::uint32_t) override { add("except ", host.text()); }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t) override {
    add(kind == EntryKind::url ? "url " : kind == EntryKind::keyword ? "keyword " : "expression ", text);
  }
  void until(std::chrono::sys_days, std::uint32_t) override {}
  void include(std::string_view, std::uint32_t, std::uint32_t) override { read.refusal = "names another file"; }
  void reject(std::uint32_t, std::uint32_t, std::string message) override { read.refusal = std::move(message); }
  void skip(std::string_view what, std::uint32_t, std::uint32_t) override { read.refusal = what; }

  ReadLine read;

 private:
  void add(std::string_view kind, std::string_view text) { read.key.append(kind).append(text).append(1, '\n'); }
};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

EntryNote parse_note(std::string_view text) {
  EntryNote note;
  if (text.starts_with(kUntil)) note.until = rules::parse_date(text.substr(kUntil.size(), kDate));
  if (note.until) {
    text = trimmed(text.substr(kUntil.size() + kDate));
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  note.reason = trimmed(text);
  return note;
}

}  // namespace

ReadLine read_line(categories::ListFormat format, std::string_view line, std::string_view language) {
  Recorder recorder;
  categories::PlainList{format, recorder, language}.line(line, 1);
  return std::move(recorder.read);
}

EntryLine split_line(categories::ListFormat format, std::string_view line) {
  // An expression may hold a '#' itself.
  const auto sign = format == categories::ListFormat::expressions ? line.find(" # until ") : line.find('#');
  if (sign == std::string_view::npos) return {std::string{trimmed(line)}, {}};
  const auto note = trimmed(line.substr(sign));
  return {std::string{trimmed(line.substr(0, sign))}, parse_note(trimmed(note.substr(1)))};
}

std::string join_line(const EntryLine& line) {
  std::string text = line.entry;
  if (line.note.until || !line.note.reason.empty()) text += "  # ";
  if (line.note.until)
    text += fmt::format("until {:%F}", fmt::gmtime(line.note.until->time_since_epoch() / std::chrono::seconds{1}));
  if (line.note.until && !line.note.reason.empty()) text += ", ";
  return text + line.note.reason;
}

std::string_view refuse_reason(std::string_view reason) {
  if (reason.size() > kMaxReason) return "the reason is longer than 200 bytes";
  if (std::ranges::any_of(reason, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }))
    return "the reason has a control character";
  if (trimmed(reason).starts_with(kUntil)) return "the reason begins with \"until\": a date is given by --until";
  return {};
}

}  // namespace breakwater::lists
