#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace breakwater::http {

enum class ChunkStatus : std::uint8_t { need_more, done, malformed, too_large };

/// Strict decoder of chunked coding (RFC 9112 7.1), fed piece by piece. Chunk extensions are checked and dropped;
/// trailer fields are collected up to a limit, those that frame or route (Content-Length, Transfer-Encoding, Host,
/// Connection, ...) dropped.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(std::size_t trailer_limit = 8192) : trailer_limit_(trailer_limit) {}

  struct Step {
    ChunkStatus status;
    std::size_t consumed;  ///< bytes of the input that belong to this message
    std::size_t payload;   ///< bytes of content, moved to the front of the buffer
  };
  /// Decodes in place: content is compacted to the front of `bytes`. After `done` or an error it must not be called
  /// again.
  Step decode(std::span<char> bytes);

  /// The trailer section as complete "name: value\r\n" lines, valid after `done`; "" where there is none.
  const std::string& trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t { size, data, data_end, trailer, done, failed };
  State take_line(std::string_view line);
  std::size_t line_limit() const;

  State state_ = State::size;
  std::uint64_t remaining_ = 0;  ///< of the chunk
  std::size_t trailer_limit_;    ///< what is left of it
  std::string line_;             ///< the part of a line that came in earlier input
  std::string trailers_;
};

/// "1a\r\n", the line that goes before a chunk of `size` bytes; at most 18 bytes.
void append_chunk_size(std::string& out, std::size_t size);

}  // namespace breakwater::http
