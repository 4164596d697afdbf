#pragma once

#include <array>
#include <string>
#include <string_view>

#include "rules/verdict.h"

namespace breakwater::portal {

/// Proof that a form was made by this gateway, for this person, lately: HMAC-SHA512-256 of libsodium with a key that is
/// made at the start and never leaves. Thread-safe.
class FormTokens {
 public:
  static constexpr std::chrono::hours kLife{4};

  FormTokens();

  std::string make(std::string_view person, rules::SysSeconds now) const;
  bool holds(std::string_view token, std::string_view person, rules::SysSeconds now) const;

 private:
  std::string sign(std::int64_t made, std::string_view person) const;

  std::array<unsigned char, 32> key_{};
};

}  // namespace breakwater::portal
