#include "proxy/safeguarding/crypto.h"

#include <sodium.h>

namespace breakwater::safeguarding::crypto {
namespace {

constexpr int kText = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* in(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

bool ready() {
  static const bool is_ready = sodium_init() >= 0;
  return is_ready;
}

Secret Secret::random() {
  Secret made;
  randombytes_buf(made.bytes_.data(), kBytes);
  return made;
}

std::optional<Secret> Secret::from(std::string_view bytes) {
  if (bytes.size() != kBytes) return std::nullopt;
  Secret made;
  std::copy(bytes.begin(), bytes.end(), made.bytes_.begin());
  return made;
}

Secret::~Secret() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

std::string_view Secret::view() const {
  return crypto::view(bytes_);
}

Wipe::~Wipe() {
  sodium_memzero(text_.data(), text_.size());
}

KeyPair make_key_pair() {
  return key_pair_of(Secret::random());
}

KeyPair key_pair_of(const Secret& secret) {
  KeyPair pair{{}, secret};
  crypto_scalarmult_base(pair.public_key.data(), secret.data());
  return pair;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), count);
  return bytes;
}

std::string_view view(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_text(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kText), '\0');
  sodium_bin2base64(text.data(), text.size(), in(bytes), bytes.size(), kText);
  text.pop_back();  // its NUL
  return text;
}

std::optional<std::string> from_text(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(out(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr, kText) != 0)
    return std::nullopt;
  bytes.resize(length);
  return bytes;
}

std::optional<std::string> from_text(std::string_view text, std::size_t count) {
  auto bytes = from_text(text);
  if (bytes && bytes->size() != count) bytes.reset();
  return bytes;
}

Digest digest(std::string_view bytes) {
  Digest sum;
  crypto_generichash(sum.data(), sum.size(), in(bytes), bytes.size(), nullptr, 0);
  return sum;
}

Digest keyed_digest(const Secret& key, std::string_view bytes) {
  Digest sum;
  crypto_generichash(sum.data(), sum.size(), in(bytes), bytes.size(), key.data(), Secret::kBytes);
  return sum;
}

std::string base32(std::string_view bytes, std::size_t characters) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    held = held << 8U | static_cast<std::uint8_t>(byte);
    for (bits += 8; bits >= 5 && text.size() < characters; bits -= 5)
      text += kDigits[held >> (bits - 5) & 31U];
    held &= 0xffU;
  }
  return text;
}

std::string wrap(std::string_view bytes, const PublicKey& to) {
  std::string box(bytes.size() + crypto_box_SEALBYTES, '\0');
  // It fails for a public key of low order alone, and then nothing is in the box.
  if (crypto_box_seal(out(box), in(bytes), bytes.size(), to.data()) != 0) box.clear();
  return box;
}

std::optional<std::string> unwrap(std::string_view box, const KeyPair& pair) {
  if (box.size() < crypto_box_SEALBYTES) return std::nullopt;
  std::string bytes(box.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(out(bytes), in(box), box.size(), pair.public_key.data(), pair.secret.data()) != 0)
    return std::nullopt;
  return bytes;
}

std::string encrypt(std::string_view text, std::string_view associated, const Secret& key) {
  std::string box = random_bytes(kNonce);
  std::string sealed(text.size() + kTag, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(out(sealed), nullptr, in(text), text.size(), in(associated),
                                             associated.size(), nullptr, in(box), key.data());
  return box += sealed;
}

std::optional<std::string> decrypt(std::string_view box, std::string_view associated, const Secret& key) {
  if (box.size() < kNonce + kTag) return std::nullopt;
  const auto sealed = box.substr(kNonce);
  std::string text(sealed.size() - kTag, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out(text), nullptr, nullptr, in(sealed), sealed.size(), in(associated),
                                                 associated.size(), in(box), key.data()) != 0)
    return std::nullopt;
  return text;
}

}  // namespace breakwater::safeguarding::crypto
