// RFC 9112 7.1:
//
//   *( 1*HEXDIG *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ) CRLF
//      that many bytes CRLF )
//   1*"0" extensions CRLF
//   *( field line CRLF )
//   CRLF

#include "proxy/http/chunked.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "proxy/http/field.h"

namespace breakwater::http {
namespace {

constexpr std::size_t kMaxSizeLine = 4096;  // extensions have no use that needs more
constexpr std::size_t kMaxSizeDigits = 16;  // what 64 bits hold
constexpr std::string_view kLineEnd = "\r\n";

constexpr ByteSet kHexDigits = ByteSet::of(
    [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
/// qdtext, RFC 9110 5.6.4
constexpr ByteSet kQuotedBytes =
    ByteSet::of([](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f && c != '"' && c != '\\'); });

bool take(HeadReader& in, char c) {
  if (in.at_end() || in.peek() != c) return false;
  in.skip();
  return true;
}

/// quoted-string, RFC 9110 5.6.4; its opening quote is taken already.
bool take_quoted(HeadReader& in) {
  for (;;) {
    in.take_while(kQuotedBytes);
    if (take(in, '"')) return true;
    if (!take(in, '\\') || in.at_end() || !kFieldBytes.contains(in.peek())) return false;
    in.skip();
  }
}

bool take_extensions(HeadReader& in) {
  while (!in.at_end()) {
    in.take_while(kBlank);
    if (!take(in, ';')) return false;
    in.take_while(kBlank);
    if (in.take_while(kTokenBytes).empty()) return false;
    HeadReader ahead = in;
    ahead.take_while(kBlank);
    if (!take(ahead, '=')) continue;
    in = ahead;
    in.take_while(kBlank);
    const bool good = take(in, '"') ? take_quoted(in) : !in.take_while(kTokenBytes).empty();
    if (!good) return false;
  }
  return true;
}

std::optional<std::uint64_t> parse_size_line(std::string_view line) {
  HeadReader in{line};
  const auto digits = in.take_while(kHexDigits);
  if (digits.empty() || digits.size() > kMaxSizeDigits || !take_extensions(in)) return std::nullopt;
  std::uint64_t size = 0;
  std::from_chars(digits.begin(), digits.end(), size, 16);
  return size;
}

/// Trailers that a later recipient might merge into the head must not frame, route, authenticate or tell how to read
/// the content (RFC 9110 6.5.1).
bool may_be_trailer(const Field& field) {
  constexpr std::string_view kRefused[] = {"authorization", "cache-control",   "content-encoding", "content-range",
                                           "content-type",  "cookie",          "forwarded",        "range",
                                           "set-cookie",    "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"};
  return field.id == FieldId::other &&
         std::none_of(std::begin(kRefused), std::end(kRefused),
                      [&field](std::string_view name) { return equals_caseless(name, field.name); });
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::decode(std::span<char> bytes) {
  Step step{ChunkStatus::need_more, 0, 0};
  while (step.consumed < bytes.size()) {
    const auto rest = bytes.subspan(step.consumed);
    if (state_ == State::data) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, rest.size()));
      if (step.payload != step.consumed) std::memmove(&bytes[step.payload], rest.data(), count);
      step.payload += count;
      step.consumed += count;
      remaining_ -= count;
      if (remaining_ == 0) state_ = State::data_end;
      continue;
    }
    const std::string_view text{rest.data(), rest.size()};
    const auto feed = text.find('\n');
    const auto piece = text.substr(0, feed == std::string_view::npos ? feed : feed + 1);
    if (line_.size() + piece.size() > line_limit()) {
      step.status = state_ == State::data_end ? ChunkStatus::malformed : ChunkStatus::too_large;
      return step;
    }
    step.consumed += piece.size();
    if (feed == std::string_view::npos || !line_.empty()) line_.append(piece);
    if (feed == std::string_view::npos) break;
    state_ = take_line(line_.empty() ? piece : line_);
    line_.clear();
    if (state_ == State::done) step.status = ChunkStatus::done;
    if (state_ == State::failed) step.status = ChunkStatus::malformed;
    if (step.status != ChunkStatus::need_more) break;
  }
  return step;
}

std::size_t ChunkedDecoder::line_limit() const {
  if (state_ == State::data_end) return kLineEnd.size();
  return state_ == State::trailer ? trailer_limit_ + kLineEnd.size() : kMaxSizeLine;
}

ChunkedDecoder::State ChunkedDecoder::take_line(std::string_view line) {
  if (!line.ends_with(kLineEnd)) return State::failed;
  const auto text = line.substr(0, line.size() - kLineEnd.size());
  if (state_ == State::data_end) return text.empty() ? State::size : State::failed;
  if (state_ == State::size) {
    const auto size = parse_size_line(text);
    if (!size) return State::failed;
    remaining_ = *size;
    return *size == 0 ? State::trailer : State::data;
  }
  if (text.empty()) return State::done;
  HeadReader in{line};
  Field field;
  HeadError error{};
  if (read_field(in, SpaceBeforeColon::refused, field, error) != HeadStatus::done) return State::failed;
  trailer_limit_ -= std::min(trailer_limit_, line.size());
  if (may_be_trailer(field)) trailers_.append(field.name).append(": ").append(field.value).append(kLineEnd);
  return State::trailer;
}

void append_chunk_size(std::string& out, std::size_t size) {
  std::array<char, kMaxSizeDigits> digits;
  auto* const end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
  out.append(digits.begin(), end).append(kLineEnd);
}

}  // namespace breakwater::http
