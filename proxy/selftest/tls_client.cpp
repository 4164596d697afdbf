#include "proxy/selftest/tls_client.h"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace breakwater::selftest {

void TlsClient::Free::operator()(ssl_st* connection) const {
  SSL_free(connection);
}

TlsClient::TlsClient(const std::string& host) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context) connection_.reset(SSL_new(context.get()));
  auto* const connection = connection_.get();
  std::string name = host;
  // What the macro SSL_set_tlsext_host_name() stands for, without its cast.
  if (!connection || SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) != 1)
    return;
  auto* const in = BIO_new(BIO_s_mem());
  auto* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(connection, in, out);  // takes both
  if (!in || !out) return;
  SSL_connect(connection);  // wants an answer once the hello is written
  hello_.resize(BIO_ctrl_pending(out));
  const auto size = BIO_read(out, hello_.data(), static_cast<int>(hello_.size()));
  hello_.resize(static_cast<std::size_t>(std::max(size, 0)));
  ERR_clear_error();
}

bool TlsClient::is_denied_by(std::string_view answer) {
  auto* const connection = connection_.get();
  auto* const in = connection ? SSL_get_rbio(connection) : nullptr;
  if (!in || answer.empty()) return false;
  BIO_write(in, answer.data(), static_cast<int>(answer.size()));
  ERR_clear_error();
  SSL_connect(connection);
  const bool denied = ERR_GET_REASON(ERR_peek_error()) == SSL_R_TLSV1_ALERT_ACCESS_DENIED;
  ERR_clear_error();
  return denied;
}

}  // namespace breakwater::selftest
