#include "proxy/safeguarding/chain.h"

#include <charconv>
#include <vector>

#include <sodium.h>

#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/secret_file.h"

namespace breakwater::safeguarding {
namespace {

constexpr std::string_view kRecord = "breakwater record 1";
constexpr std::string_view kSealed = "breakwater sealed 1";
constexpr std::string_view kHead = "bwh1";
constexpr const char* kKeyFile = "chain.key";
constexpr const char* kPublicFile = "chain.pub";

template <class Integer>
void append_number(std::string& out, Integer number) {
  for (unsigned shift = sizeof(Integer) * 8; shift > 0; shift -= 8)
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> (shift - 8) & 0xffU);
}

void append_field(std::string& out, std::string_view bytes) {
  append_number(out, static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
}

/// What record it is, as both the hash and the sealed part have it.
void append_place(std::string& out, const Record& record) {
  append_number(out, record.seq);
  append_number(out, std::int64_t{record.time.time_since_epoch().count()});
  append_field(out, to_string(record.kind));
  append_field(out, record.reference);
}

std::string signed_text(const Head& head) {
  std::string text(kHead);
  for (const auto number : {head.seq, std::int64_t{head.time.time_since_epoch().count()}})
    text.append(".").append(std::to_string(number));
  return text.append(".").append(crypto::to_text(crypto::view(head.hash)));
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < 0) return std::nullopt;
  return number;
}

}  // namespace

Digest link(const Digest& before, const Record& record) {
  std::string bytes(kRecord);
  bytes += crypto::view(before);
  append_place(bytes, record);
  append_field(bytes, crypto::view(record.body_digest));
  append_field(bytes, crypto::view(record.sealed_digest));
  return crypto::digest(bytes);
}

std::string sealed_to(const Record& record) {
  std::string bytes(kSealed);
  append_place(bytes, record);
  return bytes;
}

std::string to_text(const Head& head) {
  auto text = signed_text(head);
  text.append(".").append(crypto::to_text(crypto::view(head.key)));
  return text.append(".").append(crypto::to_text(crypto::view(head.signature)));
}

std::optional<Head> parse_head(std::string_view text) {
  constexpr std::size_t kMaxBytes = 1024;  // one of ours has some 240
  if (text.size() > kMaxBytes) return std::nullopt;
  std::string joined;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') joined += c;
  const auto parts = split(joined);
  if (parts.size() != 6 || parts[0] != kHead) return std::nullopt;
  const auto seq = parse_number(parts[1]);
  const auto time = parse_number(parts[2]);
  const auto hash = crypto::array_from_text<32>(parts[3]);
  const auto key = crypto::array_from_text<32>(parts[4]);
  const auto signature = crypto::array_from_text<64>(parts[5]);
  if (!seq || !time || !hash || !key || !signature) return std::nullopt;
  return Head{*seq, Milliseconds(std::chrono::milliseconds(*time)), *hash, *key, *signature};
}

bool is_signed(std::string_view text, const crypto::PublicKey& key, const Signature& signature) {
  const auto sum = crypto::digest(text);
  return crypto_sign_verify_detached(signature.data(), sum.data(), sum.size(), key.data()) == 0;
}

bool is_signed(const Head& head) {
  return is_signed(signed_text(head), head.key, head.signature);
}

Result<ChainKey, std::string> ChainKey::load_or_make(const std::filesystem::path& keys) {
  const auto seed = load_or_make_secret(keys / kKeyFile);
  if (!seed) return seed.error();
  std::string error;
  ChainKey key(*seed);
  const auto line = crypto::to_text(crypto::view(key.public_key_)) + "\n";
  if (read_private(keys / kPublicFile, line.size(), error) != line) {
    if (error = write_private(keys / kPublicFile, line); !error.empty())
      return (keys / kPublicFile).string().append(": ").append(error);
  }
  return key;
}

ChainKey::ChainKey(const crypto::Secret& seed) : seed_(seed) {
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  crypto_sign_seed_keypair(public_key_.data(), secret.data(), seed_.data());
  sodium_memzero(secret.data(), secret.size());
}

Signature ChainKey::sign(std::string_view text) const {
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  crypto::PublicKey ignored;
  crypto_sign_seed_keypair(ignored.data(), secret.data(), seed_.data());
  const auto sum = crypto::digest(text);
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, sum.data(), sum.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return signature;
}

void ChainKey::sign(Head& head) const {
  head.key = public_key_;
  head.signature = sign(signed_text(head));
}

}  // namespace breakwater::safeguarding
