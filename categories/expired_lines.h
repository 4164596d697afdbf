#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "categories/target.h"

namespace breakwater::categories {

/// Lines of a list whose entries hold no more.
class ExpiredLines {
 public:
  ExpiredLines() = default;
  /// `lines` are sorted.
  explicit ExpiredLines(std::vector<std::uint32_t> lines) : lines_(std::move(lines)) {}
  /// Whether what stands in this line counts; it may carry kExceptLine.
  bool holds(std::uint32_t line) const {
    return lines_.empty() || !std::binary_search(lines_.begin(), lines_.end(), line & ~kExceptLine);
  }
  std::size_t size() const { return lines_.size(); }

 private:
  std::vector<std::uint32_t> lines_;
};

}  // namespace breakwater::categories
