#include "proxy/identity/csv_reader.h"

namespace breakwater::identity {

CsvReader::CsvReader(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

char CsvReader::take() {
  const char c = text_.front();
  text_.remove_prefix(1);
  if (c == '\n')
    place_ = {place_.line + 1, 1};
  else if (text_.empty() || (static_cast<std::uint8_t>(text_.front()) & 0xC0) != 0x80)
    ++place_.column;  // columns count characters, not bytes
  return c;
}

bool CsvReader::fail(rules::Place place, std::string message) {
  error_ = rules::Text{std::move(message), place};
  text_ = {};
  return false;
}

std::optional<std::vector<rules::Text>> CsvReader::next() {
  while (!text_.empty() && at_end())
    take();
  if (text_.empty()) return std::nullopt;
  std::vector<rules::Text> row;
  for (;;) {
    auto& cell = row.emplace_back();
    cell.place = place_;
    if (row.size() > kMaxFields) {
      fail(place_, "more than " + std::to_string(kMaxFields) + " fields");
      return std::nullopt;
    }
    if (!(peek() == '"' ? quoted(cell) : field(cell))) return std::nullopt;
    if (at_end()) return row;
    take();  // the comma
  }
}

bool CsvReader::field(rules::Text& out) {
  while (!at_end() && peek() != ',') {
    if (peek() == '"') return fail(place_, "a quote within a field that does not begin with one");
    if (out.value.size() == kMaxFieldBytes) return fail(out.place, "a field of more than 1024 bytes");
    out.value += take();
  }
  return true;
}

bool CsvReader::quoted(rules::Text& out) {
  take();
  for (;;) {
    if (text_.empty()) return fail(out.place, "a quote that never ends");
    const char c = take();
    if (c == '"') {
      if (peek() != '"' || text_.empty()) break;
      take();
    }
    if (out.value.size() == kMaxFieldBytes) return fail(out.place, "a field of more than 1024 bytes");
    out.value += c;
  }
  if (!at_end() && peek() != ',') return fail(place_, "text behind the quote that ends a field");
  return true;
}

}  // namespace breakwater::identity
