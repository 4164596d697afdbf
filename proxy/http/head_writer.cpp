#include <charconv>
#include <optional>

#include <boost/container/small_vector.hpp>

#include "proxy/http/field.h"
#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

constexpr std::string_view kViaName = "breakwater";
constexpr std::size_t kAddedBytes = 128;  // about what the lines that a writer adds take

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  auto* const end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  out.append(digits.begin(), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_body_fields(std::string& out, const Body& body) {
  if (body.kind == BodyKind::chunked) append_line(out, "Transfer-Encoding", "chunked");
  if (body.kind == BodyKind::length) {
    out.append("Content-Length: ");
    append_number(out, body.length);
    out.append("\r\n");
  }
}

/// RFC 9110 7.6.3: with the version of the message as it was received.
void append_via(std::string& out, Version received) {
  out.append("Via: ").append(received == Version::http_1_1 ? "1.1 " : "1.0 ").append(kViaName).append("\r\n");
}

void append_authority(std::string& out, const RequestHead& head) {
  const bool brackets = head.host.kind() == categories::HostKind::ipv6;
  out.append(brackets ? "[" : "").append(head.host.text()).append(brackets ? "]" : "");
  if (head.port == categories::default_port(categories::Scheme::http)) return;
  out.append(":");
  append_number(out, head.port);
}

/// The fields that Connection names (RFC 9110 7.6.1); a view of the head.
class Nominated {
 public:
  explicit Nominated(const Fields& fields) {
    for (const auto& field : fields)
      if (field.id == FieldId::connection)
        for_each_element(field.value, [this](std::string_view name) { names_.push_back(name); });
  }
  bool contains(std::string_view name) const {
    return std::any_of(names_.begin(), names_.end(), [name](std::string_view n) { return equals_caseless(n, name); });
  }

 private:
  boost::container::small_vector<std::string_view, 8> names_;
};

/// RFC 9110 7.6.2: one less, for the methods that look at it; 0 is for the caller to answer. Else as it came.
void append_max_forwards(std::string& out, const Field& field, std::string_view method) {
  unsigned hops = 0;
  const bool counts = method == "OPTIONS" || method == "TRACE";
  const auto [end, failure] = std::from_chars(field.value.begin(), field.value.end(), hops);
  if (!counts || failure != std::errc{} || end != field.value.end() || hops == 0)
    return append_line(out, field.name, field.value);
  append_line(out, field.name, std::to_string(hops - 1));
}

void append_upgrade(std::string& out, std::string_view offered) {
  std::string_view separator = "Connection: upgrade\r\nUpgrade: ";
  for_each_element(offered, [&](std::string_view protocol) {
    if (!is_offered_upgrade(protocol)) return;
    out.append(separator).append(protocol);
    separator = ", ";
  });
  out.append("\r\n");
}

}  // namespace

bool is_offered_upgrade(std::string_view protocol) {
  const auto slash = protocol.find('/');
  if (!is_token(protocol.substr(0, slash))) return false;
  if (slash != std::string_view::npos && !is_token(protocol.substr(slash + 1))) return false;
  return !equals_caseless(protocol, "h2c") && !starts_with_caseless(protocol, "http/") &&
         !starts_with_caseless(protocol, "tls/");
}

void append_url(std::string& out, const RequestHead& head) {
  out.append("http://");
  append_authority(out, head);
  out.append(head.path);
}

std::size_t count_own_hops(const Fields& fields) {
  std::size_t hops = 0;
  for (const auto& field : fields) {
    if (field.id != FieldId::via) continue;
    for_each_element(field.value, [&hops](std::string_view hop) {
      const auto by = trim_blanks(hop.substr(std::min(hop.find(' '), hop.size())));
      if (by.substr(0, by.find(' ')) == kViaName) ++hops;
    });
  }
  return hops;
}

void append_upstream_head(std::string& out, const RequestHead& head) {
  out.reserve(out.size() + head.size + kAddedBytes);
  out.append(head.method).append(" ");
  if (head.path.starts_with('?')) out.append("/");
  out.append(head.path).append(" HTTP/1.1\r\nHost: ");
  append_authority(out, head);
  out.append("\r\n");

  const Nominated nominated{head.fields};
  for (const auto& field : head.fields) {
    if (is_hop_by_hop(field.id) || nominated.contains(field.name)) continue;
    // RFC 9110 10.1.1: an HTTP/1.0 client does not wait for 100 (Continue) and could not read it.
    if (field.id == FieldId::expect && head.version == Version::http_1_0) continue;
    if (field.id == FieldId::max_forwards) {
      append_max_forwards(out, field, head.method);
    } else {
      append_line(out, field.name, field.value);
    }
  }
  append_body_fields(out, head.body);
  append_via(out, head.version);
  if (!head.upgrade.empty()) append_upgrade(out, head.upgrade);
  out.append("\r\n");
}

void append_client_head(std::string& out, const ResponseHead& head, Version client, Persistence persistence) {
  const bool interim = head.status < 200;
  const bool switching = head.status == 101;
  out.reserve(out.size() + head.size + kAddedBytes);
  out.append("HTTP/1.1 ");
  append_number(out, head.status);
  out.append(" ").append(head.reason).append("\r\n");

  const Nominated nominated{head.fields};
  bool has_length = false;
  for (const auto& field : head.fields) {
    // Without a body (HEAD, 304) the length tells what there would be; RFC 9110 8.6 forbids it in 1xx and 204.
    if (field.id == FieldId::content_length && head.body.kind == BodyKind::none && !interim && head.status != 204 &&
        !has_length) {
      append_line(out, field.name, trim_blanks(field.value.substr(0, field.value.find(','))));
      has_length = true;
    }
    if (field.id == FieldId::upgrade && switching) append_line(out, field.name, field.value);
    if (is_hop_by_hop(field.id) || nominated.contains(field.name)) continue;
    append_line(out, field.name, field.value);
  }
  const bool until_close =
      head.body.kind == BodyKind::until_close || (head.body.kind == BodyKind::chunked && client == Version::http_1_0);
  if (!until_close) append_body_fields(out, head.body);
  append_via(out, head.version);
  if (switching) {
    append_line(out, "Connection", "upgrade");
  } else if (!interim && (persistence == Persistence::close || until_close)) {
    append_line(out, "Connection", "close");
  } else if (!interim && client == Version::http_1_0) {
    append_line(out, "Connection", "keep-alive");
  }
  out.append("\r\n");
}

}  // namespace breakwater::http
