#pragma once

#include <functional>
#include <vector>

#include "proxy/net/stream.h"

namespace breakwater::net {

/// Why a tunnel ended.
enum class End : std::uint8_t { client, origin, idle, bell, reload, pass, quota, identity, shutdown, error };
std::string_view to_string(End end);

/// Moves bytes both ways between two connections until both have said they are done, one fails, or stop() is called.
/// While nothing moves it holds no buffer: the bytes go through one that all tunnels of the worker share. Thousands may
/// be open, most of them silent: so it is no coroutine, but a wait for each way.
class Relay {
 public:
  /// `scratch` is the worker's shared buffer: used within one callback only.
  Relay(Stream& client, Stream& origin, std::vector<char>& scratch, Wheel& wheel, std::chrono::milliseconds idle);

  /// Sends what each side has already received, then relays. `on_end` is called once with how it ended, later and when
  /// nothing waits any more: it may destroy the relay, which must not go before.
  void start(std::function<void(End)> on_end);

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
    std::vector<char> held{};  ///< what `to` did not take at once, of which
    std::size_t taken = 0;     ///< it has taken so much since
    bool open = true;
  };

  void begin(Way& way);
  void resume(Way& way);
  void pump(Way& way);
  std::size_t offer(Way& way, std::string_view bytes);
  bool send(Way& way, std::string_view bytes);
  void finish(Way& way);
  void end(Way& way);
  void wait(Way& way, Stream& side, Socket::wait_type what);

  std::vector<char>& scratch_;
  std::chrono::milliseconds idle_limit_;
  Deadline idle_;
  Way up_;
  Way down_;
  std::function<void(End)> on_end_;
  End end_ = End::error;
  bool ended_ = false;
};

}  // namespace breakwater::net
