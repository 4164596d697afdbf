#pragma once

#include <optional>

#include "categories/entry_parser.h"
#include "categories/line_reader.h"

namespace breakwater::categories {

/// What a list of e2guardian holds, as its name tells ("bannedsitelist", "greyurllist").
enum class E2guardianKind : std::uint8_t {
  sites_and_urls,
  expressions,
  phrases,     ///< words of pages
  exceptions,  ///< what is let through: exception*, grey*
  other,       ///< clients, kinds of files, headers, log lines, ...
};

/// nullopt: the name is none of e2guardian's.
std::optional<E2guardianKind> e2guardian_kind(std::string_view file_name);

/// A list of e2guardian, its kind told by the file's name, else sites and URLs:
///
///   example.com   example.com/path   192.0.2.0/24     bannedsitelist, bannedurllist
///   (casino|poker)                                    bannedregexpurllist
///   .Include</etc/e2guardian/lists/other>             goes on there
///
/// A time header is reported, since the policy's timetable says when. Blanket rules ("**"), other directives and
/// phrases are skipped. '#' begins a comment.
class E2guardianList : public LineReader {
 public:
  E2guardianList(std::string_view file_name, EntrySink& sink);
  void line(std::string_view text, std::uint32_t number) override;

 private:
  void directive(const Word& word, EntryParser& parser);

  E2guardianKind kind_;
  EntrySink& sink_;
};

}  // namespace breakwater::categories
