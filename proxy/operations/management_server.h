#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "proxy/net/asio.h"

namespace breakwater::operations {

/// A page for whoever runs the gateway.
struct Page {
  std::uint16_t status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body;
};

/// HTTP/1 for monitoring, on an address of its own: GET and HEAD, one request a connection. Whoever reaches the address
/// may read the pages: they hold nothing about a person. All on one thread's io_context, which must not run any more
/// when this ends.
class ManagementServer {
 public:
  static constexpr std::size_t kMostOpen = 32;          ///< others wait in the kernel's queue
  static constexpr std::size_t kMostBytes = 8192;       ///< of a request's head
  static constexpr std::chrono::seconds kPatience{10};  ///< from accepting to the end of the answer

  /// Gives the page of a path; a status of 404: there is none.
  using Answer = std::function<Page(std::string_view path)>;

  ManagementServer(net::Executor executor, Answer answer);

  /// Returns the address that is bound.
  net::tcp::endpoint listen(const net::tcp::endpoint& endpoint, net::error_code& error);
  /// Accepts no more; what is open ends by itself.
  void stop();

 private:
  net::Task<> accept();
  net::Task<> serve(std::shared_ptr<net::Socket> socket);
  Page page_for(std::string_view head) const;

  Answer answer_;
  net::Acceptor acceptor_;
  net::Timer room_;  ///< waited for while there is no room for another connection
  std::size_t open_ = 0;
};

}  // namespace breakwater::operations
