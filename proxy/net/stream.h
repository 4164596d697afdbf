#pragma once

#include <span>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>

#include "proxy/net/deadline.h"
#include "proxy/net/tls_server.h"

namespace breakwater::net {

enum class Io : std::uint8_t { ok, eof, timeout, error };

/// A TCP connection with what has been received and not yet used, and the deadline of whatever it is waiting for. At
/// most one read and one write at a time. After secure() its bytes go through TLS.
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

  /// The TLS handshake as the server, before any other byte. `error` also where the client speaks no TLS.
  Task<Io> secure(const TlsServer& server);
  bool is_secure() const { return tls_ != nullptr; }

  /// Receives up to `most` bytes more.
  Task<Io> fill(std::size_t most);
  /// Sends everything.
  Task<Io> write(std::string_view first, std::string_view second = {}, std::string_view third = {}) {
    return write_all({first, second, third});
  }

  /// What moved without waiting.
  struct Moved {
    std::size_t size = 0;
    error_code error;  ///< would_block: nothing more now; eof: the peer's end. What is in `size` counts all the same.
  };
  Moved receive_now(std::span<char> space);
  Moved send_now(std::string_view bytes);
  /// What to wait for once receive_now() or send_now() would block: TLS may have to write in order to read.
  Socket::wait_type receive_waits_for() const { return receive_waits_for_; }
  Socket::wait_type send_waits_for() const { return send_waits_for_; }

  /// Says that nothing more comes from here, in TLS by close_notify (RFC 8446 6.1); reading goes on. would_block: not
  /// yet, as send_now().
  error_code finish_now();
  Task<> finish();
  /// finish(), and reads what is still on its way for a moment, so that the peer gets our last bytes before a reset
  /// could destroy them. Then closes.
  Task<> close_gently();
  /// At once; in TLS with close_notify where there is room for it.
  void close();
  /// Closes so that the peer sees a reset, not an end.
  void reset();

  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  static constexpr std::size_t kMostPieces = 3;
  using Pieces = std::array<std::string_view, kMostPieces>;
  Task<Io> write_all(Pieces pieces);
  Task<Io> fill_plain(std::size_t most);
  Task<Io> fill_tls(std::size_t most);
  Moved send_plain(const Pieces& pieces);
  Moved receive_tls(std::span<char> space);
  Moved send_tls(std::string_view bytes);
  template <class Call>
  error_code tls_step(Call call, Socket::wait_type& waits_for);
  Io outcome(const error_code& error) const;

  Socket socket_;
  Deadline deadline_;
  boost::beast::flat_buffer in_;
  TlsServer::Session tls_;  ///< none: plain
  Socket::wait_type receive_waits_for_ = Socket::wait_read;
  Socket::wait_type send_waits_for_ = Socket::wait_write;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace breakwater::net
