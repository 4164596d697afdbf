#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "categories/catalogue.h"

/// Every catalogue holds a canary for each of its categories: a host of a reserved name that nobody visits, in a list
/// of its own. A self-test asks for it, and so shows the whole way from a list to the block page.
namespace breakwater::categories {

/// "social-media/tiktok" -> "social-media-tiktok.canary.breakwater.test", as the starter lists name them too. `.test`
/// is nobody's (RFC 6761, 6.2).
std::string canary_host(std::string_view category);

/// A host that no built-in list names, for what has to be allowed.
inline constexpr std::string_view kNeutralHost = "neutral.breakwater.test";

/// "canary/terrorism"
std::string canary_list(std::string_view category);
/// It counts no entries, so that a category with nothing but its canary is seen to be empty.
bool is_canary(const ListInfo& list);
/// How many lists there are beside those of the canaries.
std::size_t count_real(const std::vector<ListInfo>& lists);

}  // namespace breakwater::categories
