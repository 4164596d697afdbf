#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace breakwater::tls::testing {

using Bytes = std::vector<std::uint8_t>;

inline void append(Bytes& out, std::span<const std::uint8_t> more) {
  out.insert(out.end(), more.begin(), more.end());
}
inline void append_integer(Bytes& out, std::size_t value, unsigned size) {
  for (unsigned shift = 8 * size; shift > 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8) & 0xffU));
}
/// `content` behind its length in `size` bytes.
inline Bytes vector(unsigned size, std::span<const std::uint8_t> content) {
  Bytes out;
  append_integer(out, content.size(), size);
  append(out, content);
  return out;
}
inline Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}
inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts)
    append(out, part);
  return out;
}

struct Extension {
  std::uint16_t type;
  Bytes data;
};
inline Bytes name_entry(std::uint8_t type, std::string_view name) {
  return joined({{type}, vector(2, bytes(name))});
}
inline Extension server_name(std::string_view name) {
  return {0, vector(2, name_entry(0, name))};
}
inline Extension alpn(std::initializer_list<std::string_view> names) {
  Bytes list;
  for (const auto name : names)
    append(list, vector(1, bytes(name)));
  return {16, vector(2, list)};
}

/// A ClientHello whose parts may be put wrong one by one.
struct Hello {
  Bytes version{3, 3};
  Bytes random = Bytes(32, 0xAA);
  Bytes session_id = vector(1, Bytes(32, 0xBB));
  Bytes cipher_suites = vector(2, Bytes{0x13, 0x01, 0x13, 0x02, 0xc0, 0x2b});
  Bytes compression = vector(1, Bytes{0});
  std::optional<std::vector<Extension>> extensions{{server_name("www.example.org")}};
  std::optional<Bytes> raw_extensions;  ///< instead of `extensions`
  Bytes tail;                           ///< within the message, after all

  Bytes message() const {
    Bytes body = joined({version, random, session_id, cipher_suites, compression});
    if (raw_extensions) {
      append(body, *raw_extensions);
    } else if (extensions) {
      Bytes list;
      for (const auto& [type, data] : *extensions) {
        append_integer(list, type, 2);
        append(list, vector(2, data));
      }
      append(body, vector(2, list));
    }
    append(body, tail);
    return joined({{1}, vector(3, body)});
  }
};

inline Bytes record(std::span<const std::uint8_t> fragment, std::uint8_t type = 22, std::uint8_t minor = 1) {
  return joined({{type, 3, minor}, vector(2, fragment)});
}

/// The message in records of `size` bytes; the last may be shorter.
inline Bytes records(std::span<const std::uint8_t> message, std::size_t size) {
  Bytes out;
  for (; !message.empty(); message = message.subspan(std::min(size, message.size())))
    append(out, record(message.first(std::min(size, message.size()))));
  return out;
}

/// What a browser of today sends, near enough: GREASE, ALPN, key shares, ECH, padding.
inline Hello browser_hello(std::size_t key_share = 1216) {
  Hello hello;
  hello.cipher_suites = vector(2, Bytes(32, 0xc0));
  hello.extensions = std::vector<Extension>{{0x3a3a, {}},
                                            {0xfe0d, Bytes(186, 0xEC)},
                                            server_name("learning.onefile.co.uk"),
                                            {23, {}},
                                            {65281, {0}},
                                            {10, Bytes(10, 0)},
                                            {11, {1, 0}},
                                            {35, {}},
                                            alpn({"h2", "http/1.1"}),
                                            {5, {1, 0, 0, 0, 0}},
                                            {13, Bytes(18, 4)},
                                            {18, {}},
                                            {51, Bytes(key_share, 0x51)},
                                            {45, {1, 1}},
                                            {43, {6, 0x3a, 0x3a, 3, 4, 3, 3}},
                                            {27, {2, 0, 2}},
                                            {17613, Bytes(5, 0)},
                                            {0x1a1a, {0}}};
  return hello;
}

}  // namespace breakwater::tls::testing
