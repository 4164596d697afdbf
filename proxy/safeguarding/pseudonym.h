#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "categories/result.h"
#include "proxy/safeguarding/crypto.h"

namespace breakwater::safeguarding {

/// Stand-ins for names: keyed hashes, so that nobody without the key of this gateway (`pseudonym.key` in the folder of
/// keys) can find out by trying. The same person has the same pseudonym for as long as the key is there; 40 bits keep
/// two of a centre's people apart. Safe from any thread.
class Pseudonyms {
 public:
  /// Makes the key where it is not there. The error says which file, and what is wrong with it.
  static Result<Pseudonyms, std::string> load_or_make(const std::filesystem::path& keys);

  /// "P-7QK4M2XP", of rules::person_key().
  std::string of_person(std::string_view person_key) const;
  /// Eight characters.
  std::string of_host(std::string_view host) const;

 private:
  explicit Pseudonyms(const crypto::Secret& key) : key_(key) {}
  crypto::Secret key_;
};

}  // namespace breakwater::safeguarding
