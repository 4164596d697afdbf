#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace breakwater::lists {

/// How many requests each list decided since the gateway started, as it last wrote it: STATE/lists/hits.
struct Hits {
  std::chrono::sys_seconds since;
  std::map<std::string, std::uint64_t> by_list;
};

std::optional<Hits> read_hits(const std::filesystem::path& state);
/// False: it could not be written.
bool write_hits(const std::filesystem::path& state, const Hits& hits);

}  // namespace breakwater::lists
