#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "categories/host.h"

namespace breakwater::categories {

/// A URL that another one carries, for whoever serves that to fetch.
struct CarriedUrl {
  Host host;
  std::string path;     ///< path and query; "" where only the host shows
  std::string_view by;  ///< "a site in a translation", and the like; lasts for ever
};

/// What a translator, archive, cache or reader of the table is asked to fetch, where the URL says so: by a parameter,
/// in its path, or in the labels of its host (so that it shows under TLS too, where `path_and_query` is "").
///
/// nullopt where the URL carries none, or none that can be read: then it is no more than its own host. A search in a
/// table of two dozen names where the host is not in it. Thread-safe.
std::optional<CarriedUrl> carried_url(const Host& host, std::string_view path_and_query);

}  // namespace breakwater::categories
