#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "categories/diagnostic.h"

namespace breakwater::rules {

/// Where something stands in a file; both count from 1, the column in characters. {0, 0}: the file as a whole.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator<(Place a, Place b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); }
};

template <class T>
struct Located {
  T value;
  Place place;
};
using Text = Located<std::string>;

/// Gathers what is wrong with one file: hands over the first kKept in the order of the file, and a line that counts the
/// rest.
class DiagnosticSink {
 public:
  static constexpr std::size_t kKept = 1000;

  /// `text` is the file, from which columns are turned into bytes; it may be empty where all of it is ASCII. It must
  /// outlive the sink.
  DiagnosticSink(std::string file, std::string_view text);

  void error(Place place, std::string message) { add(categories::Severity::error, place, std::move(message)); }
  void warning(Place place, std::string message) { add(categories::Severity::warning, place, std::move(message)); }
  bool has_errors() const { return errors_; }

  /// `; did you mean "x"?` or "". Searched for only where the message will be kept, so that a million mistakes stay
  /// cheap.
  template <class Names>
  std::string did_you_mean(Place place, std::string_view word, const Names& candidates) const {
    return would_keep(place) ? nearest_of(word, {candidates.begin(), candidates.end()}) : "";
  }

  /// Appends everything to `out`; the sink is empty afterwards.
  void move_to(categories::Diagnostics& out);

 private:
  struct Entry {
    Place place;
    std::size_t number;  ///< keeps the order of what was found at one place
    categories::Severity severity;
    std::string message;
    friend bool operator<(const Entry& a, const Entry& b) {
      return std::tie(a.place, a.number) < std::tie(b.place, b.number);
    }
  };
  void add(categories::Severity severity, Place place, std::string message);
  static std::string nearest_of(std::string_view word, const std::vector<std::string_view>& candidates);
  bool would_keep(Place place) const { return heap_.size() < kKept || place < heap_.front().place; }

  std::string file_;
  std::string_view text_;
  std::vector<Entry> heap_;  ///< the furthest in front
  std::size_t count_ = 0;
  bool errors_ = false;
};

/// The text in quotes as a person may see it: control characters escaped, long text cut.
std::string in_quotes(std::string_view text);

bool has_control_character(std::string_view text);

}  // namespace breakwater::rules
