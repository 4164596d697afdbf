#include "proxy/net/proxy_header.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace breakwater::net {
namespace {

using namespace std::string_literals;
using Status = ProxyHeader::Status;

const auto kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const auto kAddresses4 = "\xC0\0\x02\x07\xC0\0\x02\x01\xC8\x22\x0C\x38"s;

/// A header of version 2; its length says what `content` has.
std::string binary(std::string_view command_and_family, std::string_view content) {
  auto out = kSignature;
  out.append(command_and_family);
  out.push_back(static_cast<char>(content.size() >> 8));
  out.push_back(static_cast<char>(content.size()));
  return out.append(content);
}

std::string tcp4(std::string_view tlvs) {
  auto content = kAddresses4;
  content.append(tlvs);
  return binary("\x21\x11", content);
}

struct Good {
  std::string header;
  std::string client;  ///< "": the balancer itself
};

std::vector<Good> good() {
  // The checksum was computed apart, by a table-less CRC-32C in Python.
  return {
      {"PROXY TCP4 192.0.2.7 192.0.2.1 51234 3128\r\n", "192.0.2.7"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255"},
      {"PROXY TCP6 2001:db8::7 2001:db8::1 51234 3128\r\n", "2001:db8::7"},
      {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe 65535 65535\r\n",
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
      {"PROXY TCP6 ::ffff:192.0.2.7 ::1 0 0\r\n", "192.0.2.7"},  // the IPv4 client that it is
      {"PROXY TCP6 :: :: 0 0\r\n", "::"},
      {"PROXY UNKNOWN\r\n", ""},
      {"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", ""},
      {tcp4(""), "192.0.2.7"},
      {tcp4("\x04\0\0\x01\0\x02h2"s), "192.0.2.7"},
      {tcp4("\x03\0\x04\xD7\x32\xC4\x0B\x04\0\x01\0"s), "192.0.2.7"},
      {tcp4("\x04\x01\x00"s + std::string(256, 'x')), "192.0.2.7"},
      {binary("\x21\x21", "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x07" + std::string(20, '\1')), "2001:db8::7"},
      {binary("\x21\x21", std::string(10, '\0') + "\xFF\xFF\xC0\0\x02\x07"s + std::string(20, '\1')), "192.0.2.7"},
      {binary("\x20\0"s, ""), ""},
      {binary("\x20\x11", "whatever"), ""},
      {binary("\x20\x77", std::string(4080, '\3')), ""},
  };
}

TEST(ProxyHeader, NamesTheClient) {
  for (const auto& [header, client] : good()) {
    for (const auto* after : {"", "GET / HTTP/1.1\r\n\r\n"}) {
      const auto parsed = parse_proxy_header(header + after);
      ASSERT_EQ(parsed.status, Status::done) << header << parsed.fault;
      EXPECT_EQ(parsed.size, header.size());
      EXPECT_EQ(parsed.client ? parsed.client->to_string() : "", client);
    }
  }
}

TEST(ProxyHeader, EveryTruncationWantsMoreButNothingOfWhatFollows) {
  for (const auto& [header, client] : good()) {
    for (std::size_t size = 0; size < header.size(); ++size) {
      const auto parsed = parse_proxy_header(header.substr(0, size));
      ASSERT_EQ(parsed.status, Status::need_more) << header << " cut at " << size << ": " << parsed.fault;
      EXPECT_GT(parsed.wanted, 0u);
      EXPECT_LE(size + parsed.wanted, header.size()) << header << " cut at " << size;
    }
  }
}

TEST(ProxyHeader, WhatIsWrongIsTold) {
  struct Bad {
    std::string bytes;
    std::string fault;
  };
  const std::vector<Bad> cases{
      {"G", "no PROXY header"},
      {"GET http://allowed.test/ HTTP/1.1\r\n", "no PROXY header"},
      {"\x16\x03\x01", "no PROXY header"},
      {"proxy TCP4 ", "no PROXY header"},
      {"\r\n\r\n\0\r\nQUIT\r"s, "no PROXY header"},
      {"PROXY \r\nGET http", "a PROXY line of an unknown family"},
      {"PROXY TCP5 192.0.2.7 192.0.2.1 1 2\r\n", "a PROXY line of an unknown family"},
      {"PROXY UNKNOWNX\r\n", "a PROXY line of an unknown family"},
      {"PROXY  TCP4 192.0.2.7 192.0.2.1 1 2\r\n", "a PROXY line of an unknown family"},
      {"PROXY TCP4\r\nGET", "a PROXY line with a wrong address"},
      {"PROXY TCP4 192.0.2.07 192.0.2.1 1 2\r\n", "a PROXY line with a wrong address"},
      {"PROXY TCP4 192.0.2.7  192.0.2.1 1 2\r\n", "a PROXY line with a wrong address"},
      {"PROXY TCP4 ::1 ::1 1 2\r\n", "a PROXY line with a wrong address"},
      {"PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n", "a PROXY line with a wrong address"},
      {"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "a PROXY line with a wrong address"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n", "a PROXY line with a wrong port"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 -1 2\r\n", "a PROXY line with a wrong port"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n", "a PROXY line with a wrong port"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n", "a PROXY line with a wrong port"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 1 2 \r\n", "a PROXY line with a wrong port"},
      {"PROXY TCP4 192.0.2.7 192.0.2.1 1 2\rx", "a PROXY line that does not end in CRLF"},
      {"PROXY UNKNOWN " + std::string(93, 'x'), "a PROXY line of over 107 bytes"},
      {"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", "a PROXY line of over 107 bytes"},
      {binary("\x11\x11", kAddresses4), "a PROXY header of an unknown version or command"},
      {binary("\x22\x11", kAddresses4), "a PROXY header of an unknown version or command"},
      {binary("\x21\0"s, ""), "a PROXY header that names no TCP client"},                      // UNSPEC
      {binary("\x21\x12", kAddresses4), "a PROXY header that names no TCP client"},            // UDP
      {binary("\x21\x31", std::string(216, 'x')), "a PROXY header that names no TCP client"},  // AF_UNIX
      {binary("\x21\x11", kAddresses4.substr(0, 11)), "a PROXY header whose addresses are cut"},
      {binary("\x21\x21", kAddresses4), "a PROXY header whose addresses are cut"},
      {binary("\x20\0"s, std::string(4081, 'x')).substr(0, 16), "a PROXY header of over 4096 bytes"},
      {tcp4("\x04"), "a PROXY header with a TLV that is cut"},
      {tcp4("\x04\0\x05xxxx"s), "a PROXY header with a TLV that is cut"},
      {tcp4("\x03\0\x04\xD7\x32\xC4\x0A\x04\0\x01\0"s), "a PROXY header with a wrong checksum"},
      {tcp4("\x03\0\x04\xD7\x32\xC4\x0B\x04\0\x01\1"s), "a PROXY header with a wrong checksum"},
      {tcp4("\x03\0\x03xxx"s), "a PROXY header with a checksum of a wrong size"},
  };
  for (const auto& [bytes, fault] : cases) {
    const auto parsed = parse_proxy_header(bytes);
    EXPECT_EQ(parsed.status, Status::malformed) << bytes;
    EXPECT_EQ(parsed.fault, fault) << bytes;
    EXPECT_EQ(parse_proxy_header(bytes + "more"), parsed) << bytes;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto part = parse_proxy_header(bytes.substr(0, size));
      EXPECT_TRUE(part.status == Status::need_more || part == parsed) << bytes << " cut at " << size;
    }
  }
}

}  // namespace
}  // namespace breakwater::net
