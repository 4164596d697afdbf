#pragma once

#include <string_view>

namespace breakwater::categories {

/// True for an expression whose counted repeats (`{n,m}`) unroll to more than an engine should hold for one line of a
/// list, or that is longer than any that a person writes. Told from the text, since compiling it is what takes minutes
/// and gigabytes. Repeats within repeats multiply.
bool is_costly_expression(std::string_view text);

}  // namespace breakwater::categories
