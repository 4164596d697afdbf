#include "proxy/snapshot/list_changes.h"

#include <algorithm>

namespace breakwater::snapshot {
namespace {

using categories::ListRole;
using lists::Version;
using lists::VersionList;

void compare(const VersionList& before, const categories::PartCache& cache, VersionList& list) {
  if (before.digest == list.digest) {
    list.added = before.added;
    list.removed = before.removed;
    list.changed = before.changed;
    return;
  }
  const auto old_part = cache.find(before.digest);
  const auto new_part = cache.find(list.digest);
  if (!old_part || !new_part) return;
  const auto difference = categories::compare(*old_part, *new_part);
  if (!difference) return;
  list.added = difference->added;
  list.removed = difference->removed;
}

}  // namespace

std::vector<VersionList> describe_lists(const categories::BuildReport& report, const categories::CategoryTable& table,
                                        const Version* before, const categories::PartCache& cache,
                                        rules::SysSeconds now) {
  std::vector<VersionList> lists;
  for (std::size_t i = 0; i < report.lists.size(); ++i) {
    const auto& info = report.lists[i];
    const auto& origin = report.origins[i];
    const bool has_category = info.role != ListRole::allow && info.role != ListRole::exception;
    VersionList list{info.name,
                     has_category ? std::string{table.name(info.category)} : "",
                     info.role,
                     info.format,
                     origin.digest,
                     origin.on_disk,
                     info.entries,
                     info.rejected,
                     info.skipped,
                     info.expired,
                     info.entries,
                     0,
                     now};
    if (const auto* known = before ? before->find(info.name) : nullptr) compare(*known, cache, list);
    lists.push_back(std::move(list));
  }
  return lists;
}

std::vector<rules::ListChange> feed_changes(const Version* before, const Version& after,
                                            const std::vector<rules::Feed>& feeds) {
  std::vector<rules::ListChange> changes;
  if (!before) return changes;
  for (const auto& list : before->lists) {
    const auto feed = std::ranges::find(feeds, list.name.substr(0, list.name.find('/')), &rules::Feed::name);
    if (list.role != ListRole::feed || feed == feeds.end()) continue;
    const auto* now = after.find(list.name);
    changes.push_back({list.name, list.entries, now ? now->entries : 0, feed->limits});
  }
  return changes;
}

std::vector<rules::NewSharedSuffix> new_shared_suffixes(const categories::BuildReport& report,
                                                        const categories::CategoryTable& table, const Version* before,
                                                        const Version& after, const categories::PartCache& cache) {
  std::vector<rules::NewSharedSuffix> suffixes;
  if (!before) return suffixes;
  for (const auto& suffix : report.shared_suffixes) {
    const auto& info = report.lists[suffix.list];
    const auto* old = before->find(info.name);
    if (info.role != ListRole::feed || !old || old->digest == after.lists[suffix.list].digest) continue;
    const auto part = cache.find(old->digest);
    const bool known =
        !part || std::ranges::any_of(part->shared_suffixes(), [&](const auto& one) { return one.host == suffix.host; });
    if (!known)
      suffixes.push_back(
          {suffix.host, std::string{table.name(info.category)}, info.name + ':' + std::to_string(suffix.line)});
  }
  return suffixes;
}

}  // namespace breakwater::snapshot
