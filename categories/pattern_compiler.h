#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "categories/pattern_set.h"

namespace breakwater::categories {

/// Collects patterns and writes the sections of a PatternSet. What feeds say and what is kept by hand are compiled
/// apart, so that editing a local list compiles no more than the local lists.
class PatternCompiler {
 public:
  /// An entry that no engine takes or that matches every host, and why.
  struct Refusal {
    Target target = 0;
    std::string message;
  };

  /// `cache`: a folder where compiled databases are kept by a hash of their patterns, flags and engine; empty: none.
  explicit PatternCompiler(std::filesystem::path cache = {}) : cache_(std::move(cache)) {}

  /// `text` is the beginning of a match text ("host/path") for `url`, an expression, or a keyword in its normal
  /// form.
  void add(EntryKind kind, std::string_view text, Target target, ListRole role);

  /// Counts the entries of each list. False: the whole cannot be compiled, and `error` says why. Once only.
  bool write(ImageWriter& image, std::vector<ListInfo>& lists, std::vector<Refusal>& refusals, std::string& error);

  /// Names of the files in the cache that write() used.
  const std::vector<std::string>& used() const { return used_; }

 private:
  struct Entry {
    bool operator<(const Entry& other) const;
    std::size_t group = 0;
    EntryKind kind = EntryKind::url;
    std::string text;
    Target target = 0;
  };

  std::filesystem::path cache_;
  std::vector<std::string> used_;
  std::vector<Entry> entries_;
};

}  // namespace breakwater::categories
