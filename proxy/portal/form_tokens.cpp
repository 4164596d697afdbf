// "1795428000.9f3c..." : seconds of the epoch, then the authenticator of "1795428000 PERSON" in 64 hexadecimal digits.

#include "proxy/portal/form_tokens.h"

#include <charconv>

#include <fmt/format.h>
#include <sodium.h>

namespace breakwater::portal {

FormTokens::FormTokens() {
  static_assert(std::tuple_size_v<decltype(key_)> == crypto_auth_KEYBYTES);
  if (sodium_init() < 0) std::abort();  // without randomness every token could be guessed
  crypto_auth_keygen(key_.data());
}

std::string FormTokens::sign(std::int64_t made, std::string_view person) const {
  const auto text = fmt::format("{} {}", made, person);
  std::array<unsigned char, crypto_auth_BYTES> mac{};
  crypto_auth(mac.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), key_.data());
  std::array<char, 2 * crypto_auth_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
  return fmt::format("{}.{}", made, hex.data());
}

std::string FormTokens::make(std::string_view person, rules::SysSeconds now) const {
  return sign(now.time_since_epoch().count(), person);
}

bool FormTokens::holds(std::string_view token, std::string_view person, rules::SysSeconds now) const {
  std::int64_t made = 0;
  const auto digits = token.substr(0, token.find('.'));
  const auto parsed = std::from_chars(digits.begin(), digits.end(), made);
  if (parsed.ec != std::errc{} || parsed.ptr != digits.end()) return false;
  const auto expected = sign(made, person);
  if (expected.size() != token.size() || sodium_memcmp(expected.data(), token.data(), token.size()) != 0) return false;
  const rules::SysSeconds when{std::chrono::seconds(made)};
  return when <= now && now - when <= kLife;
}

}  // namespace breakwater::portal
