#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/deploy/site.h"
#include "rules/policy.h"

namespace breakwater::deploy {

/// A file to be written, by its name in the folder.
struct TextFile {
  std::string name;
  std::string text;
};

/// Configuration for Unbound 1.17 as files in `folder`, to be included by breakwater.conf: it serves the networks of
/// the policy's groups, leads search engines to their safe names (an RPZ for each level that a group is held to),
/// answers canary names as absent and HTTPS records as empty, refuses private addresses of outside names. `blocking` is
/// a zone of `lists export --rpz` to be loaded as well; empty: none.
std::vector<TextFile> unbound_files(const Site& site, const rules::Policy& policy, const std::filesystem::path& folder,
                                    const std::filesystem::path& blocking);

}  // namespace breakwater::deploy
