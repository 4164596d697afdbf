// What the gateway says itself: the block page, and plain words for failures.

#include <ctime>

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "rules/civil_time.h"

namespace breakwater::app {
namespace {

/// RFC 7617 2.1: what is sent back is UTF-8.
constexpr std::string_view kChallenge = "Proxy-Authenticate: Basic realm=\"Breakwater\", charset=\"UTF-8\"\r\n";

std::string_view phrase(std::uint16_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

/// RFC 9110 5.6.7, formatted once a second.
std::string_view http_date() {
  thread_local std::time_t formatted = 0;
  thread_local char text[32];
  const auto now = std::time(nullptr);
  if (now != formatted) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    formatted = now;
  }
  return text;
}

}  // namespace

std::string Session::page(const Answer& what) {
  const auto& snapshot = *tx_.engine->snapshot();
  pages::BlockPage page;
  page.centre = snapshot.policy.centre;
  page.what = !tx_.url.empty() ? std::string_view(tx_.url) : tx_.host ? tx_.host->text() : std::string_view();
  page.reason = what.reason;
  page.detail = what.detail;
  page.categories = category_names();
  page.rule = tx_.verdict.rule;
  page.period = tx_.verdict.period;
  std::string until;
  if (tx_.opens) until = rules::format_short(*tx_.opens, worker_.services().clock.seconds(), *snapshot.policy.zone);
  page.until = until;
  if (tx_.verdict.reason == rules::Reason::quota) page.quota = quota_use();
  page.reference = tx_.id;
  return pages::render(page, request_.language);
}

net::Task<Session::Next> Session::answer(Answer what) {
  auto body = page(what);
  co_return co_await send_answer(what.status, pages::kResponseFields, std::move(body), what.persistence);
}

/// Sends an answer of the gateway's own and writes the log's line. The connection goes on only where the request had no
/// body that would be in the way.
net::Task<Session::Next> Session::send_answer(std::uint16_t status, std::string_view fields, std::string body,
                                              http::Persistence persistence) {
  if (request_.body.kind != http::BodyKind::none) persistence = http::Persistence::close;
  tx_.status = status;
  out_.clear();
  out_ += "HTTP/1.1 ";
  out_ += std::to_string(status);
  out_ += ' ';
  out_ += phrase(status);
  out_ += "\r\nDate: ";
  out_ += http_date();
  out_ += "\r\n";
  out_ += fields;
  if (status == 407) out_ += kChallenge;
  if (status != 204)
    out_.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");  // RFC 9110 8.6
  out_ += persistence == http::Persistence::close       ? "Connection: close\r\n\r\n"
          : request_.version == http::Version::http_1_0 ? "Connection: keep-alive\r\n\r\n"
                                                        : "\r\n";
  client_.arm(worker_.settings().stall);
  const std::string_view content = tx_.method == "HEAD" ? std::string_view() : body;
  const auto before = client_.bytes_out();
  const auto io = co_await client_.write(out_, content);
  client_.disarm();
  tx_.bytes_down = client_.bytes_out() - before;
  log();
  if (io != net::Io::ok) co_return Next::closed;
  co_return persistence == http::Persistence::close ? Next::close : Next::again;
}

/// A blocked request. Its attempt is on disk before anything of the answer is sent; where that fails the request stays
/// blocked, and the answer says that the gateway could not keep its promise.
net::Task<Session::Next> Session::refuse(std::uint16_t status) {
  show_in_window();
  Answer what{status, to_string(tx_.verdict.reason), tx_.detail, request_.persistence};
  if (!co_await make_durable()) {
    what.status = 503;
    what.reason = "unrecorded";
    tx_.detail = "the attempt could not be recorded in time";
  }
  co_return co_await answer(what);
}

}  // namespace breakwater::app
