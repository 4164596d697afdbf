#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "categories/entry_sink.h"

namespace breakwater::categories {

/// Reads a list of one format, line by line.
class LineReader {
 public:
  virtual ~LineReader() = default;
  /// `text` is without its end; it may hold any bytes. Lines count from 1.
  virtual void line(std::string_view text, std::uint32_t number) = 0;
  /// The list has ended.
  virtual void finish() {}
};

}  // namespace breakwater::categories
