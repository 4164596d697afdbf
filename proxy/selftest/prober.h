#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "categories/file.h"
#include "proxy/selftest/door.h"
#include "proxy/selftest/marks.h"

namespace breakwater::selftest {

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

class Channel;

/// Asks the gateway as a client does, by one of its doors, over TCP, one question a connection. Blocks. One thread at a
/// time.
class Prober {
 public:
  static constexpr std::chrono::seconds kPatience{15};  ///< for each step on the socket

  /// Where the gateway listens at every address, it is asked at the loopback one. `marks` must outlive it.
  Prober(const Door& door, Marks& marks);

  const Door& door() const { return door_; }
  /// What happens to somebody of the group who asks for http://HOST/PATH, or by TLS for the host.
  Answer probe(const std::string& group, Way way, const std::string& host, std::string_view path);

 private:
  net::tcp::endpoint destination() const;
  void talk(int socket, Way way, const std::string& host, std::string_view path, Answer& answer) const;
  void ask(Channel& channel, Way way, const std::string& host, std::string_view path, Answer& answer) const;
  static void greet(Channel& channel, const std::string& host, std::string text, Answer& answer);

  Door door_;
  net::tcp::endpoint own_;  ///< without a port
  Marks& marks_;
};

}  // namespace breakwater::selftest
