#include "proxy/http/framing.h"

#include <limits>

#include "proxy/http/field.h"

namespace breakwater::http {
namespace {

constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

/// 1*DIGIT (RFC 9110 8.6), at most 2^63 - 1.
std::optional<std::uint64_t> parse_length(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMaxLength - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace

std::optional<HeadError> Framing::add(const Field& field) {
  switch (field.id) {
    case FieldId::content_length:
      return add_length(field.value);
    case FieldId::transfer_encoding:
      return add_coding(field.value);
    case FieldId::connection:
    case FieldId::proxy_connection:
      add_options(field.value);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<HeadError> Framing::add_length(std::string_view value) {
  if (chunked_) return HeadError::length_and_coding;
  if (repeated_ == RepeatedLength::refused) {
    if (length_) return HeadError::bad_length;
    length_ = parse_length(value);
    return length_ ? std::nullopt : std::optional{HeadError::bad_length};
  }
  bool good = !value.empty();
  while (good && !value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    const auto length = parse_length(trim_blanks(value.substr(0, comma)));
    good = length && length_.value_or(*length) == *length && comma + 1 != value.size();
    length_ = length;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return good ? std::nullopt : std::optional{HeadError::bad_length};
}

std::optional<HeadError> Framing::add_coding(std::string_view value) {
  if (length_) return HeadError::length_and_coding;
  if (chunked_ || version_ == Version::http_1_0 || !equals_caseless(value, "chunked")) return HeadError::bad_coding;
  chunked_ = true;
  return std::nullopt;
}

void Framing::add_options(std::string_view value) {
  for_each_element(value, [this](std::string_view option) {
    close_ = close_ || equals_caseless(option, "close");
    keep_alive_ = keep_alive_ || equals_caseless(option, "keep-alive");
    upgrade_ = upgrade_ || equals_caseless(option, "upgrade");
  });
}

Persistence Framing::persistence() const {
  if (close_) return Persistence::close;
  return version_ == Version::http_1_1 || keep_alive_ ? Persistence::keep_alive : Persistence::close;
}

}  // namespace breakwater::http
