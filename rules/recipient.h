#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::rules {

/// A post that hears of what the gateway records. By role: `dsl`, the Designated Safeguarding Lead, of every episode;
/// `deputy` of danger that nobody has looked at; `governance` of security incidents; `dpo`, the data protection
/// officer, of who looked at names; `it` of how the gateway works.
struct Recipient {
  enum class Role : std::uint8_t { dsl, deputy, governance, dpo, it };

  std::string name;  ///< of the post or person: unique in the policy
  Role role = Role::dsl;
  std::string email;                  ///< addr-spec of RFC 5321, printable ASCII
  std::filesystem::path key;          ///< public key by `breakwater keys new`; "": none
  std::filesystem::path certificate;  ///< X.509 in PEM for S/MIME; "": none
  /// May they learn names? Always so for dsl and deputy; for others where the policy says `names = true`.
  bool names = false;
  /// X25519, out of `key`: for who reads files to put in.
  std::optional<std::array<std::uint8_t, 32>> public_key{};
};

/// Are names sealed to it? So it is where it may learn them and has a key.
inline bool opens_names(const Recipient& recipient) {
  return recipient.names && recipient.public_key.has_value();
}

std::string_view to_string(Recipient::Role role);

/// Of the forms of RFC 5321 only the plain one: a dot-atom, and a host. Quoted local parts, address literals and
/// addresses beyond ASCII are refused: nothing that could end a header or a command gets by.
bool is_mail_address(std::string_view text);

}  // namespace breakwater::rules
