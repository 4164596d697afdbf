#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// What a backup is made of. Internal to this folder.
namespace breakwater::backup {

inline constexpr std::string_view kManifest = "manifest.json";
inline constexpr std::string_view kRecords = "attempts.db";
inline constexpr std::size_t kMaxFiles = 4096;
inline constexpr std::size_t kMaxManifest = 1 << 20;

struct File {
  std::uint64_t size = 0;
  std::string sha256;
};
/// By their names below the state directory.
using Manifest = std::map<std::string, File, std::less<>>;

/// May this name be in a backup? The one list of what is kept: see contents.cpp.
bool is_kept(std::string_view name);

/// Writes it in JSON; reads it, and is nullopt where it is none, or names what is not kept.
std::string to_json(const Manifest& manifest);
std::optional<Manifest> parse_manifest(std::string_view text);

/// Size and digest of a file; nullopt: it cannot be read.
std::optional<File> measure(const std::filesystem::path& file);

}  // namespace breakwater::backup
