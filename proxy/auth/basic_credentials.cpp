// Basic SP base64( user ":" password )

#include "proxy/auth/basic_credentials.h"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "proxy/wire/utf8.h"

namespace breakwater::auth {
namespace {

constexpr std::string_view kScheme = "basic ";
constexpr std::size_t kMaxBytes = kMaxUserBytes + 1 + kMaxPasswordBytes;

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = wire::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Decoded bytes of a password must not stay behind on the stack.
struct Decoded {
  std::array<char, kMaxBytes> bytes{};
  std::size_t size = 0;
  ~Decoded() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

Credentials::Credentials(Credentials&& other) noexcept
    : user(std::move(other.user)), password(std::move(other.password)) {}

Credentials& Credentials::operator=(Credentials&& other) noexcept {
  wipe();
  user = std::move(other.user);
  password = std::move(other.password);
  return *this;
}

void Credentials::wipe() {
  sodium_memzero(password.data(), password.size());
}

std::string_view to_string(CredentialsError error) {
  switch (error) {
    case CredentialsError::other_scheme:
      return "another scheme than Basic";
    case CredentialsError::not_base64:
      return "not base64";
    case CredentialsError::no_colon:
      return "no colon";
    case CredentialsError::bad_user:
      return "no user name, or a long one";
    case CredentialsError::control_character:
      return "a control character";
    case CredentialsError::not_utf8:
      return "not UTF-8";
    case CredentialsError::too_long:
      break;
  }
  return "too long";
}

Result<Credentials, CredentialsError> parse_basic(std::string_view value) {
  const auto scheme = value.substr(0, kScheme.size());
  if (!std::equal(scheme.begin(), scheme.end(), kScheme.begin(), kScheme.end(),
                  [](char a, char b) { return to_lower(a) == b; }))
    return CredentialsError::other_scheme;
  value.remove_prefix(std::min(value.find_first_not_of(' ', kScheme.size()), value.size()));
  if (value.size() > (kMaxBytes + 2) / 3 * 4) return CredentialsError::too_long;
  Decoded decoded;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(decoded.bytes.data()), decoded.bytes.size(), value.data(),
                        value.size(), nullptr, &decoded.size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return CredentialsError::not_base64;
  const std::string_view text(decoded.bytes.data(), decoded.size);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return CredentialsError::no_colon;
  const auto user = text.substr(0, colon);
  const auto password = text.substr(colon + 1);
  if (user.empty() || user.size() > kMaxUserBytes) return CredentialsError::bad_user;
  if (password.size() > kMaxPasswordBytes) return CredentialsError::too_long;
  if (std::any_of(text.begin(), text.end(), is_control)) return CredentialsError::control_character;
  if (!is_utf8(text)) return CredentialsError::not_utf8;
  Credentials credentials;
  credentials.user.resize(user.size());
  std::transform(user.begin(), user.end(), credentials.user.begin(), to_lower);
  credentials.password.reserve(kMaxPasswordBytes);
  credentials.password = password;
  return credentials;
}

}  // namespace breakwater::auth
