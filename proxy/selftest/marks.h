#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "categories/ip_address.h"
#include "proxy/net/asio.h"
#include "rules/verdict.h"

namespace breakwater::selftest {

/// What the gateway decided of one probe, in its own words. Outlives the snapshot that decided.
struct Judgement {
  rules::Action action = rules::Action::block;
  rules::Reason reason = rules::Reason::engine_error;
  std::string rule;
  std::string period;
  std::string list;  ///< whose entry decided, where one did
};

/// One connection of the self-test: as whom it is to be judged, where it is on its way to at an intercepted door, and
/// how it was judged. Thread-safe.
class Mark {
 public:
  explicit Mark(std::string group, const net::tcp::endpoint& destination = {})
      : group_(std::move(group)), destination_(destination) {}
  const std::string& group() const { return group_; }
  const net::tcp::endpoint& destination() const { return destination_; }
  void note(Judgement judgement) {
    const std::lock_guard lock(mutex_);
    judgement_ = std::move(judgement);
  }
  /// nullopt: nothing was decided, so the connection was not taken for what it is.
  std::optional<Judgement> judgement() const {
    const std::lock_guard lock(mutex_);
    return judgement_;
  }

 private:
  const std::string group_;
  const net::tcp::endpoint destination_;
  mutable std::mutex mutex_;
  std::optional<Judgement> judgement_;
};

/// The connections that the self-test is about to make, by their own end: address and port that it holds bound, so that
/// nobody else can come from there. A mark is for one connection. Nothing that a client sends has to do with it.
/// Thread-safe.
class Marks {
 public:
  using End = std::pair<categories::IpAddress, std::uint16_t>;

  void add(const End& end, std::shared_ptr<Mark> mark);
  void remove(const End& end);
  /// The mark of a connection that was accepted from there; nullptr: it is a client's. Costs one load while there is
  /// no mark at all.
  std::shared_ptr<Mark> take(const End& end) {
    return count_.load(std::memory_order_acquire) == 0 ? nullptr : find(end);
  }

 private:
  std::shared_ptr<Mark> find(const End& end);

  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::map<End, std::shared_ptr<Mark>> marks_;
};

}  // namespace breakwater::selftest
