#include "proxy/safeguarding/key_file.h"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "proxy/wire/utf8.h"

namespace breakwater::safeguarding {
namespace {

constexpr std::string_view kPublicMark = "breakwater-key-1";
constexpr std::string_view kPrivateMark = "private key 1";
constexpr std::size_t kMaxName = 200;
constexpr const char* kDamaged = "is damaged: take a copy, or the spare key";

// What a file may ask of the machine that opens it.
constexpr std::uint64_t kMaxOperations = 16;
constexpr std::size_t kMaxMemory = std::size_t{1} << 30U;

struct PrivateFile {
  NamedKey named;
  std::uint64_t operations = crypto_pwhash_OPSLIMIT_MODERATE;
  std::size_t memory = crypto_pwhash_MEMLIMIT_MODERATE;
  std::string salt;
  std::string nonce;
  std::string box;
};

std::string clean_name(std::string_view name) {
  return wire::clean_text(name, kMaxName);
}

std::optional<crypto::Secret> derive(std::string_view passphrase, const PrivateFile& file) {
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  const crypto::Wipe wipe(key);
  if (crypto_pwhash(reinterpret_cast<unsigned char*>(key.data()), key.size(), passphrase.data(), passphrase.size(),
                    reinterpret_cast<const unsigned char*>(file.salt.data()), file.operations, file.memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0)
    return std::nullopt;
  return crypto::Secret::from(key);
}

std::optional<PrivateFile> parse(std::string_view text, std::string& error) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  try {  // a member of another type is all that throws here
    if (!json.is_object() || json.value("breakwater", "") != kPrivateMark) {
      error = text.starts_with(kPublicMark) ? "is the public key: the private one is the file without .pub"
                                            : "is no private key of `breakwater keys new`";
      return std::nullopt;
    }
    PrivateFile file;
    error = kDamaged;
    const auto key = crypto::array_from_text<32>(json.value("public", ""));
    const auto salt = crypto::from_text(json.value("salt", ""), crypto_pwhash_SALTBYTES);
    const auto nonce = crypto::from_text(json.value("nonce", ""), crypto_secretbox_NONCEBYTES);
    const auto box = crypto::from_text(json.value("box", ""), crypto::Secret::kBytes + crypto_secretbox_MACBYTES);
    file.operations = json.value("operations", std::uint64_t{0});
    file.memory = json.value("memory", std::size_t{0});
    if (!key || !salt || !nonce || !box) return std::nullopt;
    if (file.operations < 1 || file.operations > kMaxOperations || file.memory < crypto_pwhash_MEMLIMIT_MIN ||
        file.memory > kMaxMemory)
      return std::nullopt;
    file.named = {clean_name(json.value("name", "")), *key};
    file.salt = *salt;
    file.nonce = *nonce;
    file.box = *box;
    error.clear();
    return file;
  } catch (const nlohmann::json::exception&) {
    error = kDamaged;
    return std::nullopt;
  }
}

}  // namespace

std::string fingerprint(const crypto::PublicKey& key) {
  constexpr std::size_t kCharacters = 16;
  auto text = crypto::base32(crypto::view(crypto::digest(crypto::view(key))), kCharacters);
  for (const std::size_t place : {12U, 8U, 4U})
    text.insert(place, 1, '-');
  return text;
}

std::string to_line(const NamedKey& key) {
  std::string line(kPublicMark);
  line.append(" ").append(crypto::to_text(crypto::view(key.key)));
  return line.append(" ").append(clean_name(key.name)).append("\n");
}

std::optional<NamedKey> parse_public_key(std::string_view text, std::string& error) {
  error.clear();
  const auto line = text.substr(0, text.find_first_of("\r\n"));
  if (!line.starts_with(kPublicMark) || line.substr(kPublicMark.size(), 1) != " ") {
    const bool is_private = text.find(kPrivateMark) != std::string_view::npos;
    error = is_private ? "is a private key: name its .pub file here, and take this one off the machine"
                       : "is no public key of `breakwater keys new`";
    return std::nullopt;
  }
  const auto rest = line.substr(kPublicMark.size() + 1);
  const auto space = rest.find(' ');
  const auto key = crypto::array_from_text<32>(rest.substr(0, space));
  if (!key || !crypto::ready() || crypto::wrap("", *key).empty()) {
    error = "is a public key that is damaged: take a new copy";
    return std::nullopt;
  }
  return NamedKey{space == std::string_view::npos ? "" : clean_name(rest.substr(space + 1)), *key};
}

std::string seal_key_file(const crypto::KeyPair& pair, std::string_view name, std::string_view passphrase) {
  PrivateFile file;
  file.salt = crypto::random_bytes(crypto_pwhash_SALTBYTES);
  file.nonce = crypto::random_bytes(crypto_secretbox_NONCEBYTES);
  const auto key = derive(passphrase, file);
  if (!key) return {};
  std::string box(crypto::Secret::kBytes + crypto_secretbox_MACBYTES, '\0');
  crypto_secretbox_easy(reinterpret_cast<unsigned char*>(box.data()), pair.secret.data(), crypto::Secret::kBytes,
                        reinterpret_cast<const unsigned char*>(file.nonce.data()), key->data());
  const nlohmann::ordered_json json{{"breakwater", kPrivateMark},
                                    {"name", clean_name(name)},
                                    {"public", crypto::to_text(crypto::view(pair.public_key))},
                                    {"kdf", "argon2id"},
                                    {"operations", file.operations},
                                    {"memory", file.memory},
                                    {"salt", crypto::to_text(file.salt)},
                                    {"nonce", crypto::to_text(file.nonce)},
                                    {"box", crypto::to_text(box)}};
  return json.dump(2) + "\n";
}

std::optional<NamedKey> parse_key_file(std::string_view text, std::string& error) {
  const auto file = parse(text, error);
  if (!file) return std::nullopt;
  return file->named;
}

std::optional<crypto::KeyPair> open_key_file(std::string_view text, std::string_view passphrase, std::string& error) {
  const auto file = parse(text, error);
  if (!file) return std::nullopt;
  const auto key = derive(passphrase, *file);
  if (!key) {
    error = "there is not memory enough to open it";
    return std::nullopt;
  }
  std::string secret(crypto::Secret::kBytes, '\0');
  const crypto::Wipe wipe(secret);
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(secret.data()),
                                 reinterpret_cast<const unsigned char*>(file->box.data()), file->box.size(),
                                 reinterpret_cast<const unsigned char*>(file->nonce.data()), key->data()) != 0) {
    error = "this is not its passphrase";
    return std::nullopt;
  }
  auto pair = crypto::key_pair_of(*crypto::Secret::from(secret));
  if (pair.public_key == file->named.key) return pair;
  error = kDamaged;
  return std::nullopt;
}

}  // namespace breakwater::safeguarding
