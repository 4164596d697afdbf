#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "categories/catalogue.h"

namespace breakwater::categories {

/// What the lines of a list file are. `automatic` takes lines of `domains` and of `hosts`, each as it looks.
enum class EntryFormat : std::uint8_t { automatic, domains, hosts, urls, expressions, keywords };

/// Takes the entries of a list, in the order of their lines.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  virtual void domain(const Host& host, std::uint32_t line) = 0;
  /// `url`: the beginning of a match text; `expression`: to be searched for in a match text; `keyword`: in lower case.
  virtual void pattern(EntryKind kind, std::string_view text, std::uint32_t line) = 0;
  /// A line, or a word of it, that gives no entry and should have.
  virtual void reject(std::uint32_t line, std::uint32_t column, std::string message) = 0;
};

/// Reads one line without its end. Blank lines and comments give nothing.
///
///   domains      example.com, .example.com, *.example.com: the domain and its subdomains; ads*.example.com: a
///   wildcard;
///                an address; a URL where there is a slash
///   hosts        address and names; the names of the machine itself are passed over
///   urls         [http://]host[:port]/path: what begins so, on the host and its subdomains, whatever the port
///   expressions  one regular expression, caseless
///   keywords     one whole word of a host or a path, caseless
void parse_entry(EntryFormat format, std::string_view line, std::uint32_t number, EntrySink& sink);

}  // namespace breakwater::categories
