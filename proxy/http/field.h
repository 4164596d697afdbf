#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/head.h"
#include "proxy/wire/byte_set.h"

/// What the head parsers, the head writers and the chunked decoder share: bytes, names, lists and field lines.
namespace breakwater::http {

using wire::ByteSet;

/// SP and HTAB, the OWS of RFC 9110 5.6.3.
inline constexpr ByteSet kBlank = ByteSet::of([](unsigned char c) { return c == ' ' || c == '\t'; });
/// tchar, RFC 9110 5.6.2.
inline constexpr ByteSet kTokenBytes = ByteSet::of([](unsigned char c) {
  const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return alphanumeric ||
         (c != 0 && std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string_view::npos);
});
/// field-vchar, SP and HTAB, RFC 9110 5.5; obs-text passes.
inline constexpr ByteSet kFieldBytes =
    ByteSet::of([](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });

inline bool is_token(std::string_view text) {
  return !text.empty() && kTokenBytes.contains_all(text);
}

/// ASCII case is ignored.
bool equals_caseless(std::string_view a, std::string_view b);
bool starts_with_caseless(std::string_view text, std::string_view prefix);
std::string_view trim_blanks(std::string_view text);

FieldId find_field_id(std::string_view name);

/// Fields of one hop (RFC 9110 7.6.1) and those that the writers make anew: never copied from one side to the other.
bool is_hop_by_hop(FieldId id);

/// May this element of an Upgrade field be passed on? Not h2c, HTTP/2.0 or TLS (RFC 9110 7.8): they would hide later
/// requests.
bool is_offered_upgrade(std::string_view protocol);

/// Calls `visit` with each element of a comma-separated list, trimmed, empty ones skipped (RFC 9110 5.6.1.2).
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto element = trim_blanks(list.substr(0, comma));
    if (!element.empty()) visit(element);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

/// Takes a head off the front of its bytes, piece by piece. It never looks past them: the end is an answer of its own.
class HeadReader {
 public:
  explicit HeadReader(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.front(); }
  void skip() { rest_.remove_prefix(1); }
  std::size_t consumed() const { return size_ - rest_.size(); }

  /// The longest run of bytes of `set`, perhaps empty.
  std::string_view take_while(const ByteSet& set) {
    const auto run = rest_.substr(0, set.run_length(rest_));
    rest_.remove_prefix(run.size());
    return run;
  }

  /// CRLF is `done`, a byte that is not part of it `error`, and then nothing is taken.
  HeadStatus take_line_end() {
    constexpr std::string_view kLineEnd = "\r\n";
    const auto next = rest_.substr(0, kLineEnd.size());
    if (!kLineEnd.starts_with(next)) return HeadStatus::error;
    if (next.size() < kLineEnd.size()) return HeadStatus::need_more;
    rest_.remove_prefix(kLineEnd.size());
    return HeadStatus::done;
  }

  /// After take_line_end() gave `error`: the fault is a bare CR or LF, or else what the caller says.
  HeadError line_error(HeadError other) const {
    return peek() == '\r' || peek() == '\n' ? HeadError::bad_line_ending : other;
  }

 private:
  std::string_view rest_;
  std::size_t size_;
};

/// White space between a field name and the colon: requests are refused, responses repaired (RFC 9112 5.1).
enum class SpaceBeforeColon : std::uint8_t { refused, removed };

/// Reads one field line with its line end.
HeadStatus read_field(HeadReader& in, SpaceBeforeColon space, Field& out, HeadError& error);

/// Reads field lines and the blank line after them. `judge(field)` gives an optional HeadError for each, so that a
/// fault shows as soon as its line is there. Connection may not name more fields than a head may have: each is looked
/// for in each.
template <class Judge>
HeadStatus read_fields(HeadReader& in, SpaceBeforeColon space, std::size_t limit, Fields& out, HeadError& error,
                       Judge judge) {
  std::size_t named = 0;
  for (;;) {
    if (const auto blank = in.take_line_end(); blank != HeadStatus::error) return blank;
    Field field;
    if (const auto status = read_field(in, space, field, error); status != HeadStatus::done) return status;
    if (field.id == FieldId::connection) for_each_element(field.value, [&named](std::string_view) { ++named; });
    if (out.size() == limit || named > limit) {
      error = HeadError::too_many_fields;
      return HeadStatus::error;
    }
    out.push_back(field);
    if (const auto fault = judge(field)) {
      error = *fault;
      return HeadStatus::error;
    }
  }
}

}  // namespace breakwater::http
