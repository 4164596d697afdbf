#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/local/stream_protocol.hpp>

#include "proxy/admin/pass_book.h"
#include "proxy/net/asio.h"

namespace breakwater::admin {

/// STATE/control: a socket for the owner of the gateway and its group (0660). Each connection brings one line and gets
/// one. All on one thread's io_context, which must not
/// run any more when this ends.
class ControlServer {
 public:
  /// Connections at one time; others wait in the kernel's queue.
  static constexpr std::size_t kMostOpen = 128;
  /// From accepting to the end of the answer.
  static constexpr std::chrono::seconds kPatience{2};

  /// Gives the line that answers a line of at most kMaxRequest bytes, on the io_context's thread.
  using Answer = std::function<std::string(std::string_view line, const Peer& peer)>;

  ControlServer(net::Executor executor, Answer answer);

  /// Takes the place of a socket that an ended gateway left. Returns what went wrong.
  std::optional<std::string> listen(const std::filesystem::path& state);
  /// Accepts no more; what is open ends by itself.
  void stop();

 private:
  using Protocol = net::asio::local::stream_protocol;
  using Socket = net::asio::basic_stream_socket<Protocol, net::Executor>;

  net::Task<> accept();
  net::Task<> serve(std::shared_ptr<Socket> socket);
  net::Task<std::optional<std::string>> receive(Socket& socket);

  Answer answer_;
  net::asio::basic_socket_acceptor<Protocol, net::Executor> acceptor_;
  net::Timer room_;  ///< waited for while there is no room for another connection
  std::size_t open_ = 0;
};

}  // namespace breakwater::admin
