#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace breakwater::categories {

enum class Severity : std::uint8_t { warning, error };

/// One thing wrong with a file that a person wrote. Lines and columns count from 1; 0 means "the file as a whole".
struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;  ///< in bytes
  std::string message;
};

using Diagnostics = std::vector<Diagnostic>;

/// As many of one list's (or archive's) mistakes are told one by one.
inline constexpr std::size_t kKeptPerList = 20;

/// "file:line:column: error: message"; line and column are left out where they are 0.
std::string to_string(const Diagnostic& diagnostic);

bool has_errors(const Diagnostics& diagnostics);

/// The candidate nearest to `word` (edit distance at most 2, and less than half of its length), or "".
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace breakwater::categories
