#include "proxy/circumvention/first_words.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/circumvention.h"

namespace breakwater::circumvention {
namespace {

using Hearing = FirstWords::Hearing;
using rules::Reason;

FirstWords name(std::string_view text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return name_first_words(bytes);
}

std::string with_nul(std::string_view text, std::size_t size) {
  std::string out(text);
  out.resize(size);
  return out;
}

struct Case {
  std::string said;
  Reason reason;
  std::string_view name;
};

/// Those with a file's name are the first bytes of a client in a real capture of that name.
const std::vector<Case>& known() {
  using namespace std::string_literals;
  static const std::vector<Case> table{
      {"SSH-2.0-OpenSSH_9.2\r\n", Reason::ssh, "SSH"},
      {"\x05\x02\x00\x01"s, Reason::socks, "SOCKS 5"},                                         // shadowsocks.pcap
      {"\x05\x01\x00"s, Reason::socks, "SOCKS 5"},                                             // socks.pcap
      {"\x04\x01\x00\x50\x00\x00\x00\x01\x00www.example.com\x00"s, Reason::socks, "SOCKS 4"},  // socks.pcap
      {"\x04\x01\x00\x50\x5d\xb8\xd8\x77\x00"s, Reason::socks, "SOCKS 4"},                     // socks.pcap
      {"\x00\x2a\x38\x92\xb8\xaf\x4a\x77\x7f\xc7\x42\x78\x10"s, Reason::openvpn, "OpenVPN"},   // openvpn.pcap
      {"\x00\x36\x38\x2a\x56\xd9\x79\xd9\x9e\xcc\xf4\x00\x00"s, Reason::openvpn, "OpenVPN"},   // openvpn.pcap
      {"\x00\x0e\x38\x50\x7a\x28\xa7\x82\x75\x78\x8d\x00\x00"s, Reason::openvpn,
       "OpenVPN"},  // openvpn_nohmac_tcp.pcapng
      {"\x01\x40\x50\x01\x02\x03"s, Reason::openvpn, "OpenVPN"},
      {with_nul("\x00\x94\x01"s, 150), Reason::wireguard, "WireGuard over TCP"},
      {"SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n", Reason::sstp, "SSTP"},
      {"CONNECT apache.org:443 HTTP/1.1\r\nUser-Agent:", Reason::nested_proxy,
       "CONNECT of another proxy"},                                                               // http_connect.pcap
      {"GET http://http.com/ HTTP/1.1\r\n", Reason::nested_proxy, "a request to another proxy"},  // http-proxy.pcapng
      {"POST HTTP://x/ HTTP/1.1\r\n", Reason::plain_http, "HTTP"},
      {"GET / HTTP/1.1\r\nHost: gambling.test\r\n\r\n", Reason::plain_http, "HTTP"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Reason::plain_http, "HTTP"},
      {"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03"s, Reason::remote_desktop, "RDP"},
      {"\x17\x24\x0a\x20\x00\x00"s, Reason::remote_desktop, "TeamViewer"},  // teamviewer.pcap
      {"RFB 003.008\n", Reason::remote_desktop, "VNC"},
      {"\023BitTorrent protocol\x00\x00"s, Reason::bittorrent, "BitTorrent"},
      {"<?xml version='1.0'?><stream:stream to='x'>", Reason::chat_protocol, "XMPP"},
      {"<stream:stream to='x'>", Reason::chat_protocol, "XMPP"},
      {"NICK someone\r\nUSER", Reason::chat_protocol, "IRC"},
  };
  return table;
}

TEST(FirstWords, NamesWhatIsKnown) {
  for (const auto& each : known()) {
    const auto words = name(each.said);
    EXPECT_EQ(words.hearing, Hearing::known) << each.said;
    EXPECT_EQ(words.reason, each.reason) << each.said;
    EXPECT_EQ(words.name, each.name) << each.said;
    EXPECT_TRUE(rules::is_tunnel_kind(words.reason)) << each.said;
  }
}

TEST(FirstWords, WaitsForTheRestAndThenStaysWithItsAnswer) {
  for (const auto& each : known()) {
    auto before = Hearing::need_more;
    for (std::size_t size = 0; size <= each.said.size(); ++size) {
      const auto words = name(std::string_view(each.said).substr(0, size));
      EXPECT_NE(words.hearing, Hearing::unknown) << each.said << " cut at " << size;
      if (before == Hearing::known) {
        EXPECT_EQ(words.name, each.name) << each.said << " cut at " << size;
      }
      before = words.hearing;
    }
  }
}

TEST(FirstWords, DoesNotNameTheRest) {
  using namespace std::string_literals;
  const std::string table[] = {
      "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"s,  // a ClientHello
      "\x15\x03\x03\x00\x02\x02\x28"s,                  // an alert
      "\x17\x03\x03\x00\x22\xa9\x4a"s,                  // data of TLS
      "\x80\x2e\x01\x03\x01\x00\x15"s,                  // SSLv2
      "\xf4\x9c\xfb\x0b\x87\x96\xba\x87\x14\x26"s,      // shadowsocks.pcap
      "\x05\x00\x00"s,
      "\x05\xff"s,  // no method, or more than there are
      "\x04\x03\x00\x50"s,
      "\x04\x01\x00\x00"s,  // no command of SOCKS 4, no port
      "\x00\x0d\x38"s,
      "\x05\xdd\x38"s,
      "\x00\x2a\x39"s,
      "\x00\x2a\x40"s,  // too short, too long, key 1, another opcode
      "\x00\x94\x02"s,
      "\x00\x94\x01\x00\x01\x00"s,  // no initiation
      "\x03\x00\x00\x13\x0e\xd0"s,
      "EHLO x\r\n",
      "GETX",
      "SSX",
  };
  for (const auto& said : table)
    EXPECT_EQ(name(said).hearing, Hearing::unknown) << testing::PrintToString(said);
}

}  // namespace
}  // namespace breakwater::circumvention
