#pragma once

#include <cstdint>
#include <string_view>

namespace breakwater::categories {

/// How many characters longer an expression is once its counted repeats (`{n,m}`) are written out; repeats within
/// repeats multiply. Told from the text, since compiling it is what takes minutes and gigabytes. Never more than
/// kEndlessRepeats, which stands for "more than anybody means".
std::uint64_t unrolled_repeats(std::string_view text);
inline constexpr std::uint64_t kEndlessRepeats = 1'000'000;

}  // namespace breakwater::categories
