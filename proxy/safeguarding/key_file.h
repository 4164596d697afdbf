#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "categories/result.h"
#include "proxy/safeguarding/crypto.h"

/// The keys of a person who may open names: the private one in a file that leaves the gateway, sealed under a
/// passphrase (argon2id and XSalsa20-Poly1305); the public one in a file of one line, which the policy names.
namespace breakwater::safeguarding {

inline constexpr std::size_t kMinPassphrase = 12;  ///< characters of a new one
inline constexpr std::size_t kMaxKeyFile = 64 * 1024;

struct NamedKey {
  std::string name;
  crypto::PublicKey key{};
};

/// Four groups of four characters, to be compared over the telephone.
std::string fingerprint(const crypto::PublicKey& key);

/// "breakwater-key-1 KEY NAME"
std::string to_line(const NamedKey& key);
/// What is wrong with the text stands in `error`.
std::optional<NamedKey> parse_public_key(std::string_view text, std::string& error);

/// The private file's text. "" where there is not memory enough for argon2id. Takes about a second.
std::string seal_key_file(const crypto::KeyPair& pair, std::string_view name, std::string_view passphrase);

/// What it says of itself without the passphrase. `error` as above.
std::optional<NamedKey> parse_key_file(std::string_view text, std::string& error);
/// Takes about a second.
std::optional<crypto::KeyPair> open_key_file(std::string_view text, std::string_view passphrase, std::string& error);

}  // namespace breakwater::safeguarding
