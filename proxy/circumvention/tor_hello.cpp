#include "proxy/circumvention/tor_hello.h"

#include <algorithm>
#include <string_view>

namespace breakwater::circumvention {
namespace {

constexpr std::string_view kBefore = "www.";
constexpr std::string_view kBehind = ".com";
constexpr std::size_t kLeast = 4;
constexpr std::size_t kMost = 25;
constexpr int kManyConsonants = 6;

bool is_digit(char c) {
  return c >= '2' && c <= '7';
}

bool is_base32(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}

bool is_word(std::string_view name) {
  int consonants = 0;
  for (const char c : name) {
    if (is_digit(c)) return false;
    consonants = std::string_view("aeiouy").find(c) == std::string_view::npos ? consonants + 1 : 0;
    if (consonants == kManyConsonants) return false;
  }
  return true;
}

/// RFC 8701 2: 0x0a0a, 0x1a1a, ... 0xfafa.
bool is_greased(std::uint16_t type) {
  return (type & 0x0f0fU) == 0x0a0aU && type >> 8U == (type & 0xffU);
}

}  // namespace

bool looks_like_tor(const tls::ClientHello& hello) {
  std::string_view name = hello.sni;
  if (!name.starts_with(kBefore) || !name.ends_with(kBehind)) return false;
  if (name.size() < kBefore.size() + kLeast + kBehind.size()) return false;
  name.remove_prefix(kBefore.size());
  name.remove_suffix(kBehind.size());
  if (name.size() > kMost || !std::all_of(name.begin(), name.end(), is_base32) || is_word(name)) return false;
  return hello.alpn.empty() && std::none_of(hello.extensions.begin(), hello.extensions.end(), is_greased);
}

}  // namespace breakwater::circumvention
