#include <algorithm>
#include <string>

#include "proxy/http/chunked.h"
#include "proxy/http/field.h"
#include "proxy/http/head.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::http {
namespace {

using fuzz::require;

/// "GET /x HTTP/1.1\r\nHost: h" as a client would have sent it to a proxy: "GET http://h/x HTTP/1.1\r\nHost: h".
std::string to_absolute_form(const std::string& origin_form) {
  const auto method = origin_form.find(' ');
  const auto target = method + 1;
  const auto host = origin_form.find("\r\nHost: ") + 8;
  const auto authority = "http://" + origin_form.substr(host, origin_form.find('\r', host) - host);
  const bool asterisk = origin_form.compare(target, 2, "* ") == 0;
  return origin_form.substr(0, target) + authority + origin_form.substr(asterisk ? target + 1 : target);
}

/// What goes upstream is understood there as it was understood here.
void check_upstream(const RequestHead& head) {
  std::string sent;
  append_upstream_head(sent, head);
  const auto bytes = to_absolute_form(sent);
  RequestHead again;
  HeadError error{};
  const HeadLimits wide{.bytes = bytes.size() + 1, .fields = head.fields.size() + 8};
  require(parse_request_head(bytes, wide, again, error) == HeadStatus::done, "the upstream head does not parse");
  require(again.size == bytes.size(), "the upstream head ends early");
  require(again.method == head.method && again.host == head.host && again.port == head.port, "another destination");
  require(again.body.kind == head.body.kind && again.body.length == head.body.length, "another framing");
  require(again.upgrade.empty() == head.upgrade.empty(), "another upgrade");
  for (const auto& field : again.fields)
    require(field.id != FieldId::proxy_authorization && field.id != FieldId::te, "a hop-by-hop field passed");
}

void check_request(std::string_view bytes) {
  RequestHead head;
  HeadError error{};
  const auto status = parse_request_head(bytes, {}, head, error);
  if (status != HeadStatus::done) return;
  require(head.size <= bytes.size(), "the head is larger than its bytes");
  require(bytes.substr(0, head.size).ends_with("\r\n\r\n"), "the head does not end in a blank line");
  require(!head.host.text().empty() && head.port != 0, "no destination");
  if (!head.is("CONNECT")) check_upstream(head);
  RequestHead shorter;
  require(parse_request_head(bytes.substr(0, head.size - 1), {}, shorter, error) == HeadStatus::need_more,
          "a truncated head does not need more");
}

void check_response(std::string_view bytes) {
  ResponseHead head;
  HeadError error{};
  if (parse_response_head(bytes, {}, "GET", head, error) != HeadStatus::done) return;
  require(head.size <= bytes.size(), "the head is larger than its bytes");
  std::string sent;
  append_client_head(sent, head, Version::http_1_1, head.persistence);
  ResponseHead again;
  const HeadLimits wide{.bytes = sent.size() + 1, .fields = head.fields.size() + 8};
  require(parse_response_head(sent, wide, "GET", again, error) == HeadStatus::done, "the client head does not parse");
  require(again.status == head.status && again.reason == head.reason, "another status");
  require(again.body.kind == head.body.kind && again.body.length == head.body.length, "another framing");
}

struct Decoded {
  ChunkStatus status = ChunkStatus::need_more;
  std::string content;
  std::string trailers;
  std::size_t consumed = 0;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder;
  Decoded result;
  for (std::size_t at = 0; at < bytes.size() && result.status == ChunkStatus::need_more; at += piece) {
    std::string buffer{bytes.substr(at, piece)};
    const auto step = decoder.decode(buffer);
    require(step.consumed <= buffer.size() && step.payload <= step.consumed, "more than there was");
    result.status = step.status;
    result.content.append(buffer, 0, step.payload);
    result.consumed += step.consumed;
  }
  result.trailers = decoder.trailers();
  if (result.status == ChunkStatus::malformed || result.status == ChunkStatus::too_large)
    result.consumed = 0;  // where the fault shows depends on the pieces
  return result;
}

void check_chunked(std::string_view bytes) {
  const auto whole = decode(bytes, std::max<std::size_t>(bytes.size(), 1));
  for (const std::size_t piece : {1U, 2U, 3U, 7U})
    require(decode(bytes, piece) == whole, "pieces decode otherwise than the whole");
}

void run(std::span<const std::uint8_t> input) {
  const auto bytes = fuzz::as_text(input);
  check_request(bytes);
  check_response(bytes);
  check_chunked(bytes);
}

const fuzz::Registration registered{"head", &run};

}  // namespace
}  // namespace breakwater::http
