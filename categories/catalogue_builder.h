#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/catalogue.h"
#include "categories/diagnostic.h"
#include "categories/list_format.h"
#include "categories/siphash.h"

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

/// A locked list: a Part that holds nothing but hashes.
struct LockedList {
  std::string name;
  std::string category;
  std::filesystem::path part;
};

/// A list of which another version than the one on disk is to be taken, as long as the one on disk is `instead_of`.
struct HeldList {
  std::string instead_of;  ///< digest; "": the list is not on disk
  std::string use;         ///< digest of a part in the cache; "": the list is left out
  std::string category;    ///< of a list that is not on disk
  ListRole role = ListRole::feed;
};

struct BuildOptions {
  std::optional<SipKey> key;                     ///< none: a fresh one
  std::filesystem::path cache;                   ///< folder of parts and pattern databases; empty: nothing is kept
  std::optional<std::chrono::sys_days> today{};  ///< entries of a day before it are left out; none: no entry is
  std::vector<LockedList> locked{};
  std::map<std::string, HeldList, std::less<>> held{};  ///< by the list's name
};

/// Where a list came from.
struct ListOrigin {
  std::filesystem::path file;  ///< empty: not from a file on disk
  std::string digest;          ///< of its part
  std::string on_disk;         ///< digest of what is on disk, where another version is held
};

struct SharedSuffix {
  ListId list = 0;
  std::uint32_t line = 0;
  std::string host;
};

struct BuildReport {
  std::vector<ListInfo> lists;                ///< how many entries they have is known after compile()
  std::vector<ListOrigin> origins;            ///< of `lists`
  Diagnostics diagnostics;                    ///< per list the first kKeptPerList and one line that counts the rest
  std::vector<std::filesystem::path> inputs;  ///< every file and folder read, to be watched
  std::vector<SharedSuffix> shared_suffixes;  ///< entries that cover the sites of many
  std::vector<std::string> cache_files;       ///< what of the cache was used
  std::optional<std::chrono::sys_days> changes_on;  ///< the first day on which an entry that holds now will not
};

/// Makes the image of a catalogue from lists. What did not change since it was last built with the same cache is not
/// read, and its patterns are not compiled, again.
class CatalogueBuilder {
 public:
  /// `sources` must outlive the builder.
  CatalogueBuilder(const Sources& sources, BuildOptions options);
  ~CatalogueBuilder();

  /// Finds and reads the lists. An unreadable source or a refused file is an error in the report; a bad line is a
  /// warning and costs only itself. False: there was an error.
  bool read(BuildReport& report);

  /// After read(): a hash of all that the image depends on.
  std::uint64_t fingerprint() const;

  /// After read(): the image. A feed without a single entry is an error and gives none; a list kept by hand that is
  /// empty is a warning.
  std::optional<std::vector<std::uint8_t>> compile(BuildReport& report);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// All of it at once, with nothing kept.
std::optional<std::vector<std::uint8_t>> build_catalogue(const Sources& sources, BuildReport& report);

}  // namespace breakwater::categories
