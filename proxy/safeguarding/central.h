#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "categories/result.h"
#include "proxy/safeguarding/central_options.h"
#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/verify.h"

namespace breakwater::safeguarding {

namespace postgres {
class Connection;
}

/// A gateway as the central store knows it. Times are of the server's clock.
struct CentralGateway {
  struct Fork {
    std::string message;
    Milliseconds time;
  };

  crypto::PublicKey id{};  ///< the key that signs its chain
  std::string name;
  std::int64_t seq = 0;      ///< of its last record there
  std::int64_t waiting = 0;  ///< records that had still to come when it was last heard
  Milliseconds heard, forwarded;
  std::optional<Fork> fork;  ///< the last time that its chain was not the one that is there

  /// Nothing was forwarded since then.
  bool is_forked() const { return fork && fork->time > forwarded; }
};

/// The central store, to look at. One thread at a time. Errors are in words.
class Central {
 public:
  static Result<Central, std::string> open(const CentralOptions& options);
  Central(Central&& other) noexcept;
  ~Central();

  /// Makes the tables, or brings them to this version: with the rights of the owner of the database.
  static std::optional<std::string> migrate(const CentralOptions& options);

  /// By name.
  Result<std::vector<CentralGateway>, std::string> gateways();
  /// The chain of one gateway as it is there, against the heads in it and those given.
  Result<Verification, std::string> verify(const crypto::PublicKey& gateway, std::span<const Head> heads);
  /// Makes a state directory, where there are no records yet, with the chain of the gateway and the wrapped keys of its
  /// days: every command that looks at records works on it.
  std::optional<std::string> copy(const crypto::PublicKey& gateway, const std::filesystem::path& state);

 private:
  explicit Central(std::unique_ptr<postgres::Connection> connection);
  std::unique_ptr<postgres::Connection> connection_;
};

}  // namespace breakwater::safeguarding
