#include "categories/list_reader.h"

#include <vector>

#include <gmock/gmock.h>

#include "tests/categories/recorder.h"

namespace breakwater::categories {
namespace {

using test::read;
using test::Recorder;
using testing::ElementsAre;
using testing::IsEmpty;

const test::LineCase kLines[] = {
    // Domains, clean and cleaned in silence.
    {ListFormat::domains, "example.com", "domain example.com"},
    {ListFormat::domains, " EXAMPLE.com. \r", "domain example.com"},
    {ListFormat::domains, ".example.com", "domain example.com"},
    {ListFormat::domains, "*.example.com", "domain example.com"},
    {ListFormat::domains, "www.example.com", "domain www.example.com"},
    {ListFormat::domains, "_a_b.example.com # why", "domain _a_b.example.com"},
    {ListFormat::domains, "example.com#why", "domain example.com"},
    {ListFormat::domains, "example.com ; why", "domain example.com"},
    {ListFormat::domains,
     "b\xc3\xbc"
     "cher.de",
     "domain xn--bcher-kva.de"},
    {ListFormat::domains, "xn--bcher-kva.de", "domain xn--bcher-kva.de"},
    {ListFormat::domains, "192.0.2.1", "domain 192.0.2.1"},
    {ListFormat::domains, "2001:DB8::1", "domain 2001:db8::1"},
    {ListFormat::domains, "127.0.0.1", "domain 127.0.0.1"},
    {ListFormat::domains, "", ""},
    {ListFormat::domains, "  \t\r", ""},
    {ListFormat::domains, "# comment", ""},
    {ListFormat::domains, "! comment", ""},
    {ListFormat::domains, "; comment", ""},
    // Domains that are something else.
    {ListFormat::domains, "example.com/a/B", "url example.com/a/b"},
    {ListFormat::domains, "https://example.com/", "domain example.com"},
    {ListFormat::domains, "ads*.example.com", "expression ^([^/]*\\.)?ads[^/]*\\.example\\.com/"},
    {ListFormat::domains, "*.a**b.com", "expression ^([^/]*\\.)?a[^/]*b\\.com/"},
    {ListFormat::domains, "google.*", "expression ^([^/]*\\.)?google\\.[^/]*/"},
    // Domains that are wrong.
    {ListFormat::domains, "com", ":1 \"com\" would cover a whole top-level domain"},
    {ListFormat::domains, " *.com", ":2 \"com\" would cover a whole top-level domain"},
    {ListFormat::domains, "ads*", ":1 \"ads*\" would cover a whole top-level domain"},
    {ListFormat::domains, "a..*", ":1 \"a..*\" is not a wildcard for hosts"},
    {ListFormat::domains, "a b", ":3 \"b\" stands after the entry: one a line"},
    {ListFormat::domains, "ex ample.com", ":4 \"ample.com\" stands after the entry: one a line"},
    {ListFormat::domains, "a..com",
     ":1 \"a..com\" is not taken: the host has a label that is empty or longer than 63 bytes"},
    {ListFormat::domains, ".", ":1 \"\" is not taken: the host is empty"},
    {ListFormat::domains, "||example.com^",
     ":1 \"||example.com^\" is not taken: the host has a character that does not belong there"},
    {ListFormat::domains, "a\x01\x1b.com",
     ":1 \"a??.com\" is not taken: the host has a character that does not belong there"},
    {ListFormat::domains, std::string_view{"a\0.com", 6},
     ":1 \"a?.com\" is not taken: the host has a character that does not belong there"},
    {ListFormat::domains, "xn--a.com", ":1 \"xn--a.com\" is not taken: the host is not a valid internationalised name"},
    {ListFormat::domains, "\xff\xc3.com", ":1 \"??.com\" is not taken: the host is not a valid internationalised name"},
    {ListFormat::domains, "1.2.3.999", ":1 \"1.2.3.999\" is not taken: the host is not a valid IP address"},
    {ListFormat::domains, "198.51.100.0/24", "network 198.51.100.0/24"},
    {ListFormat::domains, "2001:db8::/32", "network 2001:db8::/32"},
    // Hosts.
    {ListFormat::hosts, "0.0.0.0 a.example.com", "domain a.example.com"},
    {ListFormat::hosts, "127.0.0.1\tA.example.com#x", "domain a.example.com"},
    {ListFormat::hosts, "::1 localhost ip6-localhost ip6-loopback", ""},
    {ListFormat::hosts, "fe80::1%lo0 localhost", ""},
    {ListFormat::hosts, "255.255.255.255 broadcasthost", ""},
    {ListFormat::hosts, "127.0.0.1 localhost.localdomain local", ""},
    {ListFormat::hosts, "0.0.0.0 0.0.0.0", ""},
    {ListFormat::hosts, "0.0.0.0", ""},
    {ListFormat::hosts, "192.0.2.1", ":1 \"192.0.2.1\" has no name after it"},
    {ListFormat::hosts, "a.com b.com", ":1 \"a.com\" is not an address"},
    {ListFormat::hosts, "0.0.0.0 bad", ":9 \"bad\" would cover a whole top-level domain"},
    // By the look of the line.
    {ListFormat::automatic, "0.0.0.0 a.example.com # x", "domain a.example.com"},
    {ListFormat::automatic, "fe80::1%lo0 localhost", ""},
    {ListFormat::automatic, "127.0.0.1", ""},
    {ListFormat::automatic, "192.0.2.1", "domain 192.0.2.1"},
    {ListFormat::automatic, "a.example.com", "domain a.example.com"},
    // URLs.
    {ListFormat::urls, "example.com/a/B?C=%7e", "url example.com/a/b?c=~"},
    {ListFormat::urls, "HTTP://Example.com:8080/a//b/../c", "url example.com/a/c"},
    {ListFormat::urls, "//example.com/a", ":1 \"//example.com/a\" is not taken: the host is malformed"},
    {ListFormat::urls, "example.com/caf\xc3\xa9", "url example.com/caf%c3%a9"},
    {ListFormat::urls,
     "b\xc3\xbc"
     "cher.de/x",
     "url xn--bcher-kva.de/x"},
    {ListFormat::urls, "example.com?x", "url example.com/?x"},
    {ListFormat::urls, "[2001:db8::1]:80/x", "url 2001:db8::1/x"},
    {ListFormat::urls, "example.com/r?to=http://b.com/", "url example.com/r?to=http://b.com/"},
    {ListFormat::urls, "*.example.com/x", "url example.com/x"},
    {ListFormat::urls, "example.com", "domain example.com"},
    {ListFormat::urls, "example.com/", "domain example.com"},
    {ListFormat::urls, "example.com/#top", "domain example.com"},
    {ListFormat::urls, "com/x", ":1 \"com/x\" would cover a whole top-level domain"},
    {ListFormat::urls, "ftp://example.com/x", ":1 \"ftp://example.com/x\" is not an http or https URL"},
    {ListFormat::urls, "me@example.com/x", ":1 \"me@example.com/x\" is not taken: a user name in the URL"},
    {ListFormat::urls, "example.com:0/x",
     ":1 \"example.com:0/x\" is not taken: the port is not a number from 1 to 65535"},
    {ListFormat::urls, "example.com/a b", ":15 \"b\" stands after the entry: one a line"},
    {ListFormat::urls, "example.com/\x01", ":1 \"example.com/?\" has a character that no URL has"},
    // Expressions and keywords.
    {ListFormat::expressions, "  (casino|poker) [0-9]  ", "expression (casino|poker) [0-9]"},
    {ListFormat::expressions, "# comment", ""},
    {ListFormat::expressions, "!x", "expression !x"},
    {ListFormat::expressions, "a\x01", ":1 \"a?\" has a control character"},
    {ListFormat::keywords, " Casino ", "keyword casino"},
    {ListFormat::keywords, "x", ":1 \"x\" is too short for a keyword"},
    {ListFormat::keywords, "--", ":1 \"--\" is too short for a keyword"},
    {ListFormat::keywords, "a/b", ":1 \"a/b\" is not a keyword: letters, digits, \"-\", \"_\" and \".\" are"},
    {ListFormat::keywords, "CAF\xc3\x89 noir # x", "keyword cafe\xcc\x81 noir"},
};

TEST(EntryParser, ReadsEachKindOfLine) {
  for (const auto& [format, line, expected] : kLines)
    EXPECT_EQ(expected, test::read_line(format, line)) << line;
}

TEST(EntryParser, TakesEveryNameOfAHostsLine) {
  EXPECT_THAT(read(ListFormat::hosts, "0.0.0.0 a.com localhost b.com # c.com"),
              ElementsAre("1 domain a.com", "1 domain b.com"));
}

TEST(EntryParser, QuotesNoMoreThanIsNeeded) {
  const auto said = read(ListFormat::domains, std::string(300, 'a') + ".com");
  EXPECT_THAT(said,
              ElementsAre("1:1 \"" + std::string(80, 'a') + "...\" is not taken: the host is longer than 253 bytes"));
  EXPECT_THAT(read(ListFormat::domains, std::string(64, 'a') + ".com"),
              ElementsAre("1:1 \"" + std::string(64, 'a') +
                          ".com\" is not taken: the host has a label that is empty or longer than 63 bytes"));
}

TEST(EntryParser, LimitsWhatHyperscanHasToTake) {
  EXPECT_THAT(read(ListFormat::urls, "a.com/" + std::string(8000, 'p')),
              ElementsAre("1 url a.com/" + std::string(8000, 'p')));
  std::string accents = "a.com/";
  for (int i = 0; i < 4000; ++i)
    accents += "\xc3\xa9";
  EXPECT_THAT(read(ListFormat::urls, accents), ElementsAre(testing::EndsWith("...\" is too long for a URL")));
  EXPECT_THAT(read(ListFormat::keywords, std::string(64, 'k')),
              ElementsAre(testing::EndsWith("\" is too long for a keyword")));
}

TEST(ListReader, CountsLinesThroughEveryKindOfEnd) {
  EXPECT_THAT(read(ListFormat::domains,
                   "\xef\xbb\xbf"
                   "a.com\r\n\r\n# x\n\nB.com\n.c.com"),
              ElementsAre("1 domain a.com", "5 domain b.com", "6 domain c.com"));
  EXPECT_THAT(read(ListFormat::domains, ""), IsEmpty());
  EXPECT_THAT(read(ListFormat::domains, "\n\n"), IsEmpty());
  EXPECT_THAT(read(ListFormat::domains, "\xef\xbb\xbf"), IsEmpty());
}

TEST(ListReader, PassesOverLongLines) {
  const std::string longest(kMaxLine, '#');
  const std::vector<char> letters(10'000'000, 'a');
  const std::string ten_megabytes{letters.begin(), letters.end()};
  EXPECT_THAT(read(ListFormat::domains, longest + "\na.com"), ElementsAre("2 domain a.com"));
  const std::string too_long = "1:1 the line is longer than 8 KiB and was passed over";
  EXPECT_THAT(read(ListFormat::domains, longest + "#\na.com"), ElementsAre(too_long, "2 domain a.com"));
  EXPECT_THAT(read(ListFormat::domains, ten_megabytes + "\na.com"), ElementsAre(too_long, "2 domain a.com"));
  EXPECT_THAT(read(ListFormat::domains, ten_megabytes), ElementsAre(too_long));
}

TEST(ListReader, RefusesWhatIsNoList) {
  const std::string utf16 = "refused: UTF-16 or UTF-32: save the list as UTF-8";
  const std::string binary = "refused: binary data, not a list";
  const std::string html = "refused: an HTML or XML page, not a list";
  EXPECT_THAT(read(ListFormat::domains,
                   "\xff\xfe"
                   "a"),
              ElementsAre(utf16));
  EXPECT_THAT(read(ListFormat::domains, "\xfe\xff"), ElementsAre(utf16));
  EXPECT_THAT(read(ListFormat::domains, std::string_view{"a\0.\0c\0o\0m\0\n\0", 12}), ElementsAre(utf16));
  EXPECT_THAT(read(ListFormat::domains, "\x1f\x8b\x08"), ElementsAre(binary));
  EXPECT_THAT(read(ListFormat::urls, "a.com/x\n\x01\x02\x03\x04\x05"), ElementsAre(binary));
  EXPECT_THAT(read(ListFormat::hosts, " \r\n<!DOCTYPE html><html>"), ElementsAre(html));
  EXPECT_THAT(read(ListFormat::domains, "\xef\xbb\xbf<html>"), ElementsAre(html));
  EXPECT_THAT(read(ListFormat::expressions, "<?xml version='1.0'?>"), ElementsAre(html));
  EXPECT_THAT(read(ListFormat::domains, "<html>\n" + std::string(100'000, 'a')), ElementsAre(html));
}

TEST(ListReader, AStrayControlCharacterCostsOnlyItsLine) {
  EXPECT_THAT(
      read(ListFormat::domains, std::string_view{"a.com\nb\0.com\nc.com", 18}),
      ElementsAre("1 domain a.com", "2:1 \"b?.com\" is not taken: the host has a character that does not belong there",
                  "3 domain c.com"));
}

TEST(ListReader, ReadsTheSameInWhateverPieces) {
  std::string text =
      "\xef\xbb\xbf"
      "a.com\r\n*.b.com\ncom\n" +
      std::string(kMaxLine + 1, 'x') + "\n0.0.0.0 c.com\nd.com/x";
  const auto whole = read(ListFormat::automatic, text);
  ASSERT_EQ(6U, whole.size());
  const auto in_pieces = [&text](auto&& cut) {
    Recorder recorder;
    ListReader reader{ListFormat::automatic, recorder};
    cut(reader);
    reader.finish();
    return recorder.said;
  };
  for (std::size_t at = 0; at <= text.size(); at += at < 32 || at > 8190 ? 1 : 7)
    ASSERT_EQ(whole, in_pieces([&](ListReader& reader) {
                reader.feed(std::string_view{text}.substr(0, at));
                reader.feed(std::string_view{text}.substr(at));
              }))
        << at;
  EXPECT_EQ(whole, in_pieces([&](ListReader& reader) {
              for (const char& c : text)
                reader.feed({&c, 1});
            }));
}

}  // namespace
}  // namespace breakwater::categories
