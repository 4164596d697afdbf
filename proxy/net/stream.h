#pragma once

#include <span>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>

#include "proxy/net/deadline.h"

namespace breakwater::net {

enum class Io : std::uint8_t { ok, eof, timeout, error };

/// A TCP connection with what has been received and not yet used, and the deadline of whatever it is waiting for. At
/// most one read and one write at a time.
class Stream {
 public:
  Stream(Socket socket, Wheel& wheel);

  Socket& socket() { return socket_; }
  boost::beast::flat_buffer& in() { return in_; }
  std::string_view received_text() { return {static_cast<const char*>(in_.cdata().data()), in_.size()}; }
  std::span<char> received_bytes() { return {static_cast<char*>(in_.data().data()), in_.size()}; }

  /// What the connection waits for must happen within `limit`; then pending operations end as `timeout`.
  void arm(std::chrono::milliseconds limit) { deadline_.expires_after(limit); }
  void disarm() { deadline_.clear(); }

  /// Receives up to `most` bytes more.
  Task<Io> fill(std::size_t most);
  /// Sends everything.
  Task<Io> write(std::string_view bytes);
  Task<Io> write(std::string_view first, std::string_view second);
  Task<Io> write(std::string_view first, std::string_view second, std::string_view third);

  /// Says that nothing more comes, and reads what is still on its way for a moment, so that the peer gets our last
  /// bytes before a reset could destroy them. Then closes.
  Task<> close_gently();
  void close();
  /// Closes so that the peer sees a reset, not an end.
  void reset();

  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  template <class Buffers>
  Task<Io> write_buffers(Buffers buffers);

  Socket socket_;
  Deadline deadline_;
  boost::beast::flat_buffer in_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace breakwater::net
