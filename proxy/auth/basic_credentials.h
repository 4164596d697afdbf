#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "categories/result.h"

namespace breakwater::auth {

/// An account's name and password, wiped from memory when they go.
struct Credentials {
  Credentials() = default;
  Credentials(Credentials&& other) noexcept;
  Credentials& operator=(Credentials&& other) noexcept;
  ~Credentials() { wipe(); }

  std::string user;      ///< in lower case: accounts are compared without regard to ASCII case
  std::string password;  ///< without a small-string buffer, which a move would leave behind

 private:
  void wipe();
};

enum class CredentialsError : std::uint8_t {
  other_scheme,
  not_base64,
  no_colon,
  bad_user,           ///< empty, or over kMaxUserBytes
  control_character,  ///< RFC 7617 2 forbids them
  not_utf8,           ///< what `charset="UTF-8"` asked for
  too_long,
};
std::string_view to_string(CredentialsError error);

inline constexpr std::size_t kMaxUserBytes = 253;  ///< as in the policy's `users`
inline constexpr std::size_t kMaxPasswordBytes = 1024;

/// The value of a Proxy-Authorization field (RFC 7617, RFC 9110 11.7.2).
Result<Credentials, CredentialsError> parse_basic(std::string_view value);

}  // namespace breakwater::auth
