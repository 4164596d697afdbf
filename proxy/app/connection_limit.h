#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "categories/ip_address.h"

namespace breakwater::app {

/// Counts client connections over all workers, in all and by client address. Thread-safe; asked once per connection,
/// and again where a balancer tells who the client is.
class ConnectionLimit {
  struct Hash {
    std::size_t operator()(const categories::IpAddress& address) const {
      const auto& bytes = address.bytes();
      return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  };

 public:
  using Clients = std::unordered_set<categories::IpAddress, Hash>;
  /// More than a centre has; of addresses beyond it nobody is told.
  static constexpr std::size_t kMostSeen = 65'536;

  ConnectionLimit(std::uint64_t total, std::uint64_t per_client) : total_most_(total), client_most_(per_client) {}

  /// One counted connection; gives its place back when it goes.
  class Place {
   public:
    Place(Place&& other) noexcept : limit_(std::exchange(other.limit_, nullptr)), client_(other.client_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (limit_) limit_->leave(client_);
    }
    /// For a place that is nobody's yet. False: this client has as many as it may.
    bool give_to(const categories::IpAddress& client) {
      if (!limit_->give(client)) return false;
      client_ = client;
      return true;
    }

   private:
    friend class ConnectionLimit;
    Place(ConnectionLimit& limit, const std::optional<categories::IpAddress>& client)
        : limit_(&limit), client_(client) {}
    ConnectionLimit* limit_;
    std::optional<categories::IpAddress> client_;  ///< nullopt: counted in all alone
  };

  /// nullopt: one of the limits is reached.
  std::optional<Place> enter(const categories::IpAddress& client) {
    const std::lock_guard lock(mutex_);
    see(client);
    auto& held = clients_[client];
    if (total_ >= total_most_ || held >= client_most_) {
      if (held == 0) clients_.erase(client);
      return std::nullopt;
    }
    ++held;
    ++total_;
    return Place(*this, client);
  }
  /// A place of nobody's: the client is not known yet.
  std::optional<Place> enter() {
    const std::lock_guard lock(mutex_);
    if (total_ >= total_most_) return std::nullopt;
    ++total_;
    return Place(*this, std::nullopt);
  }

  /// Who has come since the last time.
  Clients take_seen() {
    const std::lock_guard lock(mutex_);
    return std::exchange(seen_, {});
  }

 private:
  bool give(const categories::IpAddress& client) {
    const std::lock_guard lock(mutex_);
    see(client);
    auto& held = clients_[client];  // stays: client_most_ is 1 or more
    if (held >= client_most_) return false;
    ++held;
    return true;
  }

  void see(const categories::IpAddress& client) {
    if (seen_.size() < kMostSeen) seen_.insert(client);
  }

  void leave(const std::optional<categories::IpAddress>& client) {
    const std::lock_guard lock(mutex_);
    --total_;
    if (!client) return;
    const auto held = clients_.find(*client);
    if (--held->second == 0) clients_.erase(held);
  }

  const std::uint64_t total_most_;
  const std::uint64_t client_most_;
  std::mutex mutex_;
  std::uint64_t total_ = 0;
  std::unordered_map<categories::IpAddress, std::uint64_t, Hash> clients_;
  Clients seen_;
};

}  // namespace breakwater::app
