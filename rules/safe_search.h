#pragma once

#include <cstdint>
#include <string_view>

#include "categories/host.h"

namespace breakwater::rules {

/// What YouTube shows; the stricter is the greater.
enum class YouTube : std::uint8_t { off, moderate, strict };
std::string_view to_string(YouTube level);

/// What a group is held to. Safe by default.
struct SafeSearch {
  enum class Search : std::uint8_t { off, on } search = Search::on;
  YouTube youtube = YouTube::moderate;
};

/// The name that is dialled in place of the host, so that the provider answers without what is explicit; "" where that
/// is the host's own. Only exact hosts of the providers' own tables have one: neither subdomains nor look-alikes. The
/// view lasts for ever. Thread-safe; under 100 ns.
std::string_view safe_name(const categories::Host& host, SafeSearch wanted);

}  // namespace breakwater::rules
