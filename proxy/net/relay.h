#pragma once

#include <vector>

#include "proxy/net/stream.h"

namespace breakwater::net {

/// Why a tunnel ended.
enum class End : std::uint8_t { client, origin, idle, bell, reload, pass, quota, identity, shutdown, error };
std::string_view to_string(End end);

/// Moves bytes both ways between two connections until both have said they are done, one fails, or stop() is called.
/// While nothing moves it holds no buffer: the bytes go through one that all tunnels of the worker share. Thousands may
/// be open, most of them silent: so it is no coroutine for each way, but two waits.
class Relay {
 public:
  /// `scratch` is the worker's shared buffer: used between two suspensions only.
  Relay(Stream& client, Stream& origin, std::vector<char>& scratch, Wheel& wheel, std::chrono::milliseconds idle);

  /// Sends what each side has already received, then relays. Returns how it ended, once nothing waits any more.
  Task<End> run();

  /// Ends the relay at once with this cause. The first call wins.
  void stop(End cause);

  std::uint64_t bytes_up() const { return up_.moved; }
  std::uint64_t bytes_down() const { return down_.moved; }

 private:
  struct Way {
    Stream& from;
    Stream& to;
    End source;  ///< where `from` ends it
    End sink;    ///< where `to` takes no more
    std::uint64_t moved = 0;
    std::vector<char> held{};  ///< what `to` did not take at once
    bool open = true;
  };

  void start(Way& way);
  void resume(Way& way);
  void pump(Way& way);
  bool send(Way& way, std::string_view bytes);
  void finish(Way& way);
  void end(Way& way);
  void wait(Way& way, Stream& side, Socket::wait_type what);

  std::vector<char>& scratch_;
  std::chrono::milliseconds idle_limit_;
  Deadline idle_;
  Way up_;
  Way down_;
  Timer done_;
  End end_ = End::error;
  bool ended_ = false;
};

}  // namespace breakwater::net
