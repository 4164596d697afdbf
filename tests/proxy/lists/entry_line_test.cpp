#include "proxy/lists/entry_line.h"

#include <gtest/gtest.h>

namespace breakwater::lists {
namespace {

using categories::ListFormat;

TEST(EntryLine, SaysTheSameWhateverTheSpelling) {
  const auto key = [](std::string_view line) { return read_line(ListFormat::domains, line).key; };
  EXPECT_EQ("domain example.org\n", key("example.org"));
  for (const auto* line : {" *.EXAMPLE.org. # why\r", ".example.org", "http://example.org/"})
    EXPECT_EQ(key("example.org"), key(line)) << line;
  EXPECT_EQ("", key("# example.org"));
  EXPECT_EQ("\"com\" would cover a whole top-level domain", read_line(ListFormat::domains, "com").refusal);
}

TEST(EntryLine, IsCutAndJoined) {
  struct Case {
    ListFormat format;
    std::string_view line;
    std::string_view entry;
    bool has_date;
    std::string_view reason;
    std::string_view joined;
  };
  constexpr auto kDomains = ListFormat::domains;
  const Case cases[] = {
      {kDomains, "a.com", "a.com", false, "", "a.com"},
      {kDomains, " a.com \r", "a.com", false, "", "a.com"},
      {kDomains, "a.com#why", "a.com", false, "why", "a.com  # why"},
      {kDomains, "a.com # until 2026-12-18", "a.com", true, "", "a.com  # until 2026-12-18"},
      {kDomains, "a.com # until 2026-12-18, x, y", "a.com", true, "x, y", "a.com  # until 2026-12-18, x, y"},
      {kDomains, "a.com # until 2026-12-18 x", "a.com", true, "x", "a.com  # until 2026-12-18, x"},
      {kDomains, "a.com # until 2026-13-40", "a.com", false, "until 2026-13-40", "a.com  # until 2026-13-40"},
      {ListFormat::expressions, "a#b", "a#b", false, "", "a#b"},
      {ListFormat::expressions, "a#b # until 2026-12-18", "a#b", true, "", "a#b  # until 2026-12-18"},
  };
  for (const auto& [format, line, entry, has_date, reason, joined] : cases) {
    const auto cut = split_line(format, line);
    EXPECT_EQ(entry, cut.entry) << line;
    EXPECT_EQ(has_date, cut.note.until.has_value()) << line;
    EXPECT_EQ(reason, cut.note.reason) << line;
    EXPECT_EQ(joined, join_line(cut)) << line;
  }
}

TEST(EntryLine, RefusesAReasonThatWouldBeReadAsSomethingElse) {
  EXPECT_EQ("", refuse_reason("lesson on media, year 9"));
  EXPECT_EQ("the reason has a control character", refuse_reason("a\nb.com"));
  EXPECT_EQ("the reason begins with \"until\": a date is given by --until", refuse_reason(" until 2027"));
  EXPECT_EQ("the reason is longer than 200 bytes", refuse_reason(std::string(201, 'r')));
}

}  // namespace
}  // namespace breakwater::lists
