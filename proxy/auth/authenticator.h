#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/auth/basic_credentials.h"
#include "proxy/auth/helper_process.h"

namespace breakwater::auth {

/// What is configured, sealed at start.
struct AuthenticatorOptions {
  std::filesystem::path users;      ///< see UsersFile; empty: none
  std::vector<std::string> helper;  ///< program and arguments (see HelperProcess); empty: none
  HelperProcess::Channels channels = HelperProcess::Channels::none;
  std::size_t helpers = 1;               ///< processes of it
  std::chrono::milliseconds timeout{};   ///< for one answer of a helper
  std::chrono::milliseconds remember{};  ///< how long a right password is not asked about again
  /// Called on a thread of its own where the file takes an account away or gives it another password.
  std::function<void(const std::string& user)> on_revoked;
};

/// Says whether a name and a password belong together. That takes long by design, so it happens on threads of its own
/// behind a queue with an end; what was right is known for a while by a keyed hash that dies with the process. Whoever
/// is in the file is judged by the file alone, all others by the helper. Thread-safe.
class Authenticator {
 public:
  enum class Outcome : std::uint8_t {
    accepted,
    refused,    ///< the name is unknown or the password is wrong: nobody learns which
    too_often,  ///< after several failures of this client or this name; not even tried
    busy,       ///< the queue is full
    failed,     ///< nobody could say: not signed in
  };
  using Time = std::chrono::steady_clock::time_point;
  using Done = std::function<void(Outcome)>;

  static constexpr std::size_t kMaxQueueOfOne = 8;  ///< of them from one client
  static constexpr std::size_t kMaxQueue = 64;      ///< different credentials
  static constexpr std::size_t kMaxWaiting = 256;   ///< requests for one of them
  static constexpr std::size_t kMaxRemembered = 20'000;

  /// Reads the file once. Throws std::runtime_error where it cannot be used: that is for the start to tell.
  explicit Authenticator(AuthenticatorOptions options);
  /// Waits for what is being verified; no `done` is called any more.
  ~Authenticator();

  /// Where the answer is not known at once: nullopt, and `done` is called later, once, on a thread of the
  /// authenticator's own; it must be quick.
  std::optional<Outcome> check(const categories::IpAddress& client, const Credentials& credentials, Time now,
                               Done done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::auth
