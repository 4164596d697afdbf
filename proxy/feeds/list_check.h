#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace breakwater::feeds {

/// What a server sent instead of a list, with status 200: nothing at all, a page, an error as JSON. Told by the first
/// 4 KiB; an archive passes. Whether the lines make sense is for the catalogue to say.
std::optional<std::string> looks_like_no_list(const std::filesystem::path& file);

}  // namespace breakwater::feeds
