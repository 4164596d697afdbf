#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace breakwater::cli {

/// A site that a lesson needs, as it is to be judged.
struct LessonSite {
  std::string target;           ///< a line of a list, or the host of a HAR file's requests
  std::uint64_t requests = 0;   ///< of a HAR file
  std::vector<std::string> as;  ///< of a HAR file, what its requests fetched: "document", "image", "script", ...
};

inline constexpr std::size_t kMaxLessonBytes = 64u << 20;
inline constexpr std::size_t kMaxHarDepth = 64;
inline constexpr std::size_t kMaxLessonSites = 10'000;

/// Sites one a line ("#" begins a comment), or a HAR 1.2 file, told by its opening brace: the host of every request
/// once, in the order of their first requests. nullopt: `error` says why, in a phrase.
std::optional<std::vector<LessonSite>> read_lesson(std::istream& stream, std::string& error);

}  // namespace breakwater::cli
