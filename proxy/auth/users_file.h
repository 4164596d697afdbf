#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "categories/diagnostic.h"

namespace breakwater::auth {

/// Accounts and the hashes of their passwords, as a file has them: a line `NAME:$argon2id$...` each; empty lines and
/// those that begin with `#` say nothing.
class UsersFile {
 public:
  static constexpr std::size_t kMaxBytes = 8 << 20;
  static constexpr std::size_t kMaxUsers = 50'000;
  static constexpr unsigned kMaxMemoryKib = 256 << 10;  ///< that one verification may take
  static constexpr unsigned kMaxPasses = 16;

  /// Every mistake goes to `diagnostics` with its line, none with a hash; nullopt where there was one.
  static std::optional<UsersFile> parse(std::string_view text, const std::string& file,
                                        categories::Diagnostics& diagnostics);

  /// Takes as long for a name that is not there as for a wrong password: tens of milliseconds and the memory that the
  /// hash names.
  bool verify(std::string_view user, std::string_view password) const;

  /// By name in lower case.
  const std::unordered_map<std::string, std::string>& hashes() const { return hashes_; }

 private:
  std::unordered_map<std::string, std::string> hashes_;
};

/// Why a name cannot stand in such a file; "" where it can.
std::string_view name_mistake(std::string_view name);

/// A new hash of a password; "" where there is no memory for it. Slow, as verify() is.
std::string hash_password(std::string_view password);

/// The text with the user's line put in place of the old one, or behind all others; with an empty hash without it.
/// nullopt: there was none to take away. All other lines stay as they are.
std::optional<std::string> with_user(std::string_view text, std::string_view name, std::string_view hash);

}  // namespace breakwater::auth
