#include "proxy/admin/control_server.h"

#include <array>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/admin/control_socket.h"
#include "proxy/admin/request.h"

namespace breakwater::admin {
namespace {

constexpr int kBacklog = 128;
constexpr std::chrono::seconds kPause{1};  ///< after a failure to accept

void finished(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

ControlServer::ControlServer(net::Executor executor, Answer answer)
    : answer_(std::move(answer)), acceptor_(executor), room_(executor) {}

std::optional<std::string> ControlServer::listen(const std::filesystem::path& state) {
  constexpr mode_t kOwnerAndGroup = 0660;
  const auto address = control_address(state);
  if (!address) return state.string() + ": " + categories::last_error();
  std::error_code code;
  if (std::filesystem::is_socket(std::filesystem::symlink_status(address->path, code)))
    std::filesystem::remove(address->path, code);
  net::error_code error;
  acceptor_.open(Protocol(), error);
  if (!error) acceptor_.bind(Protocol::endpoint(address->path), error);
  // Nobody can connect before it listens.
  if (!error && ::chmod(address->path.c_str(), kOwnerAndGroup) != 0)
    error.assign(errno, boost::system::generic_category());
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) return (state / "control").string() + ": " + error.message();
  net::asio::co_spawn(acceptor_.get_executor(), accept(), finished);
  return std::nullopt;
}

void ControlServer::stop() {
  net::error_code ignored;
  acceptor_.close(ignored);
  room_.cancel();
}

net::Task<> ControlServer::accept() {
  while (acceptor_.is_open()) {
    if (open_ == kMostOpen) {
      room_.expires_at(net::Timer::time_point::max());
      co_await room_.async_wait(net::use_task);
      continue;
    }
    auto socket = std::make_shared<Socket>(acceptor_.get_executor());
    const auto [error] = co_await acceptor_.async_accept(*socket, net::use_task);
    if (error == net::asio::error::operation_aborted) co_return;
    if (error) {
      room_.expires_after(kPause);
      co_await room_.async_wait(net::use_task);
      continue;
    }
    ++open_;
    net::asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), [this](const std::exception_ptr& failure) {
      --open_;
      room_.cancel();
      finished(failure);
    });
  }
}

net::Task<> ControlServer::serve(std::shared_ptr<Socket> socket) {
  net::Timer patience(acceptor_.get_executor(), kPatience);
  patience.async_wait([socket](net::error_code error) {
    net::error_code ignored;
    if (!error) socket->close(ignored);
  });
  const auto line = co_await receive(*socket);
  if (!socket->is_open()) co_return;
  ucred credentials{};
  socklen_t size = sizeof credentials;
  std::string answer;
  if (!line) {
    answer = error_line("the request has no end, or is larger than 4096 bytes");
  } else if (::getsockopt(socket->native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    answer = error_line("the gateway cannot tell who asks");
  } else {
    answer = answer_(*line, {credentials.pid, credentials.uid, credentials.gid});
  }
  co_await net::asio::async_write(*socket, net::asio::buffer(answer), net::use_task);
}

/// The line without its end; nullopt: none came, or it was too long.
net::Task<std::optional<std::string>> ControlServer::receive(Socket& socket) {
  std::string line;
  std::array<char, kMaxRequest> buffer{};
  while (line.size() <= kMaxRequest) {
    const auto [error, size] = co_await socket.async_read_some(net::asio::buffer(buffer), net::use_task);
    if (error) co_return std::nullopt;
    line.append(buffer.data(), size);
    const auto end = line.find('\n');
    if (end != std::string::npos && end < kMaxRequest) co_return line.substr(0, end);
  }
  co_return std::nullopt;
}

}  // namespace breakwater::admin
