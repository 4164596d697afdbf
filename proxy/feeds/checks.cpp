// A minisign signature is four lines:
//
//   untrusted comment: TEXT
//   base64( algorithm[2] | key id[8] | Ed25519 signature[64] )        "Ed": of the file; "ED": of its BLAKE2b-512
//   trusted comment: TEXT
//   base64( Ed25519 signature[64] )                                   of the signature above and TEXT
//
// and a public key base64( "Ed" | key id[8] | Ed25519 key[32] ).

#include "proxy/feeds/checks.h"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/evp.h>
#include <sodium.h>

namespace breakwater::feeds {
namespace {

constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kAlgorithm = 2;
constexpr std::size_t kKeyId = 8;
constexpr std::string_view kTrusted = "trusted comment: ";

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// 64 hexadecimal digits in lower case, or "".
std::string as_digest(std::string_view text) {
  std::string digest(text);
  if (digest.size() != kSha256Digits) return {};
  for (auto& c : digest) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
  }
  return digest;
}

struct Sum {
  std::string digest;
  std::string_view name;
};

Sum parse_sum(std::string_view line) {
  constexpr std::string_view kBsd = "SHA256 (";
  constexpr std::string_view kBsdEnd = ") = ";
  if (line.starts_with(kBsd)) {
    const auto end = line.rfind(kBsdEnd);
    if (end == std::string_view::npos || end < kBsd.size()) return {};
    return {as_digest(line.substr(end + kBsdEnd.size())), line.substr(kBsd.size(), end - kBsd.size())};
  }
  auto name = trim(line.substr(std::min(kSha256Digits, line.size())));
  if (name.starts_with('*')) name.remove_prefix(1);
  return {as_digest(line.substr(0, kSha256Digits)), name};
}

/// Exactly `size` bytes, or empty.
std::vector<std::uint8_t> decode_base64(std::string_view text, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::size_t length = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      length != size)
    return {};
  return bytes;
}

}  // namespace

std::string sha256_of(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, kSha256Digits / 2> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) return {};
  std::array<char, kSha256Digits + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return text.data();
}

std::optional<std::string> find_sha256(std::string_view sums, std::string_view name) {
  const auto pick = [](const std::vector<std::string>& found) -> std::optional<std::string> {
    if (found.empty() || std::any_of(found.begin(), found.end(), [&](const auto& one) { return one != found.front(); }))
      return std::nullopt;
    return found.front();
  };
  std::vector<std::string> all;
  std::vector<std::string> named;
  while (!sums.empty()) {
    auto [digest, of] = parse_sum(trim(take_line(sums)));
    if (digest.empty()) continue;
    all.push_back(digest);
    if (of.substr(of.rfind('/') + 1) == name) named.push_back(std::move(digest));  // npos + 1 is 0
  }
  return named.empty() ? pick(all) : pick(named);
}

std::optional<std::string> check_minisign(std::span<const std::uint8_t> bytes, std::string_view signature,
                                          std::string_view key) {
  if (sodium_init() < 0) return "libsodium does not start";
  const auto public_key = decode_base64(key, kAlgorithm + kKeyId + crypto_sign_PUBLICKEYBYTES);
  if (public_key.empty()) return "the public key is malformed";
  take_line(signature);
  const auto first = decode_base64(take_line(signature), kAlgorithm + kKeyId + crypto_sign_BYTES);
  const auto comment = take_line(signature);
  const auto global = decode_base64(take_line(signature), crypto_sign_BYTES);
  if (first.empty() || global.empty() || !comment.starts_with(kTrusted)) return "no minisign signature";

  const std::span whole(first);
  const std::span public_bytes(public_key);
  if (!std::equal(whole.begin() + kAlgorithm, whole.begin() + kAlgorithm + kKeyId, public_bytes.begin() + kAlgorithm))
    return "signed with another key";
  const auto signed_bytes = whole.subspan(kAlgorithm + kKeyId);
  const auto verifies = [&](std::span<const std::uint8_t> by, std::span<const std::uint8_t> what) {
    return crypto_sign_verify_detached(by.data(), what.data(), what.size(),
                                       public_bytes.subspan(kAlgorithm + kKeyId).data()) == 0;
  };
  if (whole[0] != 'E' || (whole[1] != 'd' && whole[1] != 'D')) return "a signature of an unknown kind";
  if (whole[1] == 'd') {
    if (!verifies(signed_bytes, bytes)) return "the signature is not of this file";
  } else {
    std::array<std::uint8_t, crypto_generichash_BYTES_MAX> digest{};
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
    if (!verifies(signed_bytes, digest)) return "the signature is not of this file";
  }

  std::vector<std::uint8_t> told(signed_bytes.begin(), signed_bytes.end());
  const auto text = comment.substr(kTrusted.size());
  told.insert(told.end(), text.begin(), text.end());
  if (!verifies(global, told)) return "the trusted comment was changed";
  return std::nullopt;
}

}  // namespace breakwater::feeds
