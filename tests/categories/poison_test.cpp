// Lists that nobody should serve, and what a reader makes of each. What concerns archives stands in archive_test.cpp.

#include <chrono>
#include <numeric>

#include <gmock/gmock.h>

#include "tests/categories/recorder.h"

namespace breakwater::categories {
namespace {

using namespace std::string_view_literals;
using test::read;
using testing::ElementsAre;

struct Poison {
  std::string_view what;
  ListFormat format;
  std::string_view bytes;
  std::string_view said;  ///< joined with " | "; a refusal is "refused: ..."
};

const Poison kPoisons[] = {
    {"empty", ListFormat::automatic, "", ""},
    {"blank", ListFormat::automatic, "\n \n\t\r\n", ""},
    {"a byte-order mark and nothing", ListFormat::automatic, "\xef\xbb\xbf", ""},
    {"an HTML page", ListFormat::automatic, "<!DOCTYPE html>\n<title>404</title>",
     "refused: an HTML or XML page, not a list"},
    {"an HTML page, a format given", ListFormat::rpz, "\n <html>a.com", "refused: an HTML or XML page, not a list"},
    {"UTF-16", ListFormat::automatic,
     "\xff\xfe"
     "a\0.\0c\0o\0m\0\n\0"sv,
     "refused: UTF-16 or UTF-32: save the list as UTF-8"},
    {"UTF-16 without a mark", ListFormat::adblock, "|\0|\0a\0.\0c\0o\0m\0"sv,
     "refused: UTF-16 or UTF-32: save the list as UTF-8"},
    {"gzip", ListFormat::automatic, "\x1f\x8b\x08\0"sv, "refused: binary data, not a list"},
    {"binary", ListFormat::automatic,
     "\x7f"
     "ELF\x02\x01\x01\x03\x04\x05\x06",
     "refused: binary data, not a list"},
    {"CR alone", ListFormat::automatic, "a.com\rb.com\r",
     "refused: lines end in CR alone: save the list with LF or CRLF"},
    {"CRLF", ListFormat::automatic, "a.com\r\nb.com\r\n", "1 domain a.com | 2 domain b.com"},
    {"a byte-order mark", ListFormat::automatic,
     "\xef\xbb\xbf"
     "a.com\n",
     "1 domain a.com"},
    {"a byte-order mark within", ListFormat::domains,
     "a.com\n\xef\xbb\xbf"
     "b.com\n",
     "1 domain a.com | 2 domain b.com"},
    {"a top-level domain", ListFormat::automatic, "com\n", "1:1 \"com\" would cover a whole top-level domain"},
    {"a wildcard of one", ListFormat::automatic, "*.*.com\n*\n*.*\n",
     "1:1 \"*.com\" would cover a whole top-level domain | 2:1 \"*\" would cover a whole top-level domain | 3:1 \"*\" "
     "would cover a whole top-level domain"},
    {"a public suffix", ListFormat::automatic, ".co.uk\nhttp://co.uk/x\n*.*.co.uk\n",
     "1:1 \"co.uk\" would cover a whole public suffix | 2:1 \"http://co.uk/x\" would cover a whole public suffix | 3:1 "
     "\"co.uk\" would cover a whole public suffix"},
    {"a private suffix is judged later", ListFormat::automatic, "github.io\n", "1 domain github.io"},
    {"all addresses", ListFormat::automatic, "0.0.0.0/0\n::/0\n",
     "1:1 \"0.0.0.0/0\" would cover too much: at least /8 is taken, or /19 of IPv6 | 2:1 \"::/0\" would cover too "
     "much: at least /8 is taken, or /19 of IPv6"},
    {"NUL", ListFormat::automatic, "a.com\nb\0.com\n"sv,
     "1 domain a.com | 2:1 \"b?.com\" is not taken: the host has a character that does not belong there"},
    {"punycode that does not decode", ListFormat::automatic, "xn--a.com\nxn--99999999999.com\n",
     "1:1 \"xn--a.com\" is not taken: the host is not a valid internationalised name | 2:1 \"xn--99999999999.com\" is "
     "not taken: the host is not a valid internationalised name"},
    {"mixed case and last dots", ListFormat::automatic, "ExAmPlE.CoM.\n.Example.Org.\n",
     "1 domain example.com | 2 domain example.org"},
    {"a label of 64", ListFormat::automatic, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com\n",
     "1:1 \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com\" is not taken: the host has a label "
     "that is empty or longer than 63 bytes"},
    {"escapes for a terminal", ListFormat::automatic, "\x1b[31m.com\n",
     "1:1 \"?[31m.com\" is not taken: the host has a character that does not belong there"},
    {"a user name", ListFormat::urls, "good.com@evil.com/x\n",
     "1:1 \"good.com@evil.com/x\" is not taken: a user name in the URL"},
    {"a cycle of includes", ListFormat::v2fly, "include:self\n", "1:9 include self"},
    {"a way out by an include", ListFormat::e2guardian, ".Include<../../etc/shadow>\n",
     "1:10 include ../../etc/shadow"},
    {"a time header", ListFormat::automatic, "#time: 1800 2200 123\na.com\n",
     "1:1 \"#time: 1800 2200 123\" is a time header: the policy's timetable says when | 2 domain a.com"},
    {"an entry for ever by mistake", ListFormat::automatic, "a.com # until 2026-13-40\n",
     "1:15 \"2026-13-40\" is not a date: write \"until 2026-12-18\""},
    {"everything, in dnsmasq's words", ListFormat::automatic, "address=/#/0.0.0.0\n",
     "1:10 \"#\" would cover every domain"},
    {"everything, in AdBlock's words", ListFormat::automatic, "||*^\n||com^\n@@||*^\n",
     "1:3 \"*\" would cover a whole top-level domain | 2:3 \"com\" would cover a whole top-level domain | 3:1 skip a "
     "pattern for parts of URLs"},
    {"an open parenthesis", ListFormat::rpz, "@ SOA a. b. (\na.com CNAME .\n", "1:1 the parenthesis does not close"},
    // Whether an expression is fit is the compiler's business, which knows the engines.
    {"an expression of everything", ListFormat::expressions, ".*\n(a+)+$\n", "1 expression .* | 2 expression (a+)+$"},
};

TEST(Poison, EachIsCleanedOrRefusedWithAMessage) {
  for (const auto& [what, format, bytes, expected] : kPoisons) {
    const auto said = read(format, bytes);
    std::string all;
    for (const auto& one : said)
      all += (all.empty() ? "" : " | ") + one;
    EXPECT_EQ(expected, all) << what;
  }
}

/// Counts, and keeps nothing.
class Counter : public EntrySink {
 public:
  void domain(const Host&, std::uint32_t) override { ++entries; }
  void network(const Network&, std::uint32_t) override { ++entries; }
  void except(const Host&, std::uint32_t) override { ++entries; }
  void pattern(EntryKind, std::string_view, std::uint32_t) override { ++entries; }
  void until(std::chrono::sys_days, std::uint32_t) override {}
  void include(std::string_view, std::uint32_t, std::uint32_t) override {}
  void reject(std::uint32_t, std::uint32_t, std::string) override { ++rejected; }
  void skip(std::string_view, std::uint32_t, std::uint32_t) override { ++rejected; }
  std::size_t entries = 0;
  std::size_t rejected = 0;
};

TEST(Poison, LargeListsTakeTimeByTheByte) {
  // Generous: a tenth of it is enough on a slow machine, and what is not linear needs hours.
  constexpr std::chrono::seconds kBound{20};
  const auto formats = {ListFormat::automatic, ListFormat::domains, ListFormat::hosts,      ListFormat::urls,
                        ListFormat::keywords,  ListFormat::adblock, ListFormat::rpz,        ListFormat::dnsmasq,
                        ListFormat::unbound,   ListFormat::v2fly,   ListFormat::e2guardian, ListFormat::expressions};
  const auto begun = std::chrono::steady_clock::now();
  for (const auto format : formats)
    for (const char byte : {'a', '(', '#', '|', '/', '*', '.', ' ', '"', '$', '\xc3'}) {
      Counter counter;
      ListReader reader{format, counter};
      const std::string block(1 << 20, byte);
      for (int i = 0; i < 10; ++i)
        reader.feed(block);
      reader.finish();
      EXPECT_EQ(1U, counter.rejected) << "one line of 10 MB of " << byte;
      // Lines as long as lines may be.
      Counter lines;
      ListReader second{format, lines};
      std::string line(kMaxLine, byte);
      line += '\n';
      for (int i = 0; i < 50; ++i)
        second.feed(line);
      second.finish();
    }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kBound);
}

/// A line that repeats the one before it is passed over; a bad one is told each time.
TEST(Poison, MillionsOfDuplicates) {
  const std::tuple<const char*, std::uint64_t, std::uint64_t> table[] = {
      {"duplicate.example.com\n", 1, 0},
      {"duplicate.example.com\n\nduplicate.example.com\nother.example.com\n", 1'500'000, 0},
      {"a..b\n", 0, 2'000'000},
  };
  for (const auto& [lines, entries, rejected] : table) {
    Counter counter;
    ListReader reader{ListFormat::automatic, counter};
    std::string block;
    while (std::ranges::count(block, '\n') < 20'000)
      block += lines;
    for (int i = 0; i < 100; ++i)
      reader.feed(block);
    reader.finish();
    EXPECT_EQ(entries, counter.entries) << lines;
    EXPECT_EQ(rejected, counter.rejected) << lines;
  }
}

}  // namespace
}  // namespace breakwater::categories
