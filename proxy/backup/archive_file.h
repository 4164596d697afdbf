#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "proxy/backup/contents.h"

/// Tar files by libarchive. Internal to this folder.
namespace breakwater::backup {

/// The manifest first, then its files as they are in `folder`, into a new file (0600) that is on disk when this
/// returns. Returns what went wrong.
std::optional<std::string> write_archive(const std::filesystem::path& out, const std::filesystem::path& folder,
                                         const Manifest& manifest);

/// Unpacks what the manifest at its front names into `folder`, and nothing else. nullopt: `error` says why; then
/// `folder` may hold some of it. The caller compares with the manifest.
std::optional<Manifest> read_archive(const std::filesystem::path& file, const std::filesystem::path& folder,
                                     std::string& error);

}  // namespace breakwater::backup
