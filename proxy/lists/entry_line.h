#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "categories/list_format.h"

namespace breakwater::lists {

/// What the reader of lists makes of one line.
struct ReadLine {
  std::string key;      ///< the entries in their normal form, so that lines that say the same are equal; "" for none
  std::string refusal;  ///< why the reader would pass over it, or ""
};
ReadLine read_line(categories::ListFormat format, std::string_view line, std::string_view language = {});

/// What stands behind an entry: `# until 2026-12-18, lesson on media`.
struct EntryNote {
  std::optional<std::chrono::sys_days> until;
  std::string reason;
};

/// A line of a list kept by hand, cut where its note begins.
struct EntryLine {
  std::string entry;
  EntryNote note;
};
EntryLine split_line(categories::ListFormat format, std::string_view line);
std::string join_line(const EntryLine& line);

/// Why these words cannot be a note's reason, or "".
std::string_view refuse_reason(std::string_view reason);

}  // namespace breakwater::lists
