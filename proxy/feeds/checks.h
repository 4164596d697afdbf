#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Is a file what its publisher gave out? All of it reads hostile bytes and never throws.
namespace breakwater::feeds {

inline constexpr std::size_t kMaxSumsBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSignatureBytes = std::size_t{16} << 10;

/// In lower-case hexadecimal digits; "" where OpenSSL has no SHA-256 to give.
std::string sha256_of(std::span<const std::uint8_t> bytes);

/// The digest that a file of sums gives for the file `name`, in lower case: `HEX  name` and `HEX *name` as sha256sum
/// writes them, `SHA256 (name) = HEX` as BSD does, or HEX alone. Where the file holds one digest only, that one counts
/// whatever name stands beside it. nullopt: none, or two that differ.
std::optional<std::string> find_sha256(std::string_view sums, std::string_view name);

/// Verifies a minisign signature, both the old kind (over the file) and the prehashed one (over its BLAKE2b-512), and
/// the signature over the trusted comment. `key` is the public key in base64. Returns what is wrong.
/// Format: https://jedisct1.github.io/minisign/#signature-format
std::optional<std::string> check_minisign(std::span<const std::uint8_t> bytes, std::string_view signature,
                                          std::string_view key);

}  // namespace breakwater::feeds
