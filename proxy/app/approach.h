#pragma once

#include <string>
#include <string_view>

#include "proxy/http/head.h"

namespace breakwater::app {

/// How a request by plain HTTP came about, as far as its fields show.
struct Approach {
  std::string_view word;  ///< see safeguarding::Attempt::approach; "": it does not show. Lasts for ever
  std::string referrer;   ///< host of the Referer (RFC 9110 10.1.3); "" where there is none that can be read
};

/// A browser that is to show a page says that it takes text/html; for the parts of one it does not, and names the page
/// as the referrer. `search`: words of a search, or "".
Approach approach_of(const http::RequestHead& head, std::string_view search);

}  // namespace breakwater::app
