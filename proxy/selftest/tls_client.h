#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace breakwater::selftest {

/// A real TLS client (OpenSSL) as far as its ClientHello, without a socket.
class TlsClient {
 public:
  /// Names `host` in the hello (RFC 6066, 3).
  explicit TlsClient(const std::string& host);

  /// "": OpenSSL refuses the name.
  const std::string& hello() const { return hello_; }
  /// Is this the alert access_denied (RFC 8446, 6.2), as the client understands it?
  bool is_denied_by(std::string_view answer);

 private:
  struct Free {
    void operator()(ssl_st* connection) const;
  };
  std::unique_ptr<ssl_st, Free> connection_;
  std::string hello_;
};

}  // namespace breakwater::selftest
