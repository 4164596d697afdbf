#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace breakwater::wire {

/// A set of bytes that is asked in one table look-up.
class ByteSet {
 public:
  template <class Predicate>
  static consteval ByteSet of(Predicate contains) {
    ByteSet set;
    for (unsigned byte = 0; byte < 256; ++byte)
      set.has_[byte] = contains(static_cast<unsigned char>(byte));
    return set;
  }
  constexpr bool contains(char c) const { return has_[static_cast<unsigned char>(c)]; }
  constexpr bool contains_all(std::string_view text) const { return run_length(text) == text.size(); }
  /// How many bytes at the front of `text` belong to the set.
  constexpr std::size_t run_length(std::string_view text) const {
    const auto* const end = std::find_if_not(text.begin(), text.end(), [this](char c) { return contains(c); });
    return static_cast<std::size_t>(end - text.begin());
  }

 private:
  std::array<bool, 256> has_{};
};

}  // namespace breakwater::wire
