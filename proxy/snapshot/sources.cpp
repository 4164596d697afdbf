#include "proxy/snapshot/sources.h"

#include <cstdlib>

#include "categories/archive.h"
#include "categories/part_cache.h"
#include "categories/sha256.h"
#include "proxy/feeds/feed_store.h"
#include "proxy/lists/locked_list.h"

namespace breakwater::snapshot {
namespace {

namespace fs = std::filesystem;
using categories::Diagnostics;
using categories::Severity;

void warn(Diagnostics& diagnostics, const fs::path& file, std::string message) {
  diagnostics.push_back({Severity::warning, file.string(), 0, 0, std::move(message)});
}

}  // namespace

LocalSources::LocalSources(const rules::PolicyFile& policy, const fs::path& state_folder, const lists::ListState* state,
                           const std::map<std::string, fs::path>& staged, rules::SysSeconds now,
                           Diagnostics& diagnostics)
    : sources_(policy.sources()) {
  if (!state_folder.empty()) unpacked_ = state_folder / "lists" / "unpacked";
  find_downloads(policy, state_folder, staged, diagnostics);
  std::erase_if(sources_.all, [&](categories::Source& source) {
    return source.role == categories::ListRole::feed && categories::is_archive(source.path) &&
           !unpack(source, diagnostics);
  });
  if (state) find_locked(policy, *state, now, diagnostics);
}

LocalSources::~LocalSources() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void LocalSources::find_downloads(const rules::PolicyFile& policy, const fs::path& state_folder,
                                  const std::map<std::string, fs::path>& staged, Diagnostics& diagnostics) {
  std::vector<categories::Source> found;
  const auto& feeds = policy.feeds();
  for (std::size_t i = 0; i < sources_.all.size(); ++i) {
    auto& source = sources_.all[i];
    if (i < feeds.size() && feeds[i].download) {
      const auto waiting = staged.find(source.name);
      if (waiting != staged.end())
        source.path = waiting->second;
      else if (!state_folder.empty())
        source.path = feeds::current_lists(state_folder / "feeds", source.name);
      std::error_code ignored;
      if (source.path.empty() || !fs::exists(source.path, ignored)) {
        warn(diagnostics, {}, "the feed \"" + source.name + "\" has not been downloaded so far: nothing of it counts");
        continue;
      }
    }
    found.push_back(std::move(source));
  }
  sources_.all = std::move(found);
}

/// An archive that did not change since is not unpacked again.
bool LocalSources::unpack(categories::Source& source, Diagnostics& diagnostics) {
  if (unpacked_.empty()) {
    auto name = (fs::temp_directory_path() / "breakwater-lists-XXXXXX").string();
    if (!::mkdtemp(name.data())) {
      diagnostics.push_back({Severity::error, name, 0, 0, "there is no folder to unpack archives in"});
      return false;
    }
    temporary_ = unpacked_ = name;
  }
  inputs_.push_back(source.path);
  categories::Sha256 sum;
  sum.update(source.path.string() + '\n' + categories::PartCache::stamp(source.path));
  const auto into = unpacked_ / source.name / sum.hex();
  std::error_code error;
  if (!fs::is_directory(into, error)) {
    fs::remove_all(unpacked_ / source.name, error);
    fs::create_directories(unpacked_ / source.name, error);
    if (const auto failed = categories::unpack_archive(source.path, into, {}, diagnostics)) {
      diagnostics.push_back({Severity::error, source.path.string(), 0, 0, "cannot be unpacked: " + *failed});
      return false;
    }
  }
  source.path = into;
  return true;
}

void LocalSources::find_locked(const rules::PolicyFile& policy, const lists::ListState& state, rules::SysSeconds now,
                               Diagnostics& diagnostics) {
  if (!policy.locked().empty()) inputs_.push_back(state.locked_folder());
  for (const auto& slot : policy.locked()) {
    const auto part = state.locked(slot.name);
    const auto age = lists::age_of_locked(part, now);
    if (!age) {
      warn(diagnostics, part, "the locked list \"" + slot.name + "\" is absent: nothing of it is blocked");
      continue;
    }
    if (*age > slot.max_age)
      warn(diagnostics, part,
           "the locked list \"" + slot.name +
               "\" is stale: " + std::to_string(std::chrono::floor<std::chrono::hours>(*age).count()) + " hours old");
    locked_.push_back({slot.name, slot.category, part});
  }
}

}  // namespace breakwater::snapshot
