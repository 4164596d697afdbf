#pragma once

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

  /// A connection that is still open and silent, or nullptr. The youngest first: the others may end.
  std::unique_ptr<Stream> take(std::string_view origin);
  /// Keeps a connection whose last response ended cleanly; closes it where there is no room or bytes are left over.
  void put(std::string_view origin, std::unique_ptr<Stream> stream);
  /// Closes what has been idle for too long. To be called now and then.
  void sweep();
  void clear();
  std::size_t size() const { return size_; }

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    Wheel::Clock::time_point since;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::vector<Idle>, Hash, std::equal_to<>> idle_;
  std::size_t size_ = 0;
};

}  // namespace breakwater::net
