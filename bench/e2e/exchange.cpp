#include "bench/e2e/exchange.h"

#include <utility>

#include "bench/e2e/tls_bytes.h"

namespace breakwater::bench {
namespace {

std::string authority(std::string_view host, std::uint16_t port) {
  std::string text(host);
  if (port != 0) text.append(":").append(std::to_string(port));
  return text;
}

std::string make_get(const LoadOptions& options, std::string_view host) {
  const std::string where = authority(host, options.port);
  std::string request = "GET ";
  if (options.route == Route::proxy) request.append("http://").append(where);
  request.append("/news/2026/index.html HTTP/1.1\r\nHost: ").append(where);
  request.append(
      "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
      "\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
      "\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate"
      "\r\nCookie: session=7d1f0c52b9e84d0aa4f1c6de90b35c1e");
  request.append(options.mode == Mode::get_new ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  return request;
}

std::string make_connect(std::string_view host, std::uint16_t port) {
  constexpr std::uint16_t kHttps = 443;
  const std::string where = authority(host, port == 0 ? kHttps : port);
  return "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n\r\n";
}

}  // namespace

void Exchange::begin(std::string_view host) {
  host_ = host;
  answered_ = 0;
  if (options_->mode != Mode::connect && options_->mode != Mode::bulk) {
    state_ = State::response;
    reader_.reset(ResponseReader::Method::get);
    send(make_get(*options_, host));
  } else if (options_->route == Route::direct) {
    state_ = State::answer;
    send(make_client_hello(host));
  } else {
    state_ = State::tunnel_response;
    reader_.reset(ResponseReader::Method::connect);
    send(make_connect(host, options_->port));
  }
}

Exchange::Step Exchange::feed(std::string_view bytes) {
  switch (state_) {
    case State::response:
      return feed_response(bytes);
    case State::tunnel_response:
      return feed_tunnel_response(bytes);
    case State::answer:
      return feed_answer(bytes);
  }
  return fail(Failure::malformed);
}

Exchange::Step Exchange::end_of_stream() {
  if (state_ == State::response && reader_.end_of_stream() == ResponseReader::Outcome::done) return judge_response();
  return fail(Failure::closed_early);
}

bool Exchange::keeps_connection() const {
  return (options_->mode == Mode::get || options_->mode == Mode::blocked) && reader_.keeps_alive();
}

Exchange::Step Exchange::feed_response(std::string_view bytes) {
  const auto outcome = reader_.feed(bytes);
  if (outcome == ResponseReader::Outcome::need_more) return Step::more;
  if (outcome == ResponseReader::Outcome::malformed || !bytes.empty()) return fail(Failure::malformed);
  return judge_response();
}

Exchange::Step Exchange::feed_tunnel_response(std::string_view bytes) {
  const auto outcome = reader_.feed(bytes);
  if (outcome == ResponseReader::Outcome::need_more) return Step::more;
  if (outcome == ResponseReader::Outcome::malformed) return fail(Failure::malformed);
  if (reader_.status() != options_->expect_status) return fail(Failure::wrong_status);
  if (!bytes.empty()) return fail(Failure::wrong_answer);  // the origin does not speak before the hello
  state_ = State::answer;
  send(make_client_hello(host_));
  return Step::more;
}

Exchange::Step Exchange::feed_answer(std::string_view bytes) {
  const std::string_view expected = server_answer().substr(answered_);
  if (!expected.starts_with(bytes)) return fail(Failure::wrong_answer);
  answered_ += bytes.size();
  if (bytes.size() < expected.size()) return Step::more;
  if (options_->mode == Mode::connect) return Step::done;
  send(std::string(stream_command(options_->direction)));
  return Step::streaming;
}

Exchange::Step Exchange::judge_response() {
  if (reader_.status() != options_->expect_status) return fail(Failure::wrong_status);
  if (options_->expect_body && reader_.body_size() != *options_->expect_body) return fail(Failure::wrong_length);
  return Step::done;
}

Exchange::Step Exchange::fail(Failure failure) {
  failure_ = failure;
  return Step::failed;
}

void Exchange::send(std::string bytes) {
  output_ = std::move(bytes);
  sent_ = 0;
}

}  // namespace breakwater::bench
