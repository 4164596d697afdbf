#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "categories/ip_address.h"
#include "rules/verdict.h"

namespace breakwater::identity {

/// Who signed in to the proxy, and where. An address is its latest comer's: a request of somebody who was there before
/// does not take it back, unless that one has been away for kAside. Thread-safe; a few hundred nanoseconds a request.
class SignIns {
 public:
  static constexpr std::size_t kMaxAddresses = 50'000;  ///< one more counts for its requests alone
  static constexpr std::size_t kMaxPeople = 8;          ///< at one address; the one longest silent is forgotten
  static constexpr std::size_t kMaxEnded = 10'000;
  static constexpr std::chrono::minutes kAside{2};

  struct SignIn {
    categories::IpAddress address;
    std::string user;
    rules::SysSeconds since;
    bool operator==(const SignIn&) const = default;
  };

  /// A sign-in is over once no request has come with its credentials for `idle`.
  explicit SignIns(std::chrono::seconds idle) : idle_(idle) {}

  /// Called where somebody else is at an address from now on; from any thread that calls the others.
  void on_change(std::function<void()> call);

  /// A request with the user's right credentials came from there.
  void touch(const categories::IpAddress& address, const std::string& user, rules::SysSeconds now);
  /// The account is gone or has another password: its sign-ins are over.
  void end(const std::string& user, rules::SysSeconds now);
  /// Is what the user signed in for at `since` over by end()?
  bool has_ended(const std::string& user, rules::SysSeconds since) const;
  /// Forgets who has been silent for too long.
  void expire(rules::SysSeconds now);

  /// Whose each address is.
  std::vector<SignIn> all() const;

 private:
  struct Person {
    std::string user;
    rules::SysSeconds since;
    rules::SysSeconds last;
  };
  struct AddressHash {
    std::size_t operator()(const categories::IpAddress& address) const;
  };
  /// The holder last; nobody holds it where the holder has gone and the others have been silent since.
  struct At {
    std::vector<Person> people;
    enum class Held : std::uint8_t { no, by_the_last } held = Held::no;
  };

  bool take(At& at, const std::string& user, rules::SysSeconds now) const;
  bool drop(const std::function<bool(const Person&, bool)>& is_over);
  void tell() const;

  const std::chrono::seconds idle_;
  mutable std::mutex mutex_;
  std::function<void()> changed_;
  std::unordered_map<categories::IpAddress, At, AddressHash> at_;
  std::unordered_map<std::string, rules::SysSeconds> ended_;
};

}  // namespace breakwater::identity
