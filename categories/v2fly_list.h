#pragma once

#include "categories/entry_parser.h"
#include "categories/line_reader.h"

namespace breakwater::categories {

/// Lists of v2fly/domain-list-community:
///
///   example.com, domain:example.com, full:example.com   the domain with all below it
///   keyword:word      an expression: the word anywhere in the host
///   regexp:^a[0-9]$   an expression for the host. What is matched here is "host/path", so that a '$' becomes "/" and
///                     one without '^' at its front begins at any place of the host
///   include:name      goes on there
///
/// Attributes (@ads) and affiliations (&name) change nothing, but for an `include` of only those entries that bear an
/// attribute: it is skipped, since it would take too much. '#' begins a comment.
class V2flyList : public LineReader {
 public:
  explicit V2flyList(EntrySink& sink) : sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  EntrySink& sink_;
};

}  // namespace breakwater::categories
