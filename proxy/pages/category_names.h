#pragma once

#include <string_view>

#include "proxy/pages/block_page.h"

namespace breakwater::pages {

/// What people call a category, or the category itself where it is not one of the built-in ones.
std::string_view category_name(std::string_view category, Language language);

}  // namespace breakwater::pages
