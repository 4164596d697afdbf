#include "proxy/net/stream.h"

#include <openssl/err.h>

namespace breakwater::net {
namespace {

constexpr std::chrono::milliseconds kCloseGently{1000};
constexpr std::size_t kDrainMost = 256 * 1024;

asio::const_buffer buffer(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

Stream::Stream(Socket socket, Wheel& wheel)
    : socket_(std::move(socket)), deadline_(wheel, [this] {
        error_code ignored;
        socket_.cancel(ignored);
      }) {}

Io Stream::outcome(const error_code& error) const {
  if (deadline_.expired()) return Io::timeout;
  if (!error) return Io::ok;
  return error == asio::error::eof ? Io::eof : Io::error;
}

Task<Io> Stream::fill(std::size_t most) {
  return tls_ ? fill_tls(most) : fill_plain(most);
}

Task<Io> Stream::fill_plain(std::size_t most) {
  const auto space = in_.prepare(most);
  const auto [error, count] = co_await socket_.async_read_some(space, use_task);
  in_.commit(count);
  bytes_in_ += count;
  co_return outcome(error);
}

template <class Buffers>
Task<Io> Stream::write_buffers(Buffers buffers) {
  const auto [error, count] = co_await asio::async_write(socket_, buffers, use_task);
  bytes_out_ += count;
  if (deadline_.expired()) co_return Io::timeout;
  co_return error ? Io::error : Io::ok;
}

Task<Io> Stream::write(std::string_view bytes) {
  if (tls_) return write_tls(bytes, {}, {});
  return write_buffers(buffer(bytes));
}

Task<Io> Stream::write(std::string_view first, std::string_view second) {
  if (tls_) return write_tls(first, second, {});
  return write_buffers(std::array{buffer(first), buffer(second)});
}

Task<Io> Stream::write(std::string_view first, std::string_view second, std::string_view third) {
  if (tls_) return write_tls(first, second, third);
  return write_buffers(std::array{buffer(first), buffer(second), buffer(third)});
}

Task<> Stream::close_gently() {
  arm(kCloseGently);
  co_await finish();
  std::size_t drained = 0;
  in_.clear();
  while (drained < kDrainMost) {
    if (co_await fill(16 * 1024) != Io::ok) break;
    drained += in_.size();
    in_.clear();
  }
  close();
}

void Stream::reset() {
  error_code ignored;
  disarm();
  socket_.set_option(Socket::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Stream::close() {
  disarm();
  error_code ignored;
  if (tls_) ignored = tls_step([this] { return SSL_shutdown(tls_.get()); }, send_waits_for_);
  socket_.close(ignored);
}

Stream::Moved Stream::receive_now(std::span<char> space) {
  if (tls_) return receive_tls(space);
  Moved moved;
  moved.size = socket_.receive(asio::buffer(space.data(), space.size()), 0, moved.error);
  return moved;
}

Stream::Moved Stream::send_now(std::string_view bytes) {
  if (tls_) return send_tls(bytes);
  Moved moved;
  moved.size = socket_.send(buffer(bytes), 0, moved.error);
  return moved;
}

Task<> Stream::finish() {
  error_code error;
  while (tls_ && !error) {
    error = tls_step([this] { return SSL_shutdown(tls_.get()); }, send_waits_for_);
    if (error != asio::error::would_block) break;
    const auto [waited] = co_await socket_.async_wait(send_waits_for_, use_task);
    error = waited;
  }
  socket_.shutdown(Socket::shutdown_send, error);
}

// TLS. The socket is closed while others still wait for it, and its number may then be somebody else's: no call reaches
// the library but through tls_step().

template <class Call>
error_code Stream::tls_step(Call call, Socket::wait_type& waits_for) {
  if (!socket_.is_open()) return asio::error::bad_descriptor;
  ERR_clear_error();
  const int result = call();
  if (result > 0) return {};
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      waits_for = Socket::wait_read;
      return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE:
      waits_for = Socket::wait_write;
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    default:
      return asio::error::connection_reset;  // an end without close_notify among them (RFC 8446 6.1)
  }
}

Task<Io> Stream::secure(const TlsServer& server) {
  error_code error;
  socket_.non_blocking(true, error);
  tls_ = server.accept(socket_.native_handle());
  if (error || !tls_) co_return Io::error;
  for (;;) {
    error = tls_step([this] { return SSL_accept(tls_.get()); }, receive_waits_for_);
    if (error != asio::error::would_block) co_return outcome(error);
    const auto [waited] = co_await socket_.async_wait(receive_waits_for_, use_task);
    if (waited) co_return outcome(waited);
  }
}

/// Record after record, until there is no more or no room.
Stream::Moved Stream::receive_tls(std::span<char> space) {
  Moved moved;
  while (!moved.error && moved.size < space.size()) {
    const auto rest = space.subspan(moved.size);
    std::size_t size = 0;
    moved.error =
        tls_step([&] { return SSL_read_ex(tls_.get(), rest.data(), rest.size(), &size); }, receive_waits_for_);
    if (!moved.error) moved.size += size;
  }
  return moved;
}

Stream::Moved Stream::send_tls(std::string_view bytes) {
  Moved moved;
  while (!moved.error && moved.size < bytes.size()) {
    const auto rest = bytes.substr(moved.size);
    std::size_t size = 0;
    moved.error = tls_step([&] { return SSL_write_ex(tls_.get(), rest.data(), rest.size(), &size); }, send_waits_for_);
    if (!moved.error) moved.size += size;
  }
  return moved;
}

Task<Io> Stream::fill_tls(std::size_t most) {
  for (;;) {
    const auto space = in_.prepare(most);
    const auto moved = receive_tls({static_cast<char*>(space.data()), space.size()});
    in_.commit(moved.size);
    bytes_in_ += moved.size;
    if (moved.size != 0) co_return outcome({});
    if (moved.error != asio::error::would_block) co_return outcome(moved.error);
    const auto [waited] = co_await socket_.async_wait(receive_waits_for_, use_task);
    if (waited) co_return outcome(waited);
  }
}

/// One text, so that a head and the first of its body share a record.
Task<Io> Stream::write_tls(std::string_view first, std::string_view second, std::string_view third) {
  std::string all;
  all.reserve(first.size() + second.size() + third.size());
  all.append(first).append(second).append(third);
  std::string_view rest = all;
  for (;;) {
    const auto moved = send_tls(rest);
    rest.remove_prefix(moved.size);
    bytes_out_ += moved.size;
    if (moved.error != asio::error::would_block) co_return outcome(moved.error);
    const auto [waited] = co_await socket_.async_wait(send_waits_for_, use_task);
    if (waited) co_return outcome(waited);
  }
}

}  // namespace breakwater::net
