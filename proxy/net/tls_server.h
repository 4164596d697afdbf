#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace breakwater::net {

/// The gateway as a TLS server: a certificate and its key. Immutable; safe from any thread. TLS 1.2 and later, HTTP/1.1
/// alone; a session is resumed by its ticket as long as this object is the one in use.
class TlsServer {
 public:
  struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Session = std::unique_ptr<SSL, Free>;

  /// PEM files: the certificate with the chain above it, and its key without a passphrase. nullptr, with the reason in
  /// `error`, where they cannot be used.
  static std::shared_ptr<const TlsServer> load(const std::filesystem::path& certificate,
                                               const std::filesystem::path& key, std::string& error);

  /// The server's end on a connected, non-blocking socket, before its handshake; nullptr where memory runs out.
  Session accept(int socket) const;

 private:
  explicit TlsServer(std::unique_ptr<SSL_CTX, Free> context) : context_(std::move(context)) {}

  std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace breakwater::net
