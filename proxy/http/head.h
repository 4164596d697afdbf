#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "categories/url.h"

namespace breakwater::http {

enum class Version : std::uint8_t { http_1_0, http_1_1 };

/// Field names that the gateway acts on; everything else is `other`.
enum class FieldId : std::uint8_t {
  other,
  accept_language,
  authorization,
  connection,
  content_length,
  expect,
  host,
  keep_alive,
  max_forwards,
  proxy_authenticate,
  proxy_authentication_info,
  proxy_authorization,
  proxy_connection,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  via,
};

struct Field {
  FieldId id = FieldId::other;
  std::string_view name;   ///< as received
  std::string_view value;  ///< without the white space around it
};
using Fields = boost::container::small_vector<Field, 32>;

/// How a message's body ends (RFC 9112 6.3).
enum class BodyKind : std::uint8_t { none, length, chunked, until_close };
struct Body {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  ///< where kind is `length`
};

enum class Persistence : std::uint8_t { close, keep_alive };

/// Why a head is refused; each is answered by 400 with its phrase, but for the two limits and the version.
enum class HeadError : std::uint8_t {
  bad_request_line,
  bad_method,
  bad_target,
  bad_scheme,  ///< absolute-form with another scheme than http
  userinfo,
  bad_host,  ///< also %-encoded and raw non-ASCII host bytes
  bad_port,
  bad_version,      ///< not HTTP/1.0 or 1.1: 505
  bad_line_ending,  ///< bare CR or LF
  obsolete_folding,
  bad_field_name,   ///< also white space before the colon
  bad_field_value,  ///< NUL or another control character
  missing_host,     ///< HTTP/1.1 without Host
  repeated_host,
  host_mismatch,      ///< authority different from Host
  bad_length,         ///< malformed, several that differ, or over 2^63 - 1
  length_and_coding,  ///< both Content-Length and Transfer-Encoding
  bad_coding,         ///< Transfer-Encoding is not exactly "chunked", or stands in HTTP/1.0
  bad_status_line,
  head_too_large,   ///< 431
  too_many_fields,  ///< 431
};
std::string_view to_string(HeadError error);
/// The status that answers it.
std::uint16_t status_of(HeadError error);

enum class HeadStatus : std::uint8_t { done, need_more, error };

struct HeadLimits {
  std::size_t bytes = 32768;
  std::size_t fields = 100;
};

/// How a request names what it is for (RFC 9112 3.2). A proxy is asked in `absolute` or, with CONNECT, in `authority`
/// form; in `origin` form somebody takes the gateway itself for the origin, or is intercepted.
enum class TargetForm : std::uint8_t { absolute, authority, origin };

/// Views point into the parsed bytes and last as long as they do.
struct RequestHead {
  std::string_view method;
  Version version = Version::http_1_1;
  TargetForm form = TargetForm::absolute;
  categories::Host host;  ///< from the target; in origin form from Host
  std::uint16_t port = 80;
  std::string_view path;  ///< path and query to send on in origin-form; "" for CONNECT; "*" for OPTIONS without a path
  std::string_view target;  ///< as received
  Fields fields;
  Body body;
  Persistence persistence = Persistence::keep_alive;
  std::string_view upgrade;  ///< the Upgrade value where `Connection: upgrade` names it, else ""
  std::size_t size = 0;      ///< bytes of the head, blank line included
  bool is(std::string_view m) const { return method == m; }
};

struct ResponseHead {
  Version version = Version::http_1_1;
  std::uint16_t status = 0;
  std::string_view reason;
  Fields fields;
  Body body;
  Persistence persistence = Persistence::keep_alive;
  std::size_t size = 0;
};

/// Parses the request head at the front of `bytes` (RFC 9112, strictly: see HeadError), in any form but "OPTIONS *".
/// A forward proxy relays nothing that came in origin form, unless it has intercepted it. Leading empty lines (RFC
/// 9112 2.2) count towards the size; at most two are taken. `need_more` never hides an error that the bytes already
/// show in a complete line. `error` is set only for HeadStatus::error.
HeadStatus parse_request_head(std::string_view bytes, const HeadLimits& limits, RequestHead& out, HeadError& error);

/// The method decides how the body ends (HEAD, CONNECT; 1xx, 204, 304). White space before a colon is removed as RFC
/// 9112 5.1 asks.
HeadStatus parse_response_head(std::string_view bytes, const HeadLimits& limits, std::string_view request_method,
                               ResponseHead& out, HeadError& error);

/// Appends the head to send upstream: origin-form, Host from the judged host, hop-by-hop fields and those that
/// Connection names removed (RFC 9110 7.6.1), Via added. Upgrade is kept where `head.upgrade` is set, but h2c and TLS
/// are never offered.
void append_upstream_head(std::string& out, const RequestHead& head);

/// Appends the head to send to the client, framed for its version: chunked becomes until-close for HTTP/1.0.
void append_client_head(std::string& out, const ResponseHead& head, Version client, Persistence persistence);

/// Appends what the request is for as a URL, whatever its form.
void append_url(std::string& out, const RequestHead& head);

/// How often this gateway, or another that calls itself the same, stands in Via (RFC 9110 7.6.3).
std::size_t count_own_hops(const Fields& fields);

/// May a request be sent again after a kept-alive connection died under it? (RFC 9110 9.2.2)
bool is_idempotent(std::string_view method);

}  // namespace breakwater::http
