#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "categories/catalogue_builder.h"
#include "categories/entry_parser.h"

namespace breakwater::categories {

/// One file of a source, and what its entries are for.
struct ListFile {
  std::filesystem::path path;
  std::string name;      ///< as ListInfo::name
  std::string category;  ///< "" for `allow` and `exception`
  ListRole role = ListRole::feed;
  ListFormat format = ListFormat::automatic;
};

/// The files of a source, sorted. A feed is a tree of CATEGORY/{domains,urls,expressions,keywords,keywords.LANG}, where
/// CATEGORY may be PARENT/CHILD, or else a folder of plain files; lists that are kept by hand (local, exception) may
/// mix both. Below the local folder `allow/` and `recategorise/CATEGORY/` have roles of their own. Where the source's
/// format is neither automatic nor squidguard, folders are walked for files of every name: of v2fly those of `data/`
/// without an extension, of e2guardian those whose names say that they block hosts. Adds the folders it read to
/// `inputs`, and says in `diagnostics` what it cannot read or passes over.
std::vector<ListFile> find_list_files(const Source& source, const Sources& sources,
                                      std::vector<std::filesystem::path>& inputs, Diagnostics& diagnostics);

}  // namespace breakwater::categories
