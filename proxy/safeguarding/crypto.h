#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/safeguarding/record.h"

/// What of libsodium the records use. Bytes are held in strings; texts of bytes are base64url without padding (RFC 4648
/// 5). Every function may be called from any thread.
namespace breakwater::safeguarding::crypto {

/// False: libsodium cannot be used here, and nothing below may be called.
bool ready();

/// 32 bytes that are wiped when they go.
class Secret {
 public:
  static constexpr std::size_t kBytes = 32;
  static Secret random();
  static std::optional<Secret> from(std::string_view bytes);

  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret();
  const std::uint8_t* data() const { return bytes_.data(); }
  std::string_view view() const;

 private:
  Secret() = default;
  std::array<std::uint8_t, kBytes> bytes_{};
};

/// Wipes what a string holds when it goes.
class Wipe {
 public:
  explicit Wipe(std::string& text) : text_(text) {}
  Wipe(const Wipe&) = delete;
  Wipe& operator=(const Wipe&) = delete;
  ~Wipe();

 private:
  std::string& text_;
};

using PublicKey = std::array<std::uint8_t, 32>;

/// X25519: what is wrapped to the public key opens with the pair.
struct KeyPair {
  PublicKey public_key;
  Secret secret;
};
KeyPair make_key_pair();
KeyPair key_pair_of(const Secret& secret);

std::string random_bytes(std::size_t count);
std::string_view view(std::span<const std::uint8_t> bytes);
std::string to_text(std::string_view bytes);
/// nullopt where the text is not `count` bytes.
std::optional<std::string> from_text(std::string_view text, std::size_t count);
/// Of any length.
std::optional<std::string> from_text(std::string_view text);
template <std::size_t count>
std::optional<std::array<std::uint8_t, count>> array_from_text(std::string_view text) {
  const auto bytes = from_text(text, count);
  if (!bytes) return std::nullopt;
  std::array<std::uint8_t, count> array;
  std::copy(bytes->begin(), bytes->end(), array.begin());
  return array;
}

/// BLAKE2b-256.
Digest digest(std::string_view bytes);
Digest keyed_digest(const Secret& key, std::string_view bytes);

/// Crockford's base32, without I, L, O and U; the first 5 x `characters` bits.
std::string base32(std::string_view bytes, std::size_t characters);

/// crypto_box_seal: anonymous, to a public key.
std::string wrap(std::string_view bytes, const PublicKey& to);
std::optional<std::string> unwrap(std::string_view box, const KeyPair& pair);

/// XChaCha20-Poly1305: a random nonce, then the text and its tag.
std::string encrypt(std::string_view text, std::string_view associated, const Secret& key);
/// nullopt: another key, other associated data, or damaged.
std::optional<std::string> decrypt(std::string_view box, std::string_view associated, const Secret& key);

}  // namespace breakwater::safeguarding::crypto
