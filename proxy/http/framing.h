#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/http/head.h"

namespace breakwater::http {

/// Content-Length that is there twice with one value: requests are refused, responses taken (RFC 9112 6.3 item 5).
enum class RepeatedLength : std::uint8_t { refused, taken };

/// Gathers the fields that say how a body ends and how the connection goes on, strictly: two readers of one message
/// must never differ on where it ends (RFC 9112 11.2).
class Framing {
 public:
  Framing(Version version, RepeatedLength repeated) : version_(version), repeated_(repeated) {}

  /// Takes any field; those that are not about framing change nothing.
  std::optional<HeadError> add(const Field& field);

  bool is_chunked() const { return chunked_; }
  const std::optional<std::uint64_t>& length() const { return length_; }
  /// `Connection: upgrade` was there.
  bool names_upgrade() const { return upgrade_; }
  /// By the version and the connection options (RFC 9112 9.3).
  Persistence persistence() const;

 private:
  std::optional<HeadError> add_length(std::string_view value);
  std::optional<HeadError> add_coding(std::string_view value);
  void add_options(std::string_view value);

  Version version_;
  RepeatedLength repeated_;
  std::optional<std::uint64_t> length_;
  bool chunked_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool upgrade_ = false;
};

}  // namespace breakwater::http
