#include "bench/e2e/response_reader.h"

#include <algorithm>
#include <charconv>

#include <strings.h>

namespace breakwater::bench {
namespace {

constexpr std::size_t kHeadLimit = std::size_t{64} * 1024;
constexpr std::size_t kLineLimit = std::size_t{4} * 1024;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

void ResponseReader::reset(Method method) {
  method_ = method;
  state_ = State::head;
  pending_.clear();
  body_size_ = 0;
}

ResponseReader::Outcome ResponseReader::feed(std::string_view& bytes) {
  while (state_ != State::done) {
    if (bytes.empty()) return Outcome::need_more;
    switch (state_) {
      case State::head:
        if (const Outcome outcome = read_head(bytes); outcome != Outcome::done) return outcome;
        break;
      case State::sized_body:
        take_body(bytes, State::done);
        break;
      case State::body_to_end:
        body_size_ += bytes.size();
        bytes = {};
        break;
      case State::chunk_data:
        take_body(bytes, State::chunk_end);
        break;
      case State::chunk_size:
      case State::chunk_end:
      case State::trailers:
        if (!take_line(bytes)) return pending_.size() > kLineLimit ? Outcome::malformed : Outcome::need_more;
        if (read_chunk_line() == Outcome::malformed) return Outcome::malformed;
        pending_.clear();
        break;
      case State::done:
        break;
    }
  }
  return Outcome::done;
}

ResponseReader::Outcome ResponseReader::end_of_stream() const {
  return state_ == State::body_to_end || state_ == State::done ? Outcome::done : Outcome::need_more;
}

ResponseReader::Outcome ResponseReader::read_head(std::string_view& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t kept = pending_.size();
  if (kept != 0) pending_.append(bytes);
  const std::string_view text = kept == 0 ? bytes : std::string_view(pending_);
  const auto end = text.find(kEnd, kept < kEnd.size() ? 0 : kept - kEnd.size());
  if (end == std::string_view::npos) {
    if (kept == 0) pending_.assign(bytes);
    bytes = {};
    return pending_.size() > kHeadLimit ? Outcome::malformed : Outcome::need_more;
  }
  if (!parse_head(text.substr(0, end + 2))) return Outcome::malformed;
  bytes.remove_prefix(end + kEnd.size() - kept);
  pending_.clear();
  choose_body();
  return Outcome::done;
}

bool ResponseReader::parse_head(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;
  if (!head.starts_with(kVersion) || head.size() < kStatusAt + 3 || head[kStatusAt - 1] != ' ') return false;
  const std::string_view digits = head.substr(kStatusAt, 3);
  if (std::from_chars(digits.begin(), digits.end(), status_).ptr != digits.end()) return false;
  keeps_alive_ = head[kVersion.size()] == '1';
  has_length_ = false;
  is_chunked_ = false;
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    if (!parse_field(head.substr(0, end))) return false;
    head.remove_prefix(end + 2);
  }
  return true;
}

bool ResponseReader::parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "Content-Length")) {
    has_length_ = true;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), remaining_);
    return error == std::errc{} && end == value.end();
  }
  if (equals_ignoring_case(name, "Transfer-Encoding")) is_chunked_ = equals_ignoring_case(value, "chunked");
  if (equals_ignoring_case(name, "Connection")) {
    if (equals_ignoring_case(value, "close")) keeps_alive_ = false;
    if (equals_ignoring_case(value, "keep-alive")) keeps_alive_ = true;
  }
  return true;
}

// RFC 9112 section 6.3, in its order.
void ResponseReader::choose_body() {
  if (status_ / 100 == 1 && status_ != 101) {
    state_ = State::head;  // an interim response; the final one follows
  } else if (status_ == 204 || status_ == 304 || (method_ == Method::connect && status_ / 100 == 2)) {
    state_ = State::done;
  } else if (is_chunked_) {
    state_ = State::chunk_size;
  } else if (has_length_) {
    state_ = remaining_ == 0 ? State::done : State::sized_body;
  } else {
    state_ = State::body_to_end;
    keeps_alive_ = false;
  }
}

bool ResponseReader::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const std::size_t count = end == std::string_view::npos ? bytes.size() : end + 1;
  pending_.append(bytes.substr(0, count));
  bytes.remove_prefix(count);
  return end != std::string_view::npos;
}

ResponseReader::Outcome ResponseReader::read_chunk_line() {
  if (!pending_.ends_with("\r\n")) return Outcome::malformed;
  const std::string_view line = std::string_view(pending_).substr(0, pending_.size() - 2);
  if (state_ == State::chunk_size) {
    const auto [end, error] = std::from_chars(line.begin(), line.end(), remaining_, 16);
    if (error != std::errc{} || (end != line.end() && *end != ';')) return Outcome::malformed;
    state_ = remaining_ == 0 ? State::trailers : State::chunk_data;
  } else if (state_ == State::chunk_end) {
    if (!line.empty()) return Outcome::malformed;
    state_ = State::chunk_size;
  } else if (line.empty()) {
    state_ = State::done;
  }
  return Outcome::done;
}

void ResponseReader::take_body(std::string_view& bytes, State next) {
  const auto count = std::min<std::uint64_t>(remaining_, bytes.size());
  bytes.remove_prefix(count);
  body_size_ += count;
  remaining_ -= count;
  if (remaining_ == 0) state_ = next;
}

}  // namespace breakwater::bench
