#include "proxy/operations/management_server.h"

#include <array>

#include <fmt/format.h>

#include "proxy/http/head.h"

namespace breakwater::operations {
namespace {

constexpr int kBacklog = 64;
constexpr std::chrono::seconds kPause{1};  ///< after a failure to accept

void finished(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

std::string_view phrase_of(std::uint16_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Service Unavailable";
  }
}

}  // namespace

ManagementServer::ManagementServer(net::Executor executor, Answer answer)
    : answer_(std::move(answer)), acceptor_(executor), room_(executor) {}

net::tcp::endpoint ManagementServer::listen(const net::tcp::endpoint& endpoint, net::error_code& error) {
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(net::Acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) return {};
  net::asio::co_spawn(acceptor_.get_executor(), accept(), finished);
  return acceptor_.local_endpoint(error);
}

void ManagementServer::stop() {
  net::error_code ignored;
  acceptor_.close(ignored);
  room_.cancel();
}

net::Task<> ManagementServer::accept() {
  while (acceptor_.is_open()) {
    if (open_ == kMostOpen) {
      room_.expires_at(net::Timer::time_point::max());
      co_await room_.async_wait(net::use_task);
      continue;
    }
    auto socket = std::make_shared<net::Socket>(acceptor_.get_executor());
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

net::Task<> ManagementServer::serve(std::shared_ptr<net::Socket> socket) {
  net::Timer patience(acceptor_.get_executor(), kPatience);
  patience.async_wait([socket](net::error_code error) {
    net::error_code ignored;
    if (!error) socket->close(ignored);
  });
  std::string head;
  std::array<char, 2048> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < kMostBytes) {
    const auto [error, size] = co_await socket->async_read_some(net::asio::buffer(buffer), net::use_task);
    if (error) co_return;
    head.append(buffer.data(), size);
  }
  const auto page = page_for(head);
  auto answer = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: "
      "close\r\n\r\n",
      page.status, phrase_of(page.status), page.type, page.body.size());
  if (!head.starts_with("HEAD ")) answer += page.body;
  co_await net::asio::async_write(*socket, net::asio::buffer(answer), net::use_task);
  net::error_code ignored;
  socket->shutdown(net::Socket::shutdown_send, ignored);
}

Page ManagementServer::page_for(std::string_view head) const {
  http::RequestHead request;
  http::HeadError error{};
  const auto status = http::parse_request_head(head, {kMostBytes, 100}, request, error);
  if (status != http::HeadStatus::done || request.form != http::TargetForm::origin)
    return {400, "text/plain; charset=utf-8", "this is for monitoring: GET /metrics or /healthz\n"};
  if (!request.is("GET") && !request.is("HEAD")) return {405, "text/plain; charset=utf-8", "GET and HEAD alone\n"};
  return answer_(request.path.substr(0, request.path.find('?')));
}

}  // namespace breakwater::operations
