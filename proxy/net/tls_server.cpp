#include "proxy/net/tls_server.h"

#include <openssl/err.h>

namespace breakwater::net {
namespace {

/// Why the last call failed, as the library says it.
std::string reason() {
  const auto code = ERR_peek_error();
  ERR_clear_error();
  const char* text = ERR_reason_error_string(code);
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  return text ? text : "not usable";
}

/// An encrypted key would wait for somebody to type its passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

/// A browser offers HTTP/2 to an HTTPS proxy as well (RFC 7301): HTTP/1.1 is what is spoken here.
int choose_http_1_1(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kSpoken[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kSpoken, sizeof kSpoken - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<const TlsServer> TlsServer::load(const std::filesystem::path& certificate,
                                                 const std::filesystem::path& key, std::string& error) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
  if (!context) {
    error = reason();
    return nullptr;
  }
  auto* const raw = context.get();
  SSL_CTX_set_default_passwd_cb(raw, &no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1) {
    error = certificate.string() + ": " + reason();
    return nullptr;
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(raw) != 1) {
    error = key.string() + ": " + reason();
    return nullptr;
  }
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets need no cache that threads share
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_alpn_select_cb(raw, &choose_http_1_1, nullptr);
  return std::shared_ptr<const TlsServer>(new TlsServer(std::move(context)));
}

TlsServer::Session TlsServer::accept(int socket) const {
  Session session(SSL_new(context_.get()));
  if (!session || SSL_set_fd(session.get(), socket) != 1) return nullptr;
  SSL_set_accept_state(session.get());
  return session;
}

}  // namespace breakwater::net
