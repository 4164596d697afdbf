#pragma once

#include <cstdint>
#include <string_view>

#include "categories/entry_sink.h"
#include "categories/list_format.h"

namespace breakwater::categories {

/// Reads one line without its end. Blank lines and comments give nothing.
///
///   domains      example.com, .example.com, *.example.com: the domain and its subdomains; ads*.example.com: a
///   wildcard;
///                an address; a URL where there is a slash
///   hosts        address and names; the names of the machine itself are passed over
///   urls         [http://]host[:port]/path: what begins so, on the host and its subdomains, whatever the port
///   expressions  one regular expression, caseless
///   keywords     one whole word, or a phrase, of a host or a path, caseless; `language` as for normalise_keyword()
void parse_entry(ListFormat format, std::string_view line, std::uint32_t number, EntrySink& sink,
                 std::string_view language = {});

}  // namespace breakwater::categories
