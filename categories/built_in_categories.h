#pragma once

#include <span>
#include <string_view>

namespace breakwater::categories {

/// The taxonomy that every CategoryTable starts with, each parent before its children.
std::span<const std::string_view> built_in_categories();

}  // namespace breakwater::categories
