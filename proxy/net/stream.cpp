#include "proxy/net/stream.h"

#include <algorithm>
#include <cerrno>

#include <openssl/err.h>
#include <sys/socket.h>

namespace breakwater::net {
namespace {

constexpr std::chrono::milliseconds kCloseGently{1000};
constexpr std::size_t kDrainMost = 256 * 1024;

/// Of a call that moves bytes.
Stream::Moved outcome_of(ssize_t result) {
  if (result >= 0) return {static_cast<std::size_t>(result), {}};
  if (errno == EAGAIN || errno == EINTR) return {0, asio::error::would_block};
  return {0, {errno, boost::system::system_category()}};
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

/// Most of what is sent fits into the socket at once, and then nobody waits.
Task<Io> Stream::write_all(Pieces pieces) {
  std::string all;
  if (tls_) {  // one text, so that a head and the first of its body share a record
    for (const auto piece : pieces)
      all += piece;
    pieces = {all};
  }
  for (;;) {
    auto [size, error] = tls_ ? send_tls(pieces[0]) : send_plain(pieces);
    bytes_out_ += size;
    for (auto& piece : pieces) {
      const auto sent = std::min(size, piece.size());
      piece.remove_prefix(sent);
      size -= sent;
    }
    if (std::ranges::all_of(pieces, [](auto piece) { return piece.empty(); })) co_return outcome({});
    if (error && error != asio::error::would_block) co_return outcome(error);
    const auto [waited] = co_await socket_.async_wait(send_waits_for_, use_task);
    if (waited) co_return outcome(waited);
  }
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
  auto moved = outcome_of(::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT));
  if (moved.error || moved.size == space.size()) return moved;
  moved.error = moved.size == 0 ? error_code(asio::error::eof)
                                : asio::error::would_block;  // a part: there was no more (epoll(7))
  return moved;
}

Stream::Moved Stream::send_now(std::string_view bytes) {
  return tls_ ? send_tls(bytes) : send_plain({bytes});
}

Stream::Moved Stream::send_plain(const Pieces& pieces) {
  std::array<iovec, kMostPieces> parts;
  msghdr message{};
  message.msg_iov = parts.data();
  for (const auto piece : pieces)
    if (!piece.empty()) parts[message.msg_iovlen++] = {const_cast<char*>(piece.data()), piece.size()};
  return outcome_of(::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

error_code Stream::finish_now() {
  error_code error;
  if (tls_) error = tls_step([this] { return SSL_shutdown(tls_.get()); }, send_waits_for_);
  if (error == asio::error::would_block) return error;
  socket_.shutdown(Socket::shutdown_send, error);
  return {};
}

Task<> Stream::finish() {
  while (finish_now() == asio::error::would_block) {
    const auto [waited] = co_await socket_.async_wait(send_waits_for_, use_task);
    if (waited) co_return;
  }
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
    if (moved.size != 0) {
      co_await asio::post(socket_.get_executor(), use_task);  // or who sends fast would keep others from their turn
      co_return outcome({});
    }
    if (moved.error != asio::error::would_block) co_return outcome(moved.error);
    const auto [waited] = co_await socket_.async_wait(receive_waits_for_, use_task);
    if (waited) co_return outcome(waited);
  }
}

}  // namespace breakwater::net
