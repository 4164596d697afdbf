#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "categories/host.h"

namespace breakwater::categories {

inline constexpr std::size_t kMaxSearchWords = 256;  ///< bytes

/// What was searched for, where this is the URL of a search on a site of the table: search engines with their country
/// domains, and the large sites that people search. Percent-escapes and "+" decoded, bytes that are not UTF-8 as
/// U+FFFD, control characters and runs of blanks as one space, cut at a character to kMaxSearchWords bytes.
///
/// nullopt where there is none, also where RE2 fails: whoever keeps the words keeps the URL as well. Costs a look at
/// the host where the table does not know it. Thread-safe.
std::optional<std::string> search_words(const Host& host, std::string_view path_and_query);

}  // namespace breakwater::categories
