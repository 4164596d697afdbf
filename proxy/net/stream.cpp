#include "proxy/net/stream.h"

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

Task<Io> Stream::fill(std::size_t most) {
  const auto space = in_.prepare(most);
  const auto [error, count] = co_await socket_.async_read_some(space, use_task);
  in_.commit(count);
  bytes_in_ += count;
  if (deadline_.expired()) co_return Io::timeout;
  if (!error) co_return Io::ok;
  co_return error == asio::error::eof ? Io::eof : Io::error;
}

template <class Buffers>
Task<Io> Stream::write_buffers(Buffers buffers) {
  const auto [error, count] = co_await asio::async_write(socket_, buffers, use_task);
  bytes_out_ += count;
  if (deadline_.expired()) co_return Io::timeout;
  co_return error ? Io::error : Io::ok;
}

Task<Io> Stream::write(std::string_view bytes) {
  return write_buffers(buffer(bytes));
}

Task<Io> Stream::write(std::string_view first, std::string_view second) {
  return write_buffers(std::array{buffer(first), buffer(second)});
}

Task<Io> Stream::write(std::string_view first, std::string_view second, std::string_view third) {
  return write_buffers(std::array{buffer(first), buffer(second), buffer(third)});
}

Task<> Stream::close_gently() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (!error) {
    arm(kCloseGently);
    std::size_t drained = 0;
    in_.clear();
    while (drained < kDrainMost) {
      if (co_await fill(16 * 1024) != Io::ok) break;
      drained += in_.size();
      in_.clear();
    }
  }
  close();
}

void Stream::reset() {
  error_code ignored;
  socket_.set_option(Socket::linger(true, 0), ignored);
  close();
}

void Stream::close() {
  disarm();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace breakwater::net
