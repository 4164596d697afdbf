#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "categories/result.h"
#include "proxy/safeguarding/crypto.h"
#include "proxy/safeguarding/record.h"

/// How records hold each other: each one's hash covers the hash before it, so that whoever knows the last hash knows
/// whether any record behind it is as it was. A head is such a last hash, signed, to be kept where the machine's
/// administrator cannot reach it.
namespace breakwater::safeguarding {

/// BLAKE2b-256 over the hash before, `seq` and `time` (8 bytes each, big-endian), then kind, reference and the two
/// digests, each behind its length in 4 bytes. Body and sealed part count by their digests alone: they may be deleted
/// and the chain still holds.
Digest link(const Digest& before, const Record& record);

/// What the hash before the first record is.
inline constexpr Digest kNoRecord{};

/// What the sealed part is bound to: it opens in no other record.
std::string sealed_to(const Record& record);

using Signature = std::array<std::uint8_t, 64>;

struct Head {
  std::int64_t seq = 0;  ///< of the last record that it covers
  Milliseconds time;     ///< when it was signed
  Digest hash{};         ///< of that record
  crypto::PublicKey key{};
  Signature signature{};  ///< Ed25519
};

/// One word of ASCII: "bwh1.SEQ.TIME.HASH.KEY.SIGNATURE".
std::string to_text(const Head& head);
/// As to_text() gives it; spaces and line ends in it do not matter, since mail programs wrap. nullopt: it is no head.
std::optional<Head> parse_head(std::string_view text);
/// Is it signed by the key that it names?
bool is_signed(const Head& head);
bool is_signed(std::string_view text, const crypto::PublicKey& key, const Signature& signature);

/// The key that signs the heads of one gateway: `chain.key` in the folder of keys, its public part in `chain.pub`.
class ChainKey {
 public:
  /// Makes them where they are not there. The error says which file, and what is wrong with it.
  static Result<ChainKey, std::string> load_or_make(const std::filesystem::path& keys);

  const crypto::PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view text) const;
  /// Fills in key and signature.
  void sign(Head& head) const;

 private:
  explicit ChainKey(const crypto::Secret& seed);
  crypto::Secret seed_;
  crypto::PublicKey public_key_{};
};

}  // namespace breakwater::safeguarding
