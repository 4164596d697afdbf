// RFC 9112 2.1, 3:
//
//   *2CRLF
//   method SP request-target SP HTTP-version CRLF      GET http://host[:port][/path][?query] HTTP/1.1
//                                                      GET /path[?query] HTTP/1.1    (host from Host)
//   *( field-name ":" OWS field-value OWS CRLF )       CONNECT host:port HTTP/1.1
//   CRLF

#include <optional>

#include "proxy/http/field.h"
#include "proxy/http/framing.h"
#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

using categories::HostSource;
using categories::UrlError;

constexpr std::size_t kMaxMethod = 32;  // the longest registered one, UPDATEREDIRECTREF, has 17
constexpr int kMaxEmptyLines = 2;

/// What may stand between the spaces of a request line.
constexpr ByteSet kVisible = ByteSet::of([](unsigned char c) { return c > 0x20 && c != 0x7f; });

HeadError to_head_error(UrlError error) {
  switch (error) {
    case UrlError::bad_scheme:
      return HeadError::bad_scheme;
    case UrlError::userinfo:
      return HeadError::userinfo;
    case UrlError::bad_host:
      return HeadError::bad_host;
    case UrlError::bad_port:
      return HeadError::bad_port;
    case UrlError::bad_character:
      return HeadError::bad_target;
  }
  return HeadError::bad_target;
}

/// authority-form, RFC 9112 3.2.3
std::optional<HeadError> set_authority_form(RequestHead& head) {
  if (head.target.find_first_of("/?#") != std::string_view::npos) return HeadError::bad_target;
  const auto authority = categories::parse_authority(head.target, HostSource::wire);
  if (!authority) return to_head_error(authority.error());
  if (authority->port == 0) return HeadError::bad_port;
  head.host = authority->host;
  head.port = authority->port;
  head.path = {};
  return std::nullopt;
}

/// absolute-form, RFC 9112 3.2.2
std::optional<HeadError> set_absolute_form(RequestHead& head) {
  const auto delimiter = head.target.find_first_of(":/?#");
  if (delimiter == std::string_view::npos || !head.target.substr(delimiter).starts_with("://"))
    return HeadError::bad_target;
  const auto url = categories::parse_url(head.target, HostSource::wire);
  if (!url) return to_head_error(url.error());
  if (url->scheme != categories::Scheme::http) return HeadError::bad_scheme;
  if (head.target.find('#') != std::string_view::npos) return HeadError::bad_target;
  head.host = url->host;
  head.port = url->port;
  head.path = url->path;
  if (head.path.empty()) head.path = head.is("OPTIONS") ? "*" : "/";  // RFC 9112 3.2.4
  return std::nullopt;
}

