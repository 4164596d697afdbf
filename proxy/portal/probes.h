#pragma once

#include <cstdint>
#include <string_view>

namespace breakwater::portal {

/// A request by which a system finds out whether a network lets it out, and the answer that tells it so.
struct Probe {
  std::string_view host;
  std::string_view path;
  std::uint16_t status;
  std::string_view fields;  ///< each line with its CRLF
  std::string_view body;
};

/// nullptr: it is no probe. `path` may have a query, which does not count.
const Probe* find_probe(std::string_view host, std::string_view path);

}  // namespace breakwater::portal
