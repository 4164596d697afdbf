#include "categories/list_reader.h"

#include <vector>

#include <gmock/gmock.h>

namespace breakwater::categories {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Writes down what comes: "3 domain a.com", "4:1 reject ...".
class Recorder : public EntrySink {
 public:
  void domain(const Host& host, std::uint32_t line) override {
    said.push_back(std::to_string(line) + " domain " + std::string{host.text()});
  }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line) override {
    constexpr std::string_view kKinds[] = {"", " url ", " expression ", " keyword "};
    said.push_back(std::to_string(line).append(kKinds[static_cast<std::size_t>(kind)]).append(text));
  }
  void reject(std::uint32_t line, std::uint32_t column, std::string message) override {
    said.push_back(std::to_string(line) + ':' + std::to_string(column) + ' ' + message);
  }
  std::vector<std::string> said;
};

std::vector<std::string> read(EntryFormat format, std::string_view text) {
  Recorder recorder;
  ListReader reader{format, recorder};
  reader.feed(text);
  reader.finish();
  if (!reader.refusal().empty()) recorder.said.push_back("refused: " + std::string{reader.refusal()});
  return recorder.said;
}

struct LineCase {
  EntryFormat format;
  std::string_view line;
  std::string_view expected;  ///< what is said of it, without the line's number; "" = nothing
};

