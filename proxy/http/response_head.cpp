// RFC 9112 4:
//
//   HTTP-version SP 3DIGIT [ SP reason-phrase ] CRLF      HTTP/1.1 200 OK
//   *( field-name [ OWS ] ":" OWS field-value OWS CRLF )
//   CRLF

#include <algorithm>
#include <optional>

#include "proxy/http/field.h"
#include "proxy/http/framing.h"
#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

constexpr std::size_t kVersionSize = 8;  // "HTTP/1.1"
constexpr std::size_t kStatusSize = 3;

std::optional<HeadError> set_status_line(std::string_view line, ResponseHead& head) {
  const auto version = line.substr(0, kVersionSize);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return HeadError::bad_version;
  head.version = version == "HTTP/1.1" ? Version::http_1_1 : Version::http_1_0;
  line.remove_prefix(kVersionSize);
  if (!line.starts_with(' ') || line.size() < 1 + kStatusSize) return HeadError::bad_status_line;

  unsigned status = 0;
  for (const char c : line.substr(1, kStatusSize)) {
    if (c < '0' || c > '9') return HeadError::bad_status_line;
    status = status * 10 + static_cast<unsigned>(c - '0');
  }
  if (status < 100 || status > 599) return HeadError::bad_status_line;
  head.status = static_cast<std::uint16_t>(status);

  // Servers that leave the phrase out often leave the space before it out too.
  line.remove_prefix(1 + kStatusSize);
  if (!line.empty() && line.front() != ' ') return HeadError::bad_status_line;
  head.reason = line.substr(std::min<std::size_t>(line.size(), 1));
  return std::nullopt;
}

HeadStatus read_status_line(HeadReader& in, ResponseHead& out, HeadError& error) {
  const auto refuse = [&error](HeadError what) {
    error = what;
    return HeadStatus::error;
  };
  const auto line = in.take_while(kFieldBytes);
  constexpr std::string_view kStart = "HTTP/";
  if (line.substr(0, kStart.size()) != kStart.substr(0, line.size())) return refuse(HeadError::bad_status_line);
  const auto end = in.take_line_end();
  if (end == HeadStatus::need_more) return end;
  if (end == HeadStatus::error) return refuse(in.line_error(HeadError::bad_status_line));
  if (line.size() < kStart.size()) return refuse(HeadError::bad_status_line);
  const auto fault = set_status_line(line, out);
  return fault ? refuse(*fault) : HeadStatus::done;
}

/// RFC 9112 6.3
void set_body(const Framing& framing, std::string_view request_method, ResponseHead& head) {
  const bool never_has_one = head.status < 200 || head.status == 204;
  const bool tunnel = request_method == "CONNECT" && head.status < 300;
  head.body = {};
  if (never_has_one || tunnel || head.status == 304 || request_method == "HEAD") {
    // A body that is announced where there is none may follow all the same: nothing after it can be trusted.
    if (never_has_one && (framing.is_chunked() || framing.length().value_or(0) != 0))
      head.persistence = Persistence::close;
  } else if (framing.is_chunked()) {
    head.body.kind = BodyKind::chunked;
  } else if (framing.length()) {
    head.body = {BodyKind::length, *framing.length()};
  } else {
    head.body.kind = BodyKind::until_close;
    head.persistence = Persistence::close;
  }
}

}  // namespace

HeadStatus parse_response_head(std::string_view bytes, const HeadLimits& limits, std::string_view request_method,
                               ResponseHead& out, HeadError& error) {
  HeadReader in{bytes.substr(0, limits.bytes)};
  const auto more = [&] {
    if (bytes.size() < limits.bytes) return HeadStatus::need_more;
    error = HeadError::head_too_large;
    return HeadStatus::error;
  };
  if (const auto status = read_status_line(in, out, error); status != HeadStatus::done)
    return status == HeadStatus::need_more ? more() : status;

  Framing framing{out.version, RepeatedLength::taken};
  out.fields.clear();
  const auto judge = [&framing](const Field& field) { return framing.add(field); };
  if (const auto status = read_fields(in, SpaceBeforeColon::removed, limits.fields, out.fields, error, judge);
      status != HeadStatus::done)
    return status == HeadStatus::need_more ? more() : status;

  out.persistence = framing.persistence();
  set_body(framing, request_method, out);
  out.size = in.consumed();
  return HeadStatus::done;
}

}  // namespace breakwater::http