/// origin-form, RFC 9112 3.2.1. "//" would read as an authority elsewhere.
std::optional<HeadError> set_origin_form(RequestHead& head) {
  constexpr ByteSet kPath = ByteSet::of([](unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (head.target.starts_with("//") || !kPath.contains_all(head.target)) return HeadError::bad_target;
  head.path = head.target;
  return std::nullopt;
}

std::optional<HeadError> set_target(RequestHead& head) {
  head.form = head.is("CONNECT")             ? TargetForm::authority
              : head.target.starts_with('/') ? TargetForm::origin
                                             : TargetForm::absolute;
  switch (head.form) {
    case TargetForm::authority:
      return set_authority_form(head);
    case TargetForm::origin:
      return set_origin_form(head);
    case TargetForm::absolute:
      break;
  }
  return set_absolute_form(head);
}

std::optional<HeadError> set_version(std::string_view text, RequestHead& head) {
  if (text != "HTTP/1.1" && text != "HTTP/1.0") return HeadError::bad_version;
  head.version = text == "HTTP/1.1" ? Version::http_1_1 : Version::http_1_0;
  return std::nullopt;
}

HeadStatus read_request_line(HeadReader& in, RequestHead& out, HeadError& error) {
  const auto refuse = [&error](HeadError what) {
    error = what;
    return HeadStatus::error;
  };
  for (int lines = 0; lines < kMaxEmptyLines; ++lines) {
    const auto empty = in.take_line_end();
    if (empty == HeadStatus::need_more) return empty;
    if (empty == HeadStatus::error) break;
  }
  // The first bytes tell TLS, SOCKS and the like at once; those need not end a line.
  if (in.at_end()) return HeadStatus::need_more;
  if (!kTokenBytes.contains(in.peek())) return refuse(HeadError::bad_request_line);
  out.method = in.take_while(kTokenBytes);
  if (out.method.size() > kMaxMethod) return refuse(HeadError::bad_method);

  std::string_view parts[2];
  for (auto& part : parts) {
    if (in.at_end()) return HeadStatus::need_more;
    if (in.peek() != ' ') {
      const auto end = in.take_line_end();
      if (end == HeadStatus::need_more) return end;
      if (end == HeadStatus::done) return refuse(HeadError::bad_request_line);
      return refuse(in.line_error(&part == parts ? HeadError::bad_method : HeadError::bad_target));
    }
    in.skip();
    part = in.take_while(kVisible);
  }
  const auto end = in.take_line_end();
  if (end == HeadStatus::need_more) return end;
  if (end == HeadStatus::error) return refuse(in.line_error(HeadError::bad_request_line));
  out.target = parts[0];
  if (out.target.empty()) return refuse(HeadError::bad_request_line);
  if (const auto fault = set_version(parts[1], out)) return refuse(*fault);
  const auto fault = set_target(out);
  return fault ? refuse(*fault) : HeadStatus::done;
}

/// Host must say what the target says, where that says anything. The port of a tunnel may be left out there: only the
/// target's is dialled.
std::optional<HeadError> take_host(std::string_view value, RequestHead& head) {
  const auto authority = categories::parse_authority(value, HostSource::wire);
  if (!authority) return to_head_error(authority.error());
  if (head.form == TargetForm::origin) {
    head.host = authority->host;
    head.port = authority->port ? authority->port : std::uint16_t{80};
    return std::nullopt;
  }
  const std::uint16_t unwritten = head.is("CONNECT") ? head.port : std::uint16_t{80};
  const auto port = authority->port ? authority->port : unwritten;
  if (authority->host != head.host || port != head.port) return HeadError::host_mismatch;
  return std::nullopt;
}

/// CONNECT has no content (RFC 9110 9.3.6): what follows is the tunnel, whatever a field says. Some clients write a
/// length of 0.
std::optional<HeadError> set_body(const Framing& framing, RequestHead& head) {
  head.body = {};
  if (head.is("CONNECT")) {
    if (framing.is_chunked()) return HeadError::bad_coding;
    if (framing.length().value_or(0) != 0) return HeadError::bad_length;
  } else if (framing.is_chunked()) {
    head.body.kind = BodyKind::chunked;
  } else if (framing.length()) {
    head.body = {BodyKind::length, *framing.length()};
  }
  return std::nullopt;
}

/// RFC 9110 7.8: for HTTP/1.1 only; and without content, so that no byte of it can be taken for the new protocol's.
std::string_view find_upgrade(const RequestHead& head) {
  if (head.version != Version::http_1_1 || !head.is("GET") || head.body.kind != BodyKind::none) return {};
  for (const auto& field : head.fields) {
    bool usable = false;
    if (field.id == FieldId::upgrade)
      for_each_element(field.value, [&usable](std::string_view p) { usable = usable || is_offered_upgrade(p); });
    if (usable) return field.value;
  }
  return {};
}

}  // namespace

HeadStatus parse_request_head(std::string_view bytes, const HeadLimits& limits, RequestHead& out, HeadError& error) {
  HeadReader in{bytes.substr(0, limits.bytes)};
  const auto more = [&] {
    if (bytes.size() < limits.bytes) return HeadStatus::need_more;
    error = HeadError::head_too_large;
    return HeadStatus::error;
  };
  if (const auto status = read_request_line(in, out, error); status != HeadStatus::done)
    return status == HeadStatus::need_more ? more() : status;

  Framing framing{out.version, RepeatedLength::refused};
  bool has_host = false;
  const auto judge = [&](const Field& field) -> std::optional<HeadError> {
    // Whoever asks in origin form does not know of a proxy, and a server knows nothing of this field.
    if (field.id == FieldId::proxy_connection && out.form == TargetForm::origin) return std::nullopt;
    if (field.id != FieldId::host) return framing.add(field);
    if (has_host) return HeadError::repeated_host;
    has_host = true;
    return take_host(field.value, out);
  };
  out.fields.clear();
  if (const auto status = read_fields(in, SpaceBeforeColon::refused, limits.fields, out.fields, error, judge);
      status != HeadStatus::done)
    return status == HeadStatus::need_more ? more() : status;

  auto fault = set_body(framing, out);
  if (!fault && !has_host && (out.version == Version::http_1_1 || out.form == TargetForm::origin))
    fault = HeadError::missing_host;
  if (fault) {
    error = *fault;
    return HeadStatus::error;
  }
  out.persistence = framing.persistence();
  out.upgrade = framing.names_upgrade() ? find_upgrade(out) : std::string_view{};
  out.size = in.consumed();
  return HeadStatus::done;
}

}  // namespace breakwater::http