const LineCase kLines[] = {
    // Domains, clean and cleaned in silence.
    {EntryFormat::domains, "example.com", "domain example.com"},
    {EntryFormat::domains, " EXAMPLE.com. \r", "domain example.com"},
    {EntryFormat::domains, ".example.com", "domain example.com"},
    {EntryFormat::domains, "*.example.com", "domain example.com"},
    {EntryFormat::domains, "www.example.com", "domain www.example.com"},
    {EntryFormat::domains, "_a_b.example.com # why", "domain _a_b.example.com"},
    {EntryFormat::domains, "example.com#why", "domain example.com"},
    {EntryFormat::domains, "example.com ; why", "domain example.com"},
    {EntryFormat::domains,
     "b\xc3\xbc"
     "cher.de",
     "domain xn--bcher-kva.de"},
    {EntryFormat::domains, "xn--bcher-kva.de", "domain xn--bcher-kva.de"},
    {EntryFormat::domains, "192.0.2.1", "domain 192.0.2.1"},
    {EntryFormat::domains, "2001:DB8::1", "domain 2001:db8::1"},
    {EntryFormat::domains, "127.0.0.1", "domain 127.0.0.1"},
    {EntryFormat::domains, "", ""},
    {EntryFormat::domains, "  \t\r", ""},
    {EntryFormat::domains, "# comment", ""},
    {EntryFormat::domains, "! comment", ""},
    {EntryFormat::domains, "; comment", ""},
    // Domains that are something else.
    {EntryFormat::domains, "example.com/a/B", "url example.com/a/b"},
    {EntryFormat::domains, "https://example.com/", "domain example.com"},
    {EntryFormat::domains, "ads*.example.com", "expression ^([^/]*\\.)?ads[^/]*\\.example\\.com/"},
    {EntryFormat::domains, "*.a**b.com", "expression ^([^/]*\\.)?a[^/]*b\\.com/"},
    {EntryFormat::domains, "google.*", "expression ^([^/]*\\.)?google\\.[^/]*/"},
    // Domains that are wrong.
    {EntryFormat::domains, "com", ":1 \"com\" would cover a whole top-level domain"},
    {EntryFormat::domains, " *.com", ":2 \"com\" would cover a whole top-level domain"},
    {EntryFormat::domains, "ads*", ":1 \"ads*\" would cover a whole top-level domain"},
    {EntryFormat::domains, "a..*", ":1 \"a..*\" is not a wildcard for hosts"},
    {EntryFormat::domains, "a b", ":3 \"b\" stands after the entry: one a line"},
    {EntryFormat::domains, "ex ample.com", ":4 \"ample.com\" stands after the entry: one a line"},
    {EntryFormat::domains, "a..com",
     ":1 \"a..com\" is not taken: the host has a label that is empty or longer than 63 bytes"},
    {EntryFormat::domains, ".", ":1 \"\" is not taken: the host is empty"},
    {EntryFormat::domains, "||example.com^",
     ":1 \"||example.com^\" is not taken: the host has a character that does not belong there"},
    {EntryFormat::domains, "a\x01\x1b.com",
     ":1 \"a??.com\" is not taken: the host has a character that does not belong there"},
    {EntryFormat::domains, std::string_view{"a\0.com", 6},
     ":1 \"a?.com\" is not taken: the host has a character that does not belong there"},
    {EntryFormat::domains, "xn--a.com",
     ":1 \"xn--a.com\" is not taken: the host is not a valid internationalised name"},
    {EntryFormat::domains, "\xff\xc3.com",
     ":1 \"??.com\" is not taken: the host is not a valid internationalised name"},
    {EntryFormat::domains, "1.2.3.999", ":1 \"1.2.3.999\" is not taken: the host is not a valid IP address"},
    {EntryFormat::domains, "198.51.100.0/24",
     ":1 \"198.51.100.0/24\" is a range of addresses, which a list of domains cannot hold"},
    {EntryFormat::domains, "2001:db8::/32",
     ":1 \"2001:db8::/32\" is a range of addresses, which a list of domains cannot hold"},
    // Hosts.
    {EntryFormat::hosts, "0.0.0.0 a.example.com", "domain a.example.com"},
    {EntryFormat::hosts, "127.0.0.1\tA.example.com#x", "domain a.example.com"},
    {EntryFormat::hosts, "::1 localhost ip6-localhost ip6-loopback", ""},
    {EntryFormat::hosts, "fe80::1%lo0 localhost", ""},
    {EntryFormat::hosts, "255.255.255.255 broadcasthost", ""},
    {EntryFormat::hosts, "127.0.0.1 localhost.localdomain local", ""},
    {EntryFormat::hosts, "0.0.0.0 0.0.0.0", ""},
    {EntryFormat::hosts, "0.0.0.0", ""},
    {EntryFormat::hosts, "192.0.2.1", ":1 \"192.0.2.1\" has no name after it"},
    {EntryFormat::hosts, "a.com b.com", ":1 \"a.com\" is not an address"},
    {EntryFormat::hosts, "0.0.0.0 bad", ":9 \"bad\" would cover a whole top-level domain"},
    // By the look of the line.
    {EntryFormat::automatic, "0.0.0.0 a.example.com # x", "domain a.example.com"},
    {EntryFormat::automatic, "fe80::1%lo0 localhost", ""},
    {EntryFormat::automatic, "127.0.0.1", ""},
    {EntryFormat::automatic, "192.0.2.1", "domain 192.0.2.1"},
    {EntryFormat::automatic, "a.example.com", "domain a.example.com"},
    // URLs.
    {EntryFormat::urls, "example.com/a/B?C=%7e", "url example.com/a/b?c=~"},
    {EntryFormat::urls, "HTTP://Example.com:8080/a//b/../c", "url example.com/a/c"},
    {EntryFormat::urls, "//example.com/a", ":1 \"//example.com/a\" is not taken: the host is malformed"},
    {EntryFormat::urls, "example.com/caf\xc3\xa9", "url example.com/caf%c3%a9"},
    {EntryFormat::urls,
     "b\xc3\xbc"
     "cher.de/x",
     "url xn--bcher-kva.de/x"},
    {EntryFormat::urls, "example.com?x", "url example.com/?x"},
    {EntryFormat::urls, "[2001:db8::1]:80/x", "url 2001:db8::1/x"},
    {EntryFormat::urls, "example.com/r?to=http://b.com/", "url example.com/r?to=http://b.com/"},
    {EntryFormat::urls, "*.example.com/x", "url example.com/x"},
    {EntryFormat::urls, "example.com", "domain example.com"},
    {EntryFormat::urls, "example.com/", "domain example.com"},
    {EntryFormat::urls, "example.com/#top", "domain example.com"},
    {EntryFormat::urls, "com/x", ":1 \"com/x\" would cover a whole top-level domain"},
    {EntryFormat::urls, "ftp://example.com/x", ":1 \"ftp://example.com/x\" is not an http or https URL"},
    {EntryFormat::urls, "me@example.com/x", ":1 \"me@example.com/x\" is not taken: a user name in the URL"},
    {EntryFormat::urls, "example.com:0/x",
     ":1 \"example.com:0/x\" is not taken: the port is not a number from 1 to 65535"},
    {EntryFormat::urls, "example.com/a b", ":15 \"b\" stands after the entry: one a line"},
    {EntryFormat::urls, "example.com/\x01", ":1 \"example.com/?\" has a character that no URL has"},
    // Expressions and keywords.
    {EntryFormat::expressions, "  (casino|poker) [0-9]  ", "expression (casino|poker) [0-9]"},
    {EntryFormat::expressions, "# comment", ""},
    {EntryFormat::expressions, "!x", "expression !x"},
    {EntryFormat::expressions, "a\x01", ":1 \"a?\" has a control character"},
    {EntryFormat::keywords, " Casino ", "keyword casino"},
    {EntryFormat::keywords, "x", ":1 \"x\" is too short for a keyword"},
    {EntryFormat::keywords, "--", ":1 \"--\" is too short for a keyword"},
    {EntryFormat::keywords, "a/b", ":1 \"a/b\" is not a keyword: letters a to z, digits, \"-\", \"_\" and \".\" are"},
    {EntryFormat::keywords, "caf\xc3\xa9",
     ":1 \"caf??\" is not a keyword: letters a to z, digits, \"-\", \"_\" and \".\" are"},
};

