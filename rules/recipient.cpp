#include "rules/recipient.h"

#include <algorithm>

#include "categories/host.h"

namespace breakwater::rules {
namespace {

/// RFC 5321, 4.5.3.1: octets of a local part; and of a path, less its brackets.
constexpr std::size_t kMaxLocalPart = 64;
constexpr std::size_t kMaxAddress = 254;

/// atext of RFC 5322, 3.2.3.
bool is_atom_character(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atom_character(c); });
}

}  // namespace

std::string_view to_string(Recipient::Role role) {
  switch (role) {
    case Recipient::Role::dsl:
      return "dsl";
    case Recipient::Role::deputy:
      return "deputy";
    case Recipient::Role::governance:
      return "governance";
    case Recipient::Role::dpo:
      return "dpo";
    case Recipient::Role::it:
      return "it";
  }
  return "";
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at > kMaxLocalPart || text.size() > kMaxAddress) return false;
  const auto host = text.substr(at + 1);
  return is_dot_atom(text.substr(0, at)) && is_dot_atom(host) &&
         categories::normalise_host(host, categories::HostSource::person);
}

}  // namespace breakwater::rules
