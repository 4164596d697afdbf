#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/record.h"

/// Records that leave the gateway, with names still sealed: JSON lines. The first is the manifest, with the digest of
/// all that follows and the gateway's signature; then the keys of the days, wrapped; then the records as they stand in
/// the chain.
namespace breakwater::safeguarding {

inline constexpr std::size_t kMaxBundle = std::size_t{256} << 20U;

struct Bundle {
  std::string about;  ///< reference of the episode, or what else was asked for
  std::string by;     ///< who asked for it
  Milliseconds made;
  std::optional<Head> head;    ///< the last one of the chain when it was made
  crypto::PublicKey signer{};  ///< the gateway's chain key, as in `chain.pub`
  std::vector<DayKey> days;
  std::vector<Record> records;
};

/// The wrapped keys of the days that the records are sealed with, as far as they are still there.
std::vector<DayKey> day_keys_of(const std::filesystem::path& state, std::span<const Record> records);

/// The text of a bundle, signed. `signer` is filled in from the key.
std::string write_bundle(Bundle bundle, const ChainKey& key);

/// Checks every hash and the signature before it gives anything. What is wrong stands in `error`: no bundle, cut, or
/// changed since it was made.
std::optional<Bundle> read_bundle(std::string_view text, std::string& error);

}  // namespace breakwater::safeguarding
