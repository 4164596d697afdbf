#pragma once

#include <string_view>

#include "categories/list_format.h"

namespace breakwater::categories {

/// How a list is written, told by its first bytes (without a byte-order mark) and its file's name ("" where there is
/// none). Never `automatic` and never `squidguard`; `domains` where nothing speaks for anything else.
ListFormat detect_format(std::string_view head, std::string_view file_name);

/// The formats that PlainList reads side by side where the format was not given: a list of domains may hold lines of a
/// hosts file, addresses and URLs.
bool is_plain(ListFormat format);

}  // namespace breakwater::categories