TEST(EntryParser, ReadsEachKindOfLine) {
  for (const auto& [format, line, expected] : kLines) {
    Recorder recorder;
    parse_entry(format, line, 7, recorder);
    std::vector<std::string> wanted;
    if (!expected.empty()) wanted.push_back((expected.starts_with(':') ? "7" : "7 ") + std::string{expected});
    EXPECT_EQ(wanted, recorder.said) << line;
  }
}

TEST(EntryParser, TakesEveryNameOfAHostsLine) {
  EXPECT_THAT(read(EntryFormat::hosts, "0.0.0.0 a.com localhost b.com # c.com"),
              ElementsAre("1 domain a.com", "1 domain b.com"));
}

TEST(EntryParser, QuotesNoMoreThanIsNeeded) {
  const auto said = read(EntryFormat::domains, std::string(300, 'a') + ".com");
  EXPECT_THAT(said,
              ElementsAre("1:1 \"" + std::string(80, 'a') + "...\" is not taken: the host is longer than 253 bytes"));
  EXPECT_THAT(read(EntryFormat::domains, std::string(64, 'a') + ".com"),
              ElementsAre("1:1 \"" + std::string(64, 'a') +
                          ".com\" is not taken: the host has a label that is empty or longer than 63 bytes"));
}

TEST(EntryParser, LimitsWhatHyperscanHasToTake) {
  EXPECT_THAT(read(EntryFormat::urls, "a.com/" + std::string(8000, 'p')),
              ElementsAre("1 url a.com/" + std::string(8000, 'p')));
  std::string accents = "a.com/";
  for (int i = 0; i < 4000; ++i)
    accents += "\xc3\xa9";
  EXPECT_THAT(read(EntryFormat::urls, accents), ElementsAre(testing::EndsWith("...\" is too long for a URL")));
  EXPECT_THAT(read(EntryFormat::keywords, std::string(64, 'k')),
              ElementsAre(testing::EndsWith("\" is too long for a keyword")));
}

