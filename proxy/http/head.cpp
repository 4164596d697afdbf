#include "proxy/http/head.h"

#include <algorithm>
#include <array>

namespace breakwater::http {

std::string_view to_string(HeadError error) {
  switch (error) {
    case HeadError::bad_request_line:
      return "malformed request line";
    case HeadError::bad_method:
      return "malformed method";
    case HeadError::bad_target:
      return "malformed request target";
    case HeadError::bad_scheme:
      return "only http URLs are proxied";
    case HeadError::userinfo:
      return "user name in the request target";
    case HeadError::bad_host:
      return "malformed host";
    case HeadError::bad_port:
      return "malformed or missing port";
    case HeadError::bad_version:
      return "HTTP version not supported";
    case HeadError::bad_line_ending:
      return "bare CR or LF";
    case HeadError::obsolete_folding:
      return "folded header field";
    case HeadError::bad_field_name:
      return "malformed field name";
    case HeadError::bad_field_value:
      return "control character in a field value";
    case HeadError::missing_host:
      return "Host is missing";
    case HeadError::repeated_host:
      return "Host is repeated";
    case HeadError::host_mismatch:
      return "Host differs from the request target";
    case HeadError::bad_length:
      return "malformed or repeated Content-Length";
    case HeadError::length_and_coding:
      return "both Content-Length and Transfer-Encoding";
    case HeadError::bad_coding:
      return "Transfer-Encoding is not chunked";
    case HeadError::bad_status_line:
      return "malformed status line";
    case HeadError::head_too_large:
      return "header section too large";
    case HeadError::too_many_fields:
      return "too many header fields";
  }
  return "unknown";
}

std::uint16_t status_of(HeadError error) {
  switch (error) {
    case HeadError::head_too_large:
    case HeadError::too_many_fields:
      return 431;
    case HeadError::bad_version:
      return 505;
    default:
      return 400;
  }
}

bool is_idempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kIdempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

}  // namespace breakwater::http
