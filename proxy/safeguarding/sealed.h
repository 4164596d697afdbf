#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/day_keys.h"

/// A sealed part as bytes: version (1), id of the day's key (16), nonce (24), ciphertext and tag (text + 16). It is
/// bound to its record by sealed_to(). Internal to this folder.
namespace breakwater::safeguarding {

struct Sealed {
  std::string_view key_id;
  std::string_view box;
};

inline constexpr char kSealedVersion = 1;

inline std::optional<Sealed> parse_sealed(std::string_view bytes) {
  if (bytes.size() <= 1 + DayKey::kIdBytes || bytes.front() != kSealedVersion) return std::nullopt;
  return Sealed{bytes.substr(1, DayKey::kIdBytes), bytes.substr(1 + DayKey::kIdBytes)};
}

/// Told by the digest, which stays when the part is deleted.
inline bool is_nothing_sealed(const Record& record) {
  return record.sealed_digest == crypto::digest("");
}

}  // namespace breakwater::safeguarding
