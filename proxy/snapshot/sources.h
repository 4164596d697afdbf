#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proxy/lists/list_state.h"
#include "rules/policy_file.h"

namespace breakwater::snapshot {

/// Where the lists of a policy are on this machine: feeds that come by URL, archives that are unpacked first, locked
/// lists. Owns the folder of what it unpacked without a state directory, so it must live until the lists were read.
class LocalSources {
 public:
  /// `state` may be nullptr. What is missing is a warning in `diagnostics`; an archive that cannot be unpacked is an
  /// error.
  LocalSources(const rules::PolicyFile& policy, const std::filesystem::path& state_folder,
               const lists::ListState* state, const std::map<std::string, std::filesystem::path>& staged,
               rules::SysSeconds now, categories::Diagnostics& diagnostics);
  ~LocalSources();
  LocalSources(const LocalSources&) = delete;
  LocalSources& operator=(const LocalSources&) = delete;

  const categories::Sources& sources() const { return sources_; }
  const std::vector<categories::LockedList>& locked() const { return locked_; }
  /// Archives and locked lists, to be watched beside what is read.
  const std::vector<std::filesystem::path>& inputs() const { return inputs_; }

 private:
  void find_downloads(const rules::PolicyFile& policy, const std::filesystem::path& state_folder,
                      const std::map<std::string, std::filesystem::path>& staged, categories::Diagnostics& diagnostics);
  bool unpack(categories::Source& source, categories::Diagnostics& diagnostics);
  void find_locked(const rules::PolicyFile& policy, const lists::ListState& state, rules::SysSeconds now,
                   categories::Diagnostics& diagnostics);

  categories::Sources sources_;
  std::vector<categories::LockedList> locked_;
  std::vector<std::filesystem::path> inputs_;
  std::filesystem::path unpacked_;   ///< folder
  std::filesystem::path temporary_;  ///< to be removed; empty: none
};

}  // namespace breakwater::snapshot
