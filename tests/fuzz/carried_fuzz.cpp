// Input: a line with a host, then path and query.

#include <algorithm>

#include "categories/carried_url.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::categories {
namespace {

void run(std::span<const std::uint8_t> input) {
  const auto text = fuzz::as_text(input);
  const auto end = std::min(text.find('\n'), text.size());
  const auto path = text.substr(std::min(end + 1, text.size()));
  const auto host = normalise_host(text.substr(0, end), HostSource::wire);
  if (!host) return;
  const auto found = carried_url(*host, path);
  if (!found) return;
  fuzz::require(found->host.is_literal() || found->host.text().find('.') != std::string_view::npos,
                "a name that is no site's");
  fuzz::require(found->path.size() <= path.size(), "a path that grew");
  fuzz::require(!found->by.empty(), "carried by nothing");
  carried_url(found->host, found->path);
}

const fuzz::Registration registered{"carried", &run};

}  // namespace
}  // namespace breakwater::categories
