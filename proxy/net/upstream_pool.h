#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/net/stream.h"

namespace breakwater::net {

/// Idle kept-alive connections to origins, by "host:port" of the judged name, and "/name" behind it where another name
/// was dialled. One worker's; one thread.
class UpstreamPool {
 public:
  static constexpr std::size_t kPerOrigin = 32;
  static constexpr std::size_t kTotal = 4096;  ///< up to 20 KiB each
  static constexpr std::chrono::seconds kIdle{
      30};  ///< under the keep-alive of common servers, so that few die in our hands
  static constexpr std::size_t kClosedASweep = 128;  ///< some 2 ms

  /// A connection that is still open and silent, or nullptr. The youngest first: the others may end.
  std::unique_ptr<Stream> take(std::string_view origin);
  /// Keeps a connection whose last response ended cleanly; closes it where there is no room, bytes are left over, or
  /// `generation` is over, the one in which it was taken or its address looked up.
  void put(std::string_view origin, std::unique_ptr<Stream> stream, std::uint64_t generation);
  /// Ends with retire().
  std::uint64_t generation() const { return generation_; }
  /// Nothing that is open now is given again. Thousands closed at once would hold up everybody by tens of milliseconds:
  /// each put() closes one, each sweep() some.
  void retire();
  /// Retires what has been idle for too long. To be called every second.
  void sweep();
  /// Closes all at once.
  void clear();
  /// Of those that may be given.
  std::size_t size() const { return size_; }
  /// Of those that are yet to be closed.
  std::size_t retired() const { return retired_.size(); }

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    Wheel::Clock::time_point since;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  void retire(std::vector<Idle>& waiting, std::vector<Idle>::iterator end);

  std::unordered_map<std::string, std::vector<Idle>, Hash, std::equal_to<>> idle_;
  std::size_t size_ = 0;
  std::uint64_t generation_ = 0;
  std::vector<std::unique_ptr<Stream>> retired_;
};

}  // namespace breakwater::net
