#include <span>

#include <gmock/gmock.h>

#include "tests/categories/recorder.h"

namespace breakwater::categories {
namespace {

using test::read;
using test::read_line;
using testing::ElementsAre;

const test::LineCase kAdblock[] = {
    {ListFormat::adblock, "||example.com^", "domain example.com"},
    {ListFormat::adblock, " ||Example.COM^ ", "domain example.com"},
    {ListFormat::adblock, "||example.com", "domain example.com"},
    {ListFormat::adblock, "||example.com^|", "domain example.com"},
    {ListFormat::adblock, "||example.com^*", "domain example.com"},
    {ListFormat::adblock, "||example.com/", "domain example.com"},
    {ListFormat::adblock, "|https://example.com^", "domain example.com"},
    {ListFormat::adblock, "||*.example.com^", "domain example.com"},
    {ListFormat::adblock, "||192.0.2.1^", "domain 192.0.2.1"},
    {ListFormat::adblock, "||ads*.example.com^", "expression ^([^/]*\\.)?ads[^/]*\\.example\\.com/"},
    {ListFormat::adblock, "||example.com^$important,document,all", "domain example.com"},
    {ListFormat::adblock, "||example.com/ads", "url example.com/ads"},
    {ListFormat::adblock, "||example.com/Ads*", "url example.com/ads"},
    {ListFormat::adblock, "||example.com/a.b*/c^", "expression ^([^/]*\\.)?example\\.com/a\\.b.*/c([^a-z0-9_.%-]|$)"},
    {ListFormat::adblock, "||example.com^ads|", "expression ^([^/]*\\.)?example\\.com/ads$"},
    {ListFormat::adblock, "@@||example.com^", "except example.com"},
    {ListFormat::adblock, "@@||*.example.com^$document", "except example.com"},
    {ListFormat::adblock, "example.com", "domain example.com"},
    {ListFormat::adblock, "0.0.0.0 a.com b.com # x", "domain a.com | domain b.com"},
    {ListFormat::adblock, "!#include other.txt", ":11 include other.txt"},
    {ListFormat::adblock, "! comment", ""},
    {ListFormat::adblock, "# comment", ""},
    {ListFormat::adblock, "#### comment", ""},
    {ListFormat::adblock, "[Adblock Plus 2.0]", ""},
    {ListFormat::adblock, "", ""},
    {ListFormat::adblock, "||com^", ":3 \"com\" would cover a whole top-level domain"},
    {ListFormat::adblock, "||*.co.uk^", ":3 \"co.uk\" would cover a whole public suffix"},
    {ListFormat::adblock, "||co.uk/x*y", ":3 \"co.uk\" would cover a whole public suffix"},
    {ListFormat::adblock, "||a.com/\x01*y", ":1 \"||a.com/?*y\" is not a rule for a host"},
    {ListFormat::adblock, "||*^", ":3 \"*\" would cover a whole top-level domain"},
    {ListFormat::adblock, "||a..com^",
     ":3 \"a..com\" is not taken: the host has a label that is empty or longer than 63 bytes"},
    {ListFormat::adblock, "@@||co.uk^", ":5 \"co.uk\" would cover a whole public suffix"},
    {ListFormat::adblock, "||a com/x^y", ":1 \"||a com/x^y\" is not a rule for a host"},
    {ListFormat::adblock, "example.com##.ad", ":1 skip a rule for parts of pages"},
    {ListFormat::adblock, "##.ad", ":1 skip a rule for parts of pages"},
    {ListFormat::adblock, "example.com#@#.ad", ":1 skip a rule for parts of pages"},
    {ListFormat::adblock, "example.com$$script[x]", ":1 skip a rule for parts of pages"},
    {ListFormat::adblock, "||example.com^$third-party", ":1 skip a rule for some pages or kinds of content"},
    {ListFormat::adblock, "||example.com^$important,script", ":1 skip a rule for some pages or kinds of content"},
    {ListFormat::adblock, "||example.com^$domain=a.com|b.com", ":1 skip a rule for some pages or kinds of content"},
    {ListFormat::adblock, "||example.com^$script,badfilter", ":1 skip a rule that takes another back"},
    {ListFormat::adblock, "||example.com^$removeparam=utm", ":1 skip a rule that changes pages or answers"},
    {ListFormat::adblock, "||ads.", ":1 skip a pattern for parts of URLs"},
    {ListFormat::adblock, "/banner/ads/img", ":1 skip a pattern for parts of URLs"},
    {ListFormat::adblock, "-ad-banner.", ":1 skip a pattern for parts of URLs"},
    {ListFormat::adblock, "two words", ":1 skip a pattern for parts of URLs"},
    {ListFormat::adblock, "$$", ":1 skip a rule for parts of pages"},
    {ListFormat::adblock, "@@", ":1 skip a pattern for parts of URLs"},
    {ListFormat::adblock, "||", ":3 \"\" is not taken: the host is empty"},
    {ListFormat::adblock, "/ads[0-9]+/", ":1 skip a regular expression for parts of URLs"},
    {ListFormat::adblock, "@@||example.com/x", ":1 skip an exception for a part of a site"},
};

const test::LineCase kResolvers[] = {
    {ListFormat::dnsmasq, "address=/a.com/0.0.0.0", "domain a.com"},
    {ListFormat::dnsmasq, "address=/a.com/b.com/::", "domain a.com | domain b.com"},
    {ListFormat::dnsmasq, "address=/.a.com/", "domain a.com"},
    {ListFormat::dnsmasq, "address=/a.com/#", "domain a.com"},
    {ListFormat::dnsmasq, "address=/*.a.com/192.168.0.1", "domain a.com"},
    {ListFormat::dnsmasq, "address=/ad*.a.com/", "expression ^([^/]*\\.)?ad[^/]*\\.a\\.com/"},
    {ListFormat::dnsmasq, "server=/a.com/", "domain a.com"},
    {ListFormat::dnsmasq, "local=/a.com/ # x", "domain a.com"},
    {ListFormat::dnsmasq, "server=/a.com/#", "except a.com"},
    {ListFormat::dnsmasq, "# x", ""},
    {ListFormat::dnsmasq, "", ""},
    {ListFormat::dnsmasq, "conf-file=/etc/more.conf", ":11 include /etc/more.conf"},
    {ListFormat::dnsmasq, "address=/#/0.0.0.0", ":10 \"#\" would cover every domain"},
    {ListFormat::dnsmasq, "address=/com/", ":10 \"com\" would cover a whole top-level domain"},
    {ListFormat::dnsmasq, "address=/a.com//0.0.0.0", "domain a.com | :16 \"\" is not taken: the host is empty"},
    {ListFormat::dnsmasq, "address=/", ":9 \"/\" names no domain"},
    {ListFormat::dnsmasq, "address=/a.com/x", ":16 \"x\" is not an address"},
    {ListFormat::dnsmasq, "address=/www.google.com/216.239.38.120", ":1 skip a name led to another public address"},
    {ListFormat::dnsmasq, "server=/a.com/192.0.2.1", ":1 skip a name that other servers answer"},
    {ListFormat::dnsmasq, "server=192.0.2.1", ":1 skip a setting of the resolver"},
    {ListFormat::dnsmasq, "ipset=/a.com/set", ":1 skip a setting of the resolver"},
    {ListFormat::dnsmasq, "no-resolv", ":1 skip a setting of the resolver"},
    {ListFormat::unbound, "server:", ""},
    {ListFormat::unbound, "  # x", ""},
    {ListFormat::unbound, "  local-zone: \"a.com.\" always_nxdomain # x", "domain a.com"},
    {ListFormat::unbound, "local-zone: a.com static", "domain a.com"},
    {ListFormat::unbound, "local-zone:\"a.com\" refuse", "domain a.com"},
    {ListFormat::unbound, "local-zone: \"a.com\" always_transparent", "except a.com"},
    {ListFormat::unbound, "local-data: \"a.com. 60 IN A 0.0.0.0\"", "domain a.com"},
    {ListFormat::unbound, "local-data: 'a.com AAAA ::'", "domain a.com"},
    {ListFormat::unbound, "include: \"/etc/more.conf\"", ":11 include /etc/more.conf"},
    {ListFormat::unbound, "local-zone: \"a.com\" transparent", ":1 skip a zone that is answered as ever"},
    {ListFormat::unbound, "local-data: \"a.com A 198.51.100.1\"", "domain a.com"},
    {ListFormat::unbound, "local-data: \"a.com A 216.239.38.120\"", ":1 skip a name led to another public address"},
    {ListFormat::unbound, "local-data: 'a.com TXT \"x\"'", ":1 skip a setting of the resolver"},
    {ListFormat::unbound, "  verbosity: 1", ":3 skip a setting of the resolver"},
    {ListFormat::unbound, "local-zone: \"a.com\"", ":14 \"a.com\" has no type of zone after it"},
    {ListFormat::unbound, "local-zone: \"a.com\" wrong", ":21 \"wrong\" is not a type of zone"},
    {ListFormat::unbound, "local-zone: \"com.\" static", ":14 \"com.\" would cover a whole top-level domain"},
    {ListFormat::unbound, "local-zone: \"a.com static", ":13 \"\"a.com static\" has no type of zone after it"},
    {ListFormat::unbound, "local-data: \"a.com\"", ":14 \"a.com\" is not a record"},
    {ListFormat::unbound, "a.com", ":1 \"a.com\" is not a setting: a name and a colon"},
};

const test::LineCase kAddresses[] = {
    {ListFormat::addresses, "192.0.2.1", "domain 192.0.2.1"},
    {ListFormat::addresses, "2001:DB8::1 # x", "domain 2001:db8::1"},
    {ListFormat::addresses, "192.0.2.0/24", "network 192.0.2.0/24"},
    {ListFormat::addresses, "192.0.2.1/32", "domain 192.0.2.1"},
    {ListFormat::addresses, "10.0.0.0/8", "network 10.0.0.0/8"},
    {ListFormat::addresses, "2001::/19", "network 2001::/19"},
    {ListFormat::addresses, "; x", ""},
    {ListFormat::addresses, "192.0.2.1/24",
     ":1 \"192.0.2.1/24\" has bits set after its prefix: the network is 192.0.2.0/24"},
    {ListFormat::addresses, "2001:db8::1/32",
     ":1 \"2001:db8::1/32\" has bits set after its prefix: the network is 2001:db8::/32"},
    {ListFormat::addresses, "0.0.0.0/0", ":1 \"0.0.0.0/0\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "128.0.0.0/7",
     ":1 \"128.0.0.0/7\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "::/0", ":1 \"::/0\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "2000::/18", ":1 \"2000::/18\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "::/20", ":1 \"::/20\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "::ffff:0:0/96",
     ":1 \"::ffff:0:0/96\" would cover too much: at least /8 is taken, or /19 of IPv6"},
    {ListFormat::addresses, "192.0.2.0/33", ":1 \"192.0.2.0/33\" has a prefix that is no number of bits"},
    {ListFormat::addresses, "192.0.2.0/", ":1 \"192.0.2.0/\" has a prefix that is no number of bits"},
    {ListFormat::addresses, "192.0.2.0/x", ":1 \"192.0.2.0/x\" has a prefix that is no number of bits"},
    {ListFormat::addresses, "192.0.2.0/024", ":1 \"192.0.2.0/024\" has a prefix that is no number of bits"},
    {ListFormat::addresses, "192.0.2.1-192.0.2.9",
     ":1 \"192.0.2.1-192.0.2.9\" is a range: write it as networks, such as 192.0.2.0/24"},
    {ListFormat::addresses, "a.com", ":1 \"a.com\" is neither an address nor a network"},
    {ListFormat::addresses, "192.0.2", ":1 \"192.0.2\" is neither an address nor a network"},
    {ListFormat::domains, "192.0.2.1/24",
     ":1 \"192.0.2.1/24\" has bits set after its prefix: the network is 192.0.2.0/24"},
    {ListFormat::domains, "192.0.2.1/index.html", "url 192.0.2.1/index.html"},
    {ListFormat::domains, "a-b.com", "domain a-b.com"},
};

const test::LineCase kV2fly[] = {
    {ListFormat::v2fly, "example.com", "domain example.com"},
    {ListFormat::v2fly, "domain:example.com @ads &x # y", "domain example.com"},
    {ListFormat::v2fly, "full:www.example.com @!cn", "domain www.example.com"},
    {ListFormat::v2fly, "include:other", ":9 include other"},
    {ListFormat::v2fly, "include:other &x", ":9 include other"},
    {ListFormat::v2fly, "keyword:a.b", "expression ^[^/]*a\\.b"},
    {ListFormat::v2fly, "regexp:^a[0-9$]\\$x$ @ads", "expression ^a[0-9$]\\$x/"},
    {ListFormat::v2fly, "regexp:(^|\\.)b\\.com$", "expression ^[^/]*(?:(^|\\.)b\\.com/)"},
    {ListFormat::v2fly, "# x", ""},
    {ListFormat::v2fly, "include:other @ads", ":1 skip an include of a part of a list"},
    {ListFormat::v2fly, "include:other @-cn", ":1 skip an include of a part of a list"},
    {ListFormat::v2fly, "domain:com", ":8 \"com\" would cover a whole top-level domain"},
    {ListFormat::v2fly, "domain:", ":1 \"domain:\" has nothing after its colon"},
    {ListFormat::v2fly, "geosite:x", ":1 \"geosite:x\" is not a kind of entry"},
    {ListFormat::v2fly, "a.com b.com", ":7 \"b.com\" stands after the entry: one a line"},
    {ListFormat::v2fly, "regexp:a\x01", ":8 \"a?\" has a character that no host has"},
};

const test::LineCase kUntil[] = {
    {ListFormat::domains, "a.com # until 2026-12-18, lesson on media", "domain a.com | until 2026-12-18"},
    {ListFormat::domains, "a.com#until 2026-12-18", "domain a.com | until 2026-12-18"},
    {ListFormat::domains, "a.com # Until 2024-02-29 why", "domain a.com | until 2024-2-29"},
    {ListFormat::domains, "a.com # not until 18/12/2026", "domain a.com"},
    {ListFormat::domains, "192.0.2.0/24 # until 2026-12-18", "network 192.0.2.0/24 | until 2026-12-18"},
    {ListFormat::domains, "com # until 2026-12-18", ":1 \"com\" would cover a whole top-level domain"},
    {ListFormat::domains, "# until 2026-12-18", ""},
    {ListFormat::hosts, "0.0.0.0 a.com b.com # until 2026-12-18", "domain a.com | domain b.com | until 2026-12-18"},
    {ListFormat::urls, "a.com/x # until 2026-12-18", "url a.com/x | until 2026-12-18"},
    {ListFormat::keywords, "casino # until 2026-12-18", "keyword casino | until 2026-12-18"},
    {ListFormat::expressions, "a#b # until 2026-12-18", "expression a#b | until 2026-12-18"},
    {ListFormat::expressions, "a # why", "expression a"},
    {ListFormat::expressions, "a #b", "expression a #b"},
    {ListFormat::expressions, "a# until 2026-12-18", "expression a# until 2026-12-18"},
    {ListFormat::domains, "a.com # until 18/12/2026", ":15 \"18/12/2026\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::domains, "a.com # until 2026-13-40", ":15 \"2026-13-40\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::domains, "a.com # until 2026-02-29", ":15 \"2026-02-29\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::domains, "a.com # until 2026-12-18x", ":15 \"2026-12-18x\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::domains, "a.com # until", ":9 \"until\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::hosts, "0.0.0.0 a.com # until Friday", ":23 \"Friday\" is not a date: write \"until 2026-12-18\""},
    {ListFormat::expressions, "a # until 1.1.", ":11 \"1.1.\" is not a date: write \"until 2026-12-18\""},
};

TEST(FormatReaders, ReadEachKindOfLine) {
  for (const std::span<const test::LineCase> table :
       {std::span<const test::LineCase>{kAdblock}, {kResolvers}, {kAddresses}, {kV2fly}, {kUntil}})
    for (const auto& [format, line, expected] : table)
      EXPECT_EQ(expected, read_line(format, line)) << to_string(format) << ": " << line;
}

TEST(RpzZone, ReadsAZone) {
  EXPECT_THAT(
      read(ListFormat::rpz, R"(; comment
$TTL 1h
@ 3600 IN SOA localhost. root.localhost. (
    2026010100 ; serial
    3600 600 86400 ) ; the rest
  IN NS localhost.
a.com CNAME .          ; blocked
*.a.com CNAME .
b.com 60 IN CNAME *.
      A 192.0.2.1
c.com CNAME rpz-drop.
D.com CNAME garden.example.
e.com CNAME rpz-passthru.
f.com CNAME f.com.
g.com AAAA ::1
h.com TXT "a ; b"
32.1.2.0.192.rpz-ip CNAME .
24.0.2.0.192.rpz-ip CNAME .
32.zz.db8.2001.rpz-ip CNAME .
128.3.zz.db8.2001.rpz-ip CNAME .
24.0.2.0.192.rpz-ip CNAME rpz-passthru.
ns.evil.com.rpz-nsdname CNAME .
24.0.2.0.192.rpz-client-ip CNAME .
i.com CNAME rpz-tcp-only.
$INCLUDE more.rpz
)"),
      ElementsAre("7 domain a.com", "8 domain a.com", "9 domain b.com", "10 domain b.com", "11 domain c.com",
                  "12 domain d.com", "13 except e.com", "14 except f.com", "15 domain g.com",
                  "16:7 skip a record that is no rule for hosts", "17 domain 192.0.2.1", "18 network 192.0.2.0/24",
                  "19 network 2001:db8::/32", "20 domain 2001:db8::3", "21:1 skip an exception for a network",
                  "22:1 skip a rule about name servers or clients", "23:1 skip a rule about name servers or clients",
                  "24:7 skip a record that is no rule for hosts", "25:10 include more.rpz"));
}

TEST(RpzZone, TakesNamesRelativeToTheZone) {
  EXPECT_THAT(read(ListFormat::rpz,
                   "$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\na.com CNAME .\n"
                   "b.com.rpz.example. CNAME .\nc.com.rpz.example.org. CNAME .\n"
                   "$ORIGIN net.rpz.example.\nd CNAME .\n$ORIGIN e\nf CNAME .\n"),
              ElementsAre("3 domain a.com", "4 domain b.com",
                          "5:1 \"c.com.rpz.example.org.\" is not below the zone \"rpz.example.\"", "7 domain d.net",
                          "9 domain f.e.net"));
  // As servers write a zone they hold.
  EXPECT_THAT(
      read(ListFormat::rpz, "$ORIGIN .\nrpz.example SOA a. b. 1 2 3 4 5\n$ORIGIN rpz.example.\na.com CNAME .\n"),
      ElementsAre("4 domain a.com"));
  EXPECT_THAT(read(ListFormat::rpz, "rpz.example. SOA a. b. 1 2 3 4 5\na.com.rpz.example. CNAME .\nb.com CNAME .\n"),
              ElementsAre("2 domain a.com", "3 domain b.com"));
}

TEST(RpzZone, SaysWhatIsWrong) {
  const test::LineCase cases[] = {
      {ListFormat::rpz, "a.com. CNAME .",
       ":1 \"a.com.\" is absolute, and neither $ORIGIN nor SOA says the zone's name"},
      {ListFormat::rpz, "com CNAME .", ":1 \"com\" would cover a whole top-level domain"},
      {ListFormat::rpz, "*.co.uk CNAME .", ":1 \"co.uk\" would cover a whole public suffix"},
      {ListFormat::rpz, "a.com", ":1 \"a.com\" is a name without a record"},
      {ListFormat::rpz, "a.com CNAME", ":7 \"CNAME\" has nothing after it"},
      {ListFormat::rpz, "a.com CNAME rpz-passthru", ":13 \"rpz-passthru\" needs a dot at its end"},
      {ListFormat::rpz, "1.2.rpz-ip CNAME .", ":1 \"1.2.rpz-ip\" is not an address of the form PREFIX.reversed.rpz-ip"},
      {ListFormat::rpz, "rpz-ip CNAME .", ":1 \"rpz-ip\" is not an address of the form PREFIX.reversed.rpz-ip"},
      {ListFormat::rpz, "0.0.0.0.0.rpz-ip CNAME .",
       ":1 \"0.0.0.0/0\" would cover too much: at least /8 is taken, or /19 of IPv6"},
      {ListFormat::rpz, "24.1.2.0.192.rpz-ip CNAME .",
       ":1 \"192.0.2.1/24\" has bits set after its prefix: the network is 192.0.2.0/24"},
      {ListFormat::rpz, "$ORIGIN a", ":9 \"a\" needs a dot at its end"},
      {ListFormat::rpz, "$INCLUDE", ":1 \"$INCLUDE\" has nothing after it"},
      {ListFormat::rpz, "$GENERATE 1-9 a$ A 192.0.2.1", ":1 skip a record that is no rule for hosts"},
      {ListFormat::rpz, "@ SOA a. b. ( 1", ":1 the parenthesis does not close"},
  };
  for (const auto& [format, line, expected] : cases)
    EXPECT_EQ(expected, read_line(format, line)) << line;
  // A parenthesis that does not close costs no more than 8 KiB of the zone.
  std::string zone = "@ SOA (\n";
  for (int i = 0; i < 1000; ++i)
    zone += "example.com CNAME .\n";
  const auto said = read(ListFormat::rpz, zone);
  EXPECT_GT(said.size(), 500U);
  EXPECT_THAT(said.front(), testing::EndsWith(":1 the parenthesis of line 1 does not close"));
}

TEST(E2guardianList, ReadsListsByTheirNames) {
  const auto line = [](std::string_view text, std::string_view name = "bannedsitelist") {
    return read_line(ListFormat::e2guardian, text, name);
  };
  EXPECT_EQ("domain example.com", line("example.com # x"));
  EXPECT_EQ("domain example.com", line(".example.com"));
  EXPECT_EQ("network 192.0.2.0/24", line("192.0.2.0/24", "bannedsiteiplist"));
  EXPECT_EQ("url example.com/a", line("example.com/a", "bannedurllist"));
  EXPECT_EQ("expression (casino|poker)#", line("(casino|poker)#", "bannedregexpurllist"));
  EXPECT_EQ("domain example.com", line("example.com", "anything"));
  EXPECT_EQ("", line("#listcategory: \"x\""));
  EXPECT_EQ(":1 \"#time: 1800 2200 123\" is a time header: the policy's timetable says when",
            line("#time: 1800 2200 123"));
  EXPECT_EQ(":10 include /etc/e2guardian/lists/x", line(".Include</etc/e2guardian/lists/x>"));
  EXPECT_EQ(":1 \".Include</etc/x\" does not name a file between < and >", line(".Include</etc/x"));
  EXPECT_EQ(":1 skip a directive of e2guardian", line(".Define LIST <x>"));
  EXPECT_EQ(":2 \"com\" would cover a whole top-level domain", line(" .com"));
  for (const auto* blanket : {"**", "*ip", "**s"})
    EXPECT_EQ(":1 skip a blanket rule: the policy says what else is blocked", line(blanket));
  EXPECT_EQ(":1 skip a phrase list: pages are not read", line("< sex >,<free>", "bannedphraselist"));
  EXPECT_EQ(":1 skip a phrase list: pages are not read", line("<sex>", "bannedsitelist"));
  EXPECT_EQ(":1 skip an entry about clients or kinds of content", line(".exe", "bannedextensionlist"));
  EXPECT_EQ("refused: an HTML or XML page, not a list", line("<!DOCTYPE html>"));
}

}  // namespace
}  // namespace breakwater::categories
