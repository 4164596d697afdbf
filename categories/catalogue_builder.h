#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "categories/catalogue.h"
#include "categories/diagnostic.h"
#include "categories/list_format.h"

namespace breakwater::categories {

/// One source of lists, as `[[lists.feed]]`, `[lists] local` or `[lists] exceptions` name it.
struct Source {
  std::string name;  ///< "ut1"; "local" and "exceptions" are reserved
  std::filesystem::path
      path;  ///< a folder of CATEGORY/{domains,urls,expressions,keywords}, a folder of plain files, or one file
  ListFormat format = ListFormat::automatic;
  std::string category;  ///< for a single file: the category its entries go to ("" = NAME/STEM)
  ListRole role = ListRole::feed;
};

struct Sources {
  std::vector<Source> all;
  std::map<std::string, std::string, std::less<>>
      map;  ///< "ut1/agressif" -> "extremism"; wins over the built-in mapping
};

struct BuildReport {
  std::vector<ListInfo> lists;
  Diagnostics diagnostics;                    ///< per list the first kKeptPerList and one line that counts the rest
  std::vector<std::filesystem::path> inputs;  ///< every file and folder read, to be watched
};

inline constexpr std::size_t kKeptPerList = 20;

/// Reads every source and returns the image of a catalogue. An unreadable source, a refused file or a feed without a
/// single entry is an error in the report and gives no image; a bad line is a warning and costs only itself, and so is
/// a list kept by hand (local, exceptions) that is empty.
std::optional<std::vector<std::uint8_t>> build_catalogue(const Sources& sources, BuildReport& report);

/// A hash of the sources' paths, sizes, modification times and the mapping: the same answer means the compiled file may
/// be reused.
std::uint64_t fingerprint(const Sources& sources);

/// Writes by temporary file, fsync and rename, so that a reader sees the old image or the new one, never a part.
bool write_image(const std::filesystem::path& file, const std::vector<std::uint8_t>& image, std::string& error);

}  // namespace breakwater::categories
