#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rules/engine.h"

namespace breakwater::app {

/// How many requests of one worker each list decided. Lists keep their number over reloads, by their names.
class ListHits {
 public:
  /// From now on numbers of lists are those of this snapshot. On the worker's thread, as add().
  void use(const std::shared_ptr<const rules::Snapshot>& snapshot);
  /// Of another snapshot, which a request pinned over a reload, nothing is counted.
  void add(const rules::Snapshot& snapshot, categories::ListId list) {
    if (&snapshot == snapshot_.get()) by_id_[list]->fetch_add(1, std::memory_order_relaxed);
  }
  /// From any thread.
  void add_to(std::map<std::string, std::uint64_t>& sums) const;

 private:
  using Number = std::atomic<std::uint64_t>;
  std::shared_ptr<const rules::Snapshot> snapshot_;
  std::vector<Number*> by_id_;
  mutable std::mutex mutex_;  ///< of the map's structure
  std::map<std::string, std::unique_ptr<Number>> by_name_;
};

}  // namespace breakwater::app
