#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "categories/file.h"
#include "proxy/net/asio.h"
#include "proxy/selftest/marks.h"

namespace breakwater::selftest {

/// How a site is asked for: plain HTTP; CONNECT to it, and a ClientHello that names it; CONNECT to a name that no list
/// has, and a ClientHello that names the site.
enum class Way : std::uint8_t { http, connect, hello };
inline constexpr std::array kWays{Way::http, Way::connect, Way::hello};
/// As people read it: "HTTP", "HTTPS", "HTTPS by its server name".
std::string_view to_string(Way way);

/// What came back.
struct Answer {
  enum class Wire : std::uint8_t {
    page,    ///< 403 and a page
    alert,   ///< the TLS alert access_denied
    open,    ///< nothing stopped it
    other,   ///< any other answer
    silent,  ///< none: the gateway does not take the connection, or does not answer in time
  };
  Wire wire = Wire::silent;
  std::string detail;  ///< of `other` and `silent`
  std::optional<Judgement> judgement;
};

/// Asks the gateway as a client does, over TCP, one question a connection. Blocks. One thread at a time.
class Prober {
 public:
  static constexpr std::chrono::seconds kPatience{15};  ///< for each step on the socket
  static constexpr std::size_t kMostAnswer = 256 * 1024;

  /// `gateway`: where it listens; where that is every address, it is asked at the loopback one. `marks` must outlive
  /// it.
  Prober(const net::tcp::endpoint& gateway, Marks& marks);

  /// What happens to somebody of the group who asks for http://HOST/PATH, or by TLS for the host.
  Answer probe(const std::string& group, Way way, const std::string& host, std::string_view path);

 private:
  void talk(const categories::File& socket, Way way, const std::string& host, std::string_view path,
            Answer& answer) const;

  net::tcp::endpoint gateway_;
  net::tcp::endpoint own_;  ///< without a port
  Marks& marks_;
};

}  // namespace breakwater::selftest
