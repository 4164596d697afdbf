#include "proxy/http/field.h"

namespace breakwater::http {
namespace {

struct Known {
  std::string_view name;
  FieldId id;
};

/// In the order of their lengths.
constexpr Known kKnown[] = {
    {"te", FieldId::te},
    {"via", FieldId::via},
    {"host", FieldId::host},
    {"expect", FieldId::expect},
    {"trailer", FieldId::trailer},
    {"upgrade", FieldId::upgrade},
    {"connection", FieldId::connection},
    {"keep-alive", FieldId::keep_alive},
    {"max-forwards", FieldId::max_forwards},
    {"authorization", FieldId::authorization},
    {"content-length", FieldId::content_length},
    {"accept-language", FieldId::accept_language},
    {"proxy-connection", FieldId::proxy_connection},
    {"transfer-encoding", FieldId::transfer_encoding},
    {"proxy-authenticate", FieldId::proxy_authenticate},
    {"proxy-authorization", FieldId::proxy_authorization},
    {"proxy-authentication-info", FieldId::proxy_authentication_info},
};
constexpr std::size_t kKnownCount = std::size(kKnown);
constexpr std::size_t kLongest = kKnown[kKnownCount - 1].name.size();

/// For each length, the first known name of at least that length.
constexpr auto kFirstOfLength = [] {
  std::array<std::size_t, kLongest + 1> first{};
  for (std::size_t length = 0, known = 0; length <= kLongest; ++length) {
    while (kKnown[known].name.size() < length)
      ++known;
    first[length] = known;
  }
  return first;
}();

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equals_caseless(std::string_view a, std::string_view b) {
  return a.size() == b.size() && starts_with_caseless(a, b);
}

bool starts_with_caseless(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == b || to_lower(a) == to_lower(b);
         });
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && kBlank.contains(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && kBlank.contains(text.back()))
    text.remove_suffix(1);
  return text;
}

FieldId find_field_id(std::string_view name) {
  if (name.size() > kLongest) return FieldId::other;
  for (std::size_t i = kFirstOfLength[name.size()]; i < kKnownCount && kKnown[i].name.size() == name.size(); ++i) {
    const auto& known = kKnown[i];
    if (to_lower(name.front()) == known.name.front() && equals_caseless(name, known.name)) return known.id;
  }
  return FieldId::other;
}

bool is_hop_by_hop(FieldId id) {
  switch (id) {
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::host:
    case FieldId::keep_alive:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authentication_info:
    case FieldId::proxy_authorization:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::transfer_encoding:
    case FieldId::upgrade:
      return true;
    case FieldId::accept_language:
    case FieldId::authorization:
    case FieldId::expect:
    case FieldId::max_forwards:
    case FieldId::other:
    case FieldId::trailer:
    case FieldId::via:
      return false;
  }
  return false;
}

HeadStatus read_field(HeadReader& in, SpaceBeforeColon space, Field& out, HeadError& error) {
  const auto refuse = [&error](HeadError what) {
    error = what;
    return HeadStatus::error;
  };
  if (in.at_end()) return HeadStatus::need_more;
  if (kBlank.contains(in.peek())) return refuse(HeadError::obsolete_folding);
  out.name = in.take_while(kTokenBytes);
  if (space == SpaceBeforeColon::removed) in.take_while(kBlank);
  if (in.at_end()) return HeadStatus::need_more;
  if (in.peek() != ':') {
    const auto end = in.take_line_end();
    if (end == HeadStatus::need_more) return end;
    return refuse(end == HeadStatus::done ? HeadError::bad_field_name : in.line_error(HeadError::bad_field_name));
  }
  if (out.name.empty()) return refuse(HeadError::bad_field_name);
  in.skip();
  out.value = trim_blanks(in.take_while(kFieldBytes));
  out.id = find_field_id(out.name);
  const auto end = in.take_line_end();
  return end == HeadStatus::error ? refuse(in.line_error(HeadError::bad_field_value)) : end;
}

}  // namespace breakwater::http
