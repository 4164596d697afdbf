#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "categories/line_reader.h"
#include "categories/list_format.h"

namespace breakwater::categories {

/// Longer lines are passed over whole and reported.
inline constexpr std::size_t kMaxLine = 8192;

/// Turns the bytes of a list file, fed in pieces of any size, into entries. UTF-8 with or without a byte-order mark,
/// CRLF and a missing last line end are taken in silence. What is no text at all is refused: see refusal().
class ListReader {
 public:
  /// `file_name`, without folders, helps to tell the format and, of e2guardian's lists, what they hold.
  ListReader(ListFormat format, EntrySink& sink, std::string_view file_name = {})
      : format_(format), sink_(sink), file_name_(file_name) {}
  void feed(std::string_view bytes);
  void finish();
  /// Why the whole file is refused, or "". Told by its first 4 KiB; once it is set, nothing more is read.
  std::string_view refusal() const { return refusal_; }
  /// How the list is written. Where that was `automatic`: what the head says, as soon as it has been read.
  ListFormat format() const { return format_; }

 private:
  void begin();
  void choose_reader(std::string_view head);
  void lines(std::string_view bytes);

  ListFormat format_;
  EntrySink& sink_;
  std::string file_name_;
  std::unique_ptr<LineReader> reader_;
  std::string pending_;  ///< the head of the file until it is judged, then the line that is not complete
  enum class State : std::uint8_t { head, lines, long_line } state_ = State::head;
  std::uint32_t number_ = 1;
  std::string_view refusal_;
};

}  // namespace breakwater::categories
