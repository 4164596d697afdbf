#include "proxy/selftest/channel.h"

#include <array>
#include <cerrno>
#include <span>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace breakwater::selftest {
namespace {

/// recv() over TLS: an end without close_notify is an end, and anything else that comes of TLS a failure.
::ssize_t read_some(ssl_st* connection, std::span<char> into) {
  std::size_t size = 0;
  ERR_clear_error();
  errno = 0;
  const auto result = SSL_read_ex(connection, into.data(), into.size(), &size);
  if (result == 1) return static_cast<::ssize_t>(size);
  return SSL_get_error(connection, result) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

}  // namespace

void Channel::Free::operator()(ssl_st* connection) const {
  SSL_free(connection);
}

std::string Channel::secure() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context) tls_.reset(SSL_new(context.get()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1) return "no memory for TLS";
  SSL_set_options(tls_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  ERR_clear_error();
  if (SSL_connect(tls_.get()) == 1) return "";
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return std::string("no TLS: ").append(reason ? reason : "no answer in time");
}

bool Channel::send(std::string_view text) {
  std::size_t sent = 0;
  if (tls_) return SSL_write_ex(tls_.get(), text.data(), text.size(), &sent) == 1;
  return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<::ssize_t>(text.size());
}

bool Channel::receive(std::string& text, std::string_view mark) {
  std::array<char, 4096> buffer{};
  while (mark.empty() || text.find(mark) == std::string::npos) {
    const auto got = tls_ ? read_some(tls_.get(), buffer) : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno == ECONNRESET && !text.empty();
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostAnswer) return true;
  }
  return true;
}

}  // namespace breakwater::selftest
