#pragma once

#include <string>
#include <string_view>

#include "categories/entry_parser.h"

namespace breakwater::categories {

/// Longer lines are passed over whole and reported.
inline constexpr std::size_t kMaxLine = 8192;

/// Turns the bytes of a list file, fed in pieces of any size, into entries. A byte-order mark, CRLF and a missing last
/// line end are taken in silence. What is no text at all is refused: see refusal().
class ListReader {
 public:
  ListReader(ListFormat format, EntrySink& sink) : format_(format), sink_(sink) {}
  void feed(std::string_view bytes);
  void finish();
  /// Why the whole file is refused, or "". Told by its first 4 KiB; once it is set, nothing more is read.
  std::string_view refusal() const { return refusal_; }
  /// How the list is written. Where that was `automatic`: what the head says, as soon as it has been read.
  ListFormat format() const { return format_; }

 private:
  void begin();
  void lines(std::string_view bytes);
  void line(std::string_view text);

  ListFormat format_;
  EntrySink& sink_;
  std::string pending_;  ///< the head of the file until it is judged, then the line that is not complete
  enum class State : std::uint8_t { head, lines, long_line } state_ = State::head;
  std::uint32_t number_ = 1;
  std::string_view refusal_;
};

}  // namespace breakwater::categories
