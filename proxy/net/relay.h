#pragma once

#include <vector>

#include "proxy/net/stream.h"

namespace breakwater::net {

/// Why a tunnel ended.
enum class End : std::uint8_t { client, origin, idle, bell, reload, pass, quota, identity, shutdown, error };
std::string_view to_string(End end);

/// Moves bytes both ways between two connections until both have said they are done, one fails, or stop() is called.
/// While nothing moves it holds no buffer: the bytes go through one that all tunnels of the worker share.
class Relay {
 public:
  /// `scratch` is the worker's shared buffer: used between two suspensions only.
  Relay(Stream& client, Stream& origin, std::vector<char>& scratch, Wheel& wheel, std::chrono::milliseconds idle);

  /// Sends what each side has already received, then relays. Returns how it ended.
  Task<End> run();

  /// Ends the relay at once with this cause. The first call wins.
  void stop(End cause);

  std::uint64_t bytes_up() const { return bytes_up_; }
  std::uint64_t bytes_down() const { return bytes_down_; }

 private:
  Task<> pump(Stream& from, Stream& to, std::uint64_t& count, End source);
  Task<bool> send(Stream& to, std::size_t size);

  Stream& client_;
  Stream& origin_;
  std::vector<char>& scratch_;
  std::chrono::milliseconds idle_limit_;
  Deadline idle_;
  std::uint64_t bytes_up_ = 0;
  std::uint64_t bytes_down_ = 0;
  End end_ = End::error;
  bool ended_ = false;
};

}  // namespace breakwater::net
