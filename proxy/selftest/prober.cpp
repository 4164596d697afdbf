#include "proxy/selftest/prober.h"

#include <charconv>

#include <sys/socket.h>
#include <sys/time.h>

#include "categories/canary.h"
#include "proxy/selftest/channel.h"
#include "proxy/selftest/tls_client.h"

namespace breakwater::selftest {
namespace {

using categories::File;

constexpr std::string_view kLate = "no answer in time";

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

Prober::Prober(const Door& door, Marks& marks) : door_(door), marks_(marks) {
  namespace ip = net::asio::ip;
  const bool is_v4 = door.at.address().is_v4();
  if (door.at.address().is_unspecified())
    door_.at.address(is_v4 ? ip::address(ip::address_v4::loopback()) : ip::address(ip::address_v6::loopback()));
  own_ = net::tcp::endpoint(door_.at.address(), 0);
}

/// Where a connection that the kernel brings to the door was on its way to: an address for documentation (RFC 5737,
/// RFC 3849), so that nothing but the name is left to judge by.
net::tcp::endpoint Prober::destination() const {
  constexpr std::uint16_t kHttp = 80;
  constexpr std::uint16_t kTls = 443;
  if (!is_intercepted(door_.kind)) return {};
  return {net::asio::ip::make_address(own_.address().is_v4() ? "192.0.2.1" : "2001:db8::1"),
          door_.kind == Door::Kind::intercepted_http ? kHttp : kTls};
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
  const auto mark = std::make_shared<Mark>(group, destination());
  const Marks::End end{net::to_ip_address(own.address()), own.port()};
  marks_.add(end, mark);
  if (::connect(socket.get(), door_.at.data(), static_cast<socklen_t>(door_.at.size())) == 0)
    talk(socket.get(), way, host, path, answer);
  else
    answer.detail = categories::last_error();
  marks_.remove(end);
  answer.judgement = mark->judgement();
  return answer;
}

void Prober::talk(int socket, Way way, const std::string& host, std::string_view path, Answer& answer) const {
  Channel channel(socket);
  if (door_.kind == Door::Kind::tls_proxy) answer.detail = channel.secure();
  if (!answer.detail.empty()) return;
  if (door_.kind == Door::Kind::intercepted_tls)
    greet(channel, host, "", answer);
  else
    ask(channel, way, host, path, answer);
}

void Prober::ask(Channel& channel, Way way, const std::string& host, std::string_view path, Answer& answer) const {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const auto asked = way == Way::hello ? std::string(categories::kNeutralHost) : host;
  std::string request;
  if (way != Way::http)
    request.append("CONNECT ").append(asked).append(":443");
  else if (is_intercepted(door_.kind))
    request.append("GET ").append(path);
  else
    request.append("GET http://").append(host).append(path);
  // The end of the connection is then the end of a page.
  request.append(" HTTP/1.1\r\nHost: ").append(asked).append("\r\nConnection: close\r\n\r\n");
  std::string text;
  const bool came = channel.send(request) && channel.receive(text, way == Way::http ? "" : kHeadEnd);
  if (way == Way::http || (came && status_of(text) != 200)) {
    if (came && way != Way::http) channel.receive(text, "");
    return judge(text, answer);
  }
  const auto head = text.find(kHeadEnd);
  text.erase(0, head == std::string::npos ? text.size() : head + kHeadEnd.size());
  if (came) return greet(channel, host, std::move(text), answer);
  answer.detail = kLate;
}

/// Says the ClientHello. `text`: what has come already in answer to it.
void Prober::greet(Channel& channel, const std::string& host, std::string text, Answer& answer) {
  TlsClient client(host);
  if (!channel.send(client.hello()) || !channel.receive(text, "")) {
    answer.detail = kLate;
    return;
  }
  answer.wire = client.is_denied_by(text) ? Answer::Wire::alert
                : text.empty()            ? Answer::Wire::open
                                          : Answer::Wire::other;
  if (answer.wire == Answer::Wire::other) answer.detail = "an answer that is neither an alert nor a page";
}

}  // namespace breakwater::selftest