TEST(ListReader, CountsLinesThroughEveryKindOfEnd) {
  EXPECT_THAT(read(EntryFormat::domains,
                   "\xef\xbb\xbf"
                   "a.com\r\n\r\n# x\n\nB.com\n.c.com"),
              ElementsAre("1 domain a.com", "5 domain b.com", "6 domain c.com"));
  EXPECT_THAT(read(EntryFormat::domains, ""), IsEmpty());
  EXPECT_THAT(read(EntryFormat::domains, "\n\n"), IsEmpty());
  EXPECT_THAT(read(EntryFormat::domains, "\xef\xbb\xbf"), IsEmpty());
}

TEST(ListReader, PassesOverLongLines) {
  const std::string longest(kMaxLine, '#');
  const std::vector<char> letters(10'000'000, 'a');
  const std::string ten_megabytes{letters.begin(), letters.end()};
  EXPECT_THAT(read(EntryFormat::domains, longest + "\na.com"), ElementsAre("2 domain a.com"));
  const std::string too_long = "1:1 the line is longer than 8 KiB and was passed over";
  EXPECT_THAT(read(EntryFormat::domains, longest + "#\na.com"), ElementsAre(too_long, "2 domain a.com"));
  EXPECT_THAT(read(EntryFormat::domains, ten_megabytes + "\na.com"), ElementsAre(too_long, "2 domain a.com"));
  EXPECT_THAT(read(EntryFormat::domains, ten_megabytes), ElementsAre(too_long));
}

TEST(ListReader, RefusesWhatIsNoList) {
  const std::string utf16 = "refused: UTF-16 or UTF-32: save the list as UTF-8";
  const std::string binary = "refused: binary data, not a list";
  const std::string html = "refused: an HTML or XML page, not a list";
  EXPECT_THAT(read(EntryFormat::domains,
                   "\xff\xfe"
                   "a"),
              ElementsAre(utf16));
  EXPECT_THAT(read(EntryFormat::domains, "\xfe\xff"), ElementsAre(utf16));
  EXPECT_THAT(read(EntryFormat::domains, std::string_view{"a\0.\0c\0o\0m\0\n\0", 12}), ElementsAre(utf16));
  EXPECT_THAT(read(EntryFormat::domains, "\x1f\x8b\x08"), ElementsAre(binary));
  EXPECT_THAT(read(EntryFormat::urls, "a.com/x\n\x01\x02\x03\x04\x05"), ElementsAre(binary));
  EXPECT_THAT(read(EntryFormat::hosts, " \r\n<!DOCTYPE html><html>"), ElementsAre(html));
  EXPECT_THAT(read(EntryFormat::domains, "\xef\xbb\xbf<html>"), ElementsAre(html));
  EXPECT_THAT(read(EntryFormat::expressions, "<?xml version='1.0'?>"), ElementsAre(html));
  EXPECT_THAT(read(EntryFormat::domains, "<html>\n" + std::string(100'000, 'a')), ElementsAre(html));
}

TEST(ListReader, AStrayControlCharacterCostsOnlyItsLine) {
  EXPECT_THAT(
      read(EntryFormat::domains, std::string_view{"a.com\nb\0.com\nc.com", 18}),
      ElementsAre("1 domain a.com", "2:1 \"b?.com\" is not taken: the host has a character that does not belong there",
                  "3 domain c.com"));
}

TEST(ListReader, ReadsTheSameInWhateverPieces) {
  std::string text =
      "\xef\xbb\xbf"
      "a.com\r\n*.b.com\ncom\n" +
      std::string(kMaxLine + 1, 'x') + "\n0.0.0.0 c.com\nd.com/x";
  const auto whole = read(EntryFormat::automatic, text);
  ASSERT_EQ(6U, whole.size());
  const auto in_pieces = [&text](auto&& cut) {
    Recorder recorder;
    ListReader reader{EntryFormat::automatic, recorder};
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
