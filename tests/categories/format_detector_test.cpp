#include "categories/format_detector.h"

#include <gtest/gtest.h>

#include "tests/categories/recorder.h"

namespace breakwater::categories {
namespace {

struct DetectCase {
  ListFormat format;
  std::string_view head;
  std::string_view file_name;
};

const DetectCase kCases[] = {
    {ListFormat::domains, "", ""},
    {ListFormat::domains, "# nothing\n\n", ""},
    {ListFormat::domains, "a.com\n*.b.com\n.c.com\n", ""},
    {ListFormat::domains, "a.com # 0.0.0.0 b.com CNAME .\nb.com\n", ""},
    {ListFormat::hosts, "# Title\n127.0.0.1 localhost\n0.0.0.0 a.com\nb.com\n", ""},
    {ListFormat::urls, "a.com/x\nb.com/y\nc.com\n", ""},
    {ListFormat::addresses, "192.0.2.1\n198.51.100.0/24 # x\n2001:db8::/32\n", ""},
    {ListFormat::adblock, "[Adblock Plus 2.0]\n", ""},
    {ListFormat::adblock, "! Title\n||a.com^\n@@||b.com^$document\n", ""},
    {ListFormat::adblock, "a.com,b.com##div > a[href]\n##.ad\nc.com\n", ""},
    {ListFormat::domains, "#### Title ####\n# x ## y\na.com\n", ""},
    {ListFormat::domains, "a.com\nb.com\n||c.com^\n", ""},
    {ListFormat::rpz, "$TTL 3600\n@ SOA localhost. root.localhost. 1 2 3 4 5\n  NS localhost.\na.com CNAME .\n", ""},
    {ListFormat::rpz, "; x\na.com IN CNAME .\n", ""},
    {ListFormat::rpz, "a.com A 192.0.2.1\n", "block.rpz"},
    {ListFormat::dnsmasq, "# x\naddress=/a.com/0.0.0.0\nserver=/b.com/\nport=53\n", ""},
    {ListFormat::unbound, "server:\n  local-zone: \"a.com\" always_nxdomain\n", ""},
    {ListFormat::e2guardian, "#listcategory: \"adult\"\na.com\nb.com\n", ""},
    {ListFormat::e2guardian, "a.com\n.Include</etc/x>\n", ""},
    {ListFormat::e2guardian, "a.com\n", "bannedsitelist"},
    {ListFormat::v2fly, "# x\na.com\nb.com\nc.com @ads\n", ""},
    {ListFormat::v2fly, "include:b\nfull:a.com\n", ""},
};

TEST(FormatDetector, TellsFormatsByContentAndName) {
  for (const auto& [format, head, name] : kCases)
    EXPECT_EQ(to_string(format), to_string(detect_format(head, name))) << head << name;
}

TEST(FormatDetector, ReaderTellsWhatItFound) {
  test::Recorder recorder;
  ListReader reader{ListFormat::automatic, recorder};
  EXPECT_EQ(ListFormat::automatic, reader.format());
  reader.feed("\xef\xbb\xbf||a.com^\n");
  reader.finish();
  EXPECT_EQ(ListFormat::adblock, reader.format());
  EXPECT_EQ(std::vector<std::string>{"1 domain a.com"}, recorder.said);

  ListReader told{ListFormat::domains, recorder};
  told.feed("||a.com^\n");
  told.finish();
  EXPECT_EQ(ListFormat::domains, told.format());
}

TEST(FormatDetector, PlainListsMayMixLater) {
  EXPECT_EQ((std::vector<std::string>{"1 domain a.com", "2 domain b.com", "3 url c.com/x", "4 network 192.0.2.0/24"}),
            test::read(ListFormat::automatic, "a.com\n0.0.0.0 b.com\nc.com/x\n192.0.2.0/24\n"));
}

}  // namespace
}  // namespace breakwater::categories
