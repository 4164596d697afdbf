#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/diagnostic_sink.h"

namespace breakwater::identity {

/// Rows of comma-separated values (RFC 4180): fields in quotes may hold commas, quotes (doubled) and line ends. Lines
/// end in LF or CRLF, the last one need not; a byte-order mark is taken; empty lines are no rows.
class CsvReader {
 public:
  static constexpr std::size_t kMaxFields = 64;
  static constexpr std::size_t kMaxFieldBytes = 1024;

  /// `text` must outlive the reader.
  explicit CsvReader(std::string_view text);

  /// The next row with the place of each field; nullopt at the end, or where error() says what is wrong: what follows a
  /// mistake of quotes has no sure meaning.
  std::optional<std::vector<rules::Text>> next();
  const std::optional<rules::Text>& error() const { return error_; }

 private:
  bool field(rules::Text& out);
  bool quoted(rules::Text& out);
  bool fail(rules::Place place, std::string message);
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  char take();
  /// At the end of a line or of the text.
  bool at_end() const { return text_.empty() || text_.front() == '\n' || text_.starts_with("\r\n"); }

  std::string_view text_;
  rules::Place place_{1, 1};
  std::optional<rules::Text> error_;
};

}  // namespace breakwater::identity
