// A connection that a balancer passes on begins with a PROXY header, before TLS too. From then on the client that it
// names is the client: for groups, limits, identity, log and records.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/net/proxy_header.h"

namespace breakwater::app {

/// False: nobody was introduced, and the connection is to be closed. One that ends before it has said anything is a
/// balancer that looks whether the port is open.
net::Task<bool> Session::be_introduced() {
  auto& count = worker_.count();
  phase_ = Phase::idle;
  client_.arm(worker_.settings().head);
  auto header = net::parse_proxy_header(client_.received_text());
  while (header.status == net::ProxyHeader::Status::need_more) {
    const auto io = co_await client_.fill(header.wanted);  // no byte more: in TLS the next ones are the library's
    if (io == net::Io::timeout) count.add(telemetry::Counter::deadline_hits);
    if (io != net::Io::ok) {
      if (client_.in().size() != 0) refuse_introduction("a PROXY header that does not end");
      co_return false;
    }
    header = net::parse_proxy_header(client_.received_text());
  }
  phase_ = Phase::busy;
  client_.disarm();
  if (header.status == net::ProxyHeader::Status::malformed) {
    refuse_introduction(header.fault);
    co_return false;
  }
  client_.in().consume(header.size);
  count.add(telemetry::Counter::proxy_headers);
  if (!header.client) co_return true;  // the balancer's own: it is its address that asks
  if (!place_.give_to(*header.client)) {
    count.add(telemetry::Counter::over_limit);
    co_return false;
  }
  subject_.address = *header.client;
  client_text_ = header.client->to_string();
  co_return true;
}

/// One line in the log, in the balancer's name: no client would see a page.
void Session::refuse_introduction(std::string_view fault) {
  worker_.count().add(telemetry::Counter::proxy_headers_refused);
  begin();
  know_subject();
  tx_.verdict = tx_.engine->refuse(rules::Reason::malformed, subject_, worker_.services().clock.seconds());
  tx_.detail = fault;
  log();
}

}  // namespace breakwater::app
