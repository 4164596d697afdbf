#include "proxy/selftest/prober.h"

#include <array>
#include <charconv>

#include <sys/socket.h>
#include <sys/time.h>

#include "categories/canary.h"
#include "proxy/selftest/tls_client.h"

namespace breakwater::selftest {
namespace {

using categories::File;

/// Reads to the end, or up to `mark` where that is not "". False: it did not come in time.
bool receive(const File& socket, std::string& text, std::string_view mark) {
  std::array<char, 4096> buffer{};
  while (mark.empty() || text.find(mark) == std::string::npos) {
    const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno == ECONNRESET && !text.empty();
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > Prober::kMostAnswer) return true;
  }
  return true;
}

bool send(const File& socket, std::string_view text) {
  return ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<::ssize_t>(text.size());
}

/// "HTTP/1.1 403 ...": 403; 0: it is none.
int status_of(std::string_view text) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  int status = 0;
  if (!text.starts_with(kStart)) return 0;
  text.remove_prefix(kStart.size());
  std::from_chars(text.data(), text.data() + std::min<std::size_t>(text.size(), 3), status);
  return status;
}

void judge(std::string_view text, Answer& answer) {
  const auto status = status_of(text);
  const bool has_page = text.find("\r\n\r\n<!doctype html>") != std::string_view::npos ||
                        text.find("\r\n\r\n<!DOCTYPE html>") != std::string_view::npos;
  answer.wire = status == 403 && has_page ? Answer::Wire::page
                : status == 204           ? Answer::Wire::open
                : text.empty()            ? Answer::Wire::silent
                                          : Answer::Wire::other;
  if (answer.wire == Answer::Wire::other) answer.detail = "answered " + std::to_string(status);
}

}  // namespace

std::string_view to_string(Way way) {
  switch (way) {
    case Way::http:
      return "HTTP";
    case Way::connect:
      return "HTTPS";
    case Way::hello:
      return "HTTPS by its server name";
  }
  return "";
}

Prober::Prober(const net::tcp::endpoint& gateway, Marks& marks) : gateway_(gateway), marks_(marks) {
  if (gateway.address().is_unspecified()) {
    gateway_.address(gateway.address().is_v4() ? net::asio::ip::address(net::asio::ip::address_v4::loopback())
                                               : net::asio::ip::address(net::asio::ip::address_v6::loopback()));
  }
  own_ = net::tcp::endpoint(gateway_.address(), 0);
}

Answer Prober::probe(const std::string& group, Way way, const std::string& host, std::string_view path) {
  Answer answer;
  const timeval patience{kPatience.count(), 0};
  const File socket{::socket(own_.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  // Bound before it is marked: from here on nobody else can come from this address and port.
  auto own = own_;
  auto size = static_cast<socklen_t>(own.capacity());
  if (::bind(socket.get(), own.data(), static_cast<socklen_t>(own.size())) != 0 ||
      ::getsockname(socket.get(), own.data(), &size) != 0) {
    answer.detail = categories::last_error();
    return answer;
  }
  const auto mark = std::make_shared<Mark>(group);
  const Marks::End end{net::to_ip_address(own.address()), own.port()};
  marks_.add(end, mark);
  if (::connect(socket.get(), gateway_.data(), static_cast<socklen_t>(gateway_.size())) == 0)
    talk(socket, way, host, path, answer);
  else
    answer.detail = categories::last_error();
  marks_.remove(end);
  answer.judgement = mark->judgement();
  return answer;
}

void Prober::talk(const File& socket, Way way, const std::string& host, std::string_view path, Answer& answer) const {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const auto asked = way == Way::hello ? std::string(categories::kNeutralHost) : host;
  std::string request;
  if (way == Way::http)
    request.append("GET http://").append(host).append(path);
  else
    request.append("CONNECT ").append(asked).append(":443");
  // The end of the connection is then the end of a page.
  request.append(" HTTP/1.1\r\nHost: ").append(asked).append("\r\nConnection: close\r\n\r\n");
  std::string text;
  const bool came = send(socket, request) && receive(socket, text, way == Way::http ? "" : kHeadEnd);
  if (way == Way::http || (came && status_of(text) != 200)) {
    if (came && way != Way::http) receive(socket, text, "");
    return judge(text, answer);
  }
  TlsClient client(host);
  const auto head = text.find(kHeadEnd);
  text.erase(0, head == std::string::npos ? text.size() : head + kHeadEnd.size());
  if (!came || !send(socket, client.hello()) || !receive(socket, text, "")) {
    answer.detail = "no answer in time";
    return;
  }
  answer.wire = client.is_denied_by(text) ? Answer::Wire::alert
                : text.empty()            ? Answer::Wire::open
                                          : Answer::Wire::other;
  if (answer.wire == Answer::Wire::other) answer.detail = "an answer that is neither an alert nor a page";
}

}  // namespace breakwater::selftest
