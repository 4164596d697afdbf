#pragma once

#include "categories/entry_parser.h"
#include "categories/line_reader.h"

namespace breakwater::categories {

/// AdBlock rules, of which those for whole hosts mean something to a gateway (adguard.com "DNS filtering rules syntax",
/// Adblock Plus "How to write filters"):
///
///   ||example.com^   ||*.example.com^   ||ads*.example.com^   example.com   0.0.0.0 example.com
///   ||example.com^$important,document,all     modifiers that change nothing for a gateway
///   ||example.com/path                        a URL; with '*' or '^' in it an expression
///   @@||example.com^                          the list does not hold for the host
///
/// Rules for parts of pages, for some kinds of content or some pages, generic patterns and the like are skipped, each
/// with a phrase that says which. `!` and `#` begin comments.
class AdblockRules : public LineReader {
 public:
  explicit AdblockRules(EntrySink& sink) : sink_(sink) {}
  void line(std::string_view text, std::uint32_t number) override;

 private:
  EntrySink& sink_;
};

/// Whether the line is a rule that only AdBlock lists have, for the detection of formats.
bool is_adblock_rule(std::string_view line);

}  // namespace breakwater::categories
