#include "proxy/safeguarding/attempt.h"

#include "proxy/wire/utf8.h"

namespace breakwater::safeguarding {

std::string clean_text(std::string_view text) {
  constexpr std::size_t kMaxFieldBytes = 4096;  // a URL of a browser is shorter; a hostile one must not fill the disk
  return wire::clean_text(text, kMaxFieldBytes);
}

}  // namespace breakwater::safeguarding
