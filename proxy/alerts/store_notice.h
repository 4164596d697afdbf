#pragma once

#include <cstdint>
#include <string>

#include "proxy/alerts/notice.h"

namespace breakwater::alerts {

/// Something is wrong with where attempts are recorded.
struct StoreTrouble {
  enum class What : std::uint8_t {
    little_room,  ///< on the disk of the state directory: IT is told
    fails,        ///< attempts cannot be recorded: the lead is told too
  };
  What what = What::little_room;
  safeguarding::Milliseconds since{};
  std::uint64_t left = 0;     ///< MiB on that disk
  std::uint64_t waiting = 0;  ///< attempts in memory
};

Notice store_notice(const StoreTrouble& trouble, const Scene& scene);

}  // namespace breakwater::alerts
