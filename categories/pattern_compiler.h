#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "categories/pattern_set.h"

namespace breakwater::categories {

/// Collects patterns and writes the sections of a PatternSet.
class PatternCompiler {
 public:
  /// An entry that no engine takes or that matches every host, and why.
  struct Refusal {
    Target target = 0;
    std::string message;
  };

  /// `text` is the beginning of a match text ("host/path") for `url`, an expression, or a keyword in its normal
  /// form.
  void add(EntryKind kind, std::string_view text, Target target);

  /// Counts the entries of each list. False: the whole cannot be compiled, and `error` says why. Once only.
  bool write(ImageWriter& image, std::vector<ListInfo>& lists, std::vector<Refusal>& refusals, std::string& error);

 private:
  struct Entry {
    EntryKind kind = EntryKind::url;
    std::string text;
    Target target = 0;
    bool operator<(const Entry& other) const {
      if (kind != other.kind) return kind < other.kind;
      return text != other.text ? text < other.text : target < other.target;
    }
  };
  struct Pattern {
    EntryKind kind = EntryKind::url;
    std::string text;
    std::vector<Target> targets;
  };
  struct Compiled {
    HyperscanDatabase database;
    std::string error;
  };

  static Compiled compile(std::span<const Pattern> patterns, std::size_t first_id);
  static void refuse(const Pattern& pattern, const std::string& message, std::vector<Refusal>& refusals);
  void group();
  void to_re2(Pattern& pattern, const std::string& hyperscan_error, std::vector<Refusal>& refusals);
  void screen(std::vector<Refusal>& refusals);
  Compiled compile_expressions(std::vector<Refusal>& refusals);

  std::vector<Entry> entries_;
  std::vector<Pattern> literals_;
  std::vector<Pattern> expressions_;
  std::vector<Pattern> re2_;
};

}  // namespace breakwater::categories
