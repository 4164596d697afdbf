#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace breakwater::bench {

/// Reads one HTTP/1 response from bytes as they come (RFC 9112 sections 4, 6 and 7), counting the body and keeping
/// none.
class ResponseReader {
 public:
  enum class Outcome { need_more, done, malformed };
  enum class Method { get, connect };

  /// Ready for the answer to a request of this method: a 2xx to CONNECT has no body (RFC 9110 section 9.3.6).
  void reset(Method method);

  /// Takes what belongs to the response off the front of `bytes`.
  Outcome feed(std::string_view& bytes);

  /// The peer closed: `done` only where a body may end so.
  Outcome end_of_stream() const;

  int status() const { return status_; }
  std::uint64_t body_size() const { return body_size_; }
  bool keeps_alive() const { return keeps_alive_; }

 private:
  enum class State { head, sized_body, body_to_end, chunk_size, chunk_data, chunk_end, trailers, done };

  Outcome read_head(std::string_view& bytes);
  bool parse_head(std::string_view head);
  bool parse_field(std::string_view line);
  void choose_body();
  bool take_line(std::string_view& bytes);
  Outcome read_chunk_line();
  void take_body(std::string_view& bytes, State next);

  Method method_ = Method::get;
  State state_ = State::head;
  std::string pending_;  // the unfinished head or line, when it came in pieces
  int status_ = 0;
  bool keeps_alive_ = true;
  bool has_length_ = false;
  bool is_chunked_ = false;
  std::uint64_t remaining_ = 0;
  std::uint64_t body_size_ = 0;
};

}  // namespace breakwater::bench
