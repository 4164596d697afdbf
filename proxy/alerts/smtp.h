#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace breakwater::alerts {

enum class Tls : std::uint8_t {
  required,    ///< STARTTLS, or the message is not sent
  if_offered,  ///< in clear where the server offers no STARTTLS, or where somebody on the way takes the offer out
  none,
};

/// The server that takes the messages.
struct SmtpOptions {
  std::string url;   ///< smtp://HOST:PORT, or smtps:// for TLS from the first byte; "": there is none
  std::string from;  ///< addr-spec
  std::string user;  ///< "": without authentication
  std::filesystem::path password_file;
  std::filesystem::path ca;  ///< PEM; "": the system's
  Tls tls = Tls::required;
  std::chrono::milliseconds timeout{30'000};  ///< for one message
};

struct SmtpResult {
  enum class Outcome : std::uint8_t {
    sent,         ///< the server has taken it: 250 to its end
    try_later,    ///< 4xx to this message
    refused,      ///< 5xx to this message
    unreachable,  ///< the server as a whole: not there, no TLS, a certificate that is not its own, a wrong password
  };
  Outcome outcome = Outcome::unreachable;
  std::string message;  ///< what failed and what to do about it; printable ASCII
};

/// Sends one message (RFC 5321, by libcurl) on a connection of its own. Blocks for `timeout` at most, or for a second
/// after `cancel` is set. The password is read anew each time, and is never in a message.
SmtpResult send_mail(const SmtpOptions& options, const std::string& to, std::string_view mail,
                     const std::atomic<bool>& cancel);

}  // namespace breakwater::alerts
