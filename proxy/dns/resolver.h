#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/dns/hosts_file.h"
#include "proxy/net/asio.h"

namespace breakwater::dns {

enum class ResolveStatus : std::uint8_t { ok, no_such_name, timeout, failed };

struct Resolved {
  ResolveStatus status = ResolveStatus::failed;
  std::vector<categories::IpAddress> addresses;  ///< IPv4 and IPv6 in turn, in the order of the answers
};

struct ResolverOptions {
  std::vector<std::string> servers;  ///< "ADDR" or "ADDR:PORT"; none: those of the system (resolv.conf)
  std::chrono::milliseconds timeout{5000};
  std::chrono::seconds longest{300};  ///< an answer is kept for its TTL, at most this
};

/// One worker's resolver (c-ares): answers are cached, and questions for a name already asked wait for its answer. One
/// thread.
class Resolver {
 public:
  /// Throws std::runtime_error where c-ares does not take the servers: check them with valid_server() first.
  Resolver(net::Executor executor, ResolverOptions options, std::shared_ptr<const HostsFile> hosts);
  ~Resolver();

  /// `host` is a normalised domain name. Always answers, within a little over the timeout.
  net::Task<Resolved> resolve(std::string_view host);

  /// Replaces the fixed names and forgets what is cached.
  void replace(std::shared_ptr<const HostsFile> hosts);
  /// Gives up all questions; resolve() must not be called again.
  void stop();

  static bool valid_server(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::dns
