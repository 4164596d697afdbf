#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "categories/list_files.h"
#include "categories/part.h"

namespace breakwater::categories {

/// Parts in a folder, each in a file named after its digest, and a note of which file on disk gave which part, so that
/// a list whose size, times and inode are the same is not read again. Files that are missing or damaged are only made
/// again. One process at a time may write to a folder.
class PartCache {
 public:
  /// An empty path: nothing is kept. Parts of another key are as good as absent.
  PartCache(std::filesystem::path folder, const SipKey& key);

  /// The part that this list, as it is on disk, gave before.
  std::optional<Part> find(const ListFile& file) const;
  std::optional<Part> find(std::string_view digest) const;

  /// What a list on disk looks like from outside; taken before it is read, so that a change meanwhile shows later.
  static std::string stamp(const std::filesystem::path& file);

  /// Makes the part of `bytes`, kept where there is a folder; error: the bytes are no part. `stamp` was taken before.
  Result<Part, CatalogueError> keep(const ListFile& file, const std::string& stamp, std::vector<std::uint8_t> bytes);

  /// Removes a part that is damaged, so that it is made again.
  void drop(std::string_view digest) const;

  /// Writes the notes about `files`, and forgets all others.
  void save(const std::vector<ListFile>& files) const;

 private:
  struct Note {
    std::string digest;
    std::string stamp;
    std::vector<Part::Include> includes;
  };
  static std::string key(const ListFile& file);
  std::filesystem::path part_file(std::string_view digest) const;
  void load();

  std::filesystem::path folder_;
  SipKey key_;
  std::map<std::string, Note> notes_;
};

/// Removes from the folder of a cache every part and every pattern database whose name is not in `used`.
void prune_cache(const std::filesystem::path& folder, const std::set<std::string>& used);

}  // namespace breakwater::categories
