#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace breakwater::selftest {

/// What is said over a connected, blocking socket, in clear or by TLS. Each step waits as long as the socket's own
/// time limits say. The socket must outlive it.
class Channel {
 public:
  static constexpr std::size_t kMostAnswer = 256 * 1024;

  explicit Channel(int socket) : socket_(socket) {}

  /// From here on by TLS. Whose certificate it is does not matter: what the mark of the connection says shows who
  /// answered. "" or what went wrong.
  std::string secure();
  bool send(std::string_view text);
  /// Reads to the end, or up to `mark` where that is not "". False: it did not come in time.
  bool receive(std::string& text, std::string_view mark);

 private:
  struct Free {
    void operator()(ssl_st* connection) const;
  };

  int socket_;
  std::unique_ptr<ssl_st, Free> tls_;
};

}  // namespace breakwater::selftest
