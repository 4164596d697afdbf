#include "proxy/dns/resolver.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>

#include "proxy/net/event.h"
#include "proxy/net/listener.h"

namespace breakwater::dns {
namespace {

namespace asio = net::asio;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kShortest{5};     ///< a TTL of 0 would ask at every request
constexpr std::chrono::seconds kKeepFailure{5};  ///< negative answers (RFC 2308) and failures
constexpr std::size_t kCacheMost = 20'000;       ///< names; the cache is emptied when it is full of live ones
constexpr std::size_t kAddressesMost = 16;
constexpr std::chrono::milliseconds kTick{100};
constexpr int kTries = 2;

/// c-ares is initialised once in a process and needs no end before its exit.
void initialise_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  if (status != ARES_SUCCESS) throw std::runtime_error(ares_strerror(status));
}

ResolveStatus to_status(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return ResolveStatus::ok;
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
      return ResolveStatus::no_such_name;
    case ARES_ETIMEOUT:
      return ResolveStatus::timeout;
    default:
      return ResolveStatus::failed;
  }
}

/// IPv4 and IPv6 in turn, so that one dead family costs one attempt.
std::vector<categories::IpAddress> interleave(const std::vector<categories::IpAddress>& v4,
                                              const std::vector<categories::IpAddress>& v6) {
  std::vector<categories::IpAddress> result;
  for (std::size_t i = 0; i < std::max(v4.size(), v6.size()) && result.size() < kAddressesMost; ++i) {
    if (i < v6.size()) result.push_back(v6[i]);
    if (i < v4.size()) result.push_back(v4[i]);
  }
  return result;
}

}  // namespace

struct Resolver::Impl {
  struct Answer {
    Resolved resolved;
    Clock::time_point until;
  };
  /// One question under way and everyone who waits for it.
  struct Question {
    Question(Impl& owner, std::string question) : impl(owner), name(std::move(question)), done(owner.executor) {}
    Impl& impl;
    std::string name;
    net::Event done;
    Resolved resolved;
  };

  Impl(net::Executor on, ResolverOptions chosen) : executor(on), options(std::move(chosen)), ticker(on) {}

  void ask(const std::shared_ptr<Question>& question);
  static void on_answer(void* argument, int status, int timeouts, ares_addrinfo* info);
  static void on_socket_state(void* argument, ares_socket_t fd, int readable, int writable);
  net::Task<> watch(std::shared_ptr<net::Descriptor> descriptor, ares_socket_t fd, net::Socket::wait_type type);
  net::Task<> tick();
  void remember(const std::string& name, const Resolved& resolved, Clock::duration ttl);

  net::Executor executor;
  ResolverOptions options;
  std::shared_ptr<const HostsFile> hosts;
  ares_channel channel = nullptr;
  std::unordered_map<std::string, Answer> cache;
  std::unordered_map<std::string, std::shared_ptr<Question>> asked;
  /// c-ares owns its sockets; these duplicates only watch them.
  std::unordered_map<ares_socket_t, std::shared_ptr<net::Descriptor>> watched;
  net::Timer ticker;
  enum class Ticking : std::uint8_t { no, yes } ticking = Ticking::no;
  std::shared_ptr<int> alive = std::make_shared<int>();
};

Resolver::Resolver(net::Executor executor, ResolverOptions options, std::shared_ptr<const HostsFile> hosts)
    : impl_(std::make_unique<Impl>(executor, std::move(options))) {
  initialise_library();
  impl_->hosts = std::move(hosts);
  ares_options settings{};
  settings.timeout = static_cast<int>(impl_->options.timeout.count() / ((1 << kTries) - 1));  // it doubles at each try
  settings.tries = kTries;
  settings.sock_state_cb = &Impl::on_socket_state;
  settings.sock_state_cb_data = impl_.get();
  char dns_only[] = "b";
  settings.lookups = dns_only;
  int status = ares_init_options(&impl_->channel, &settings,
                                 ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS);
  if (status == ARES_SUCCESS && !impl_->options.servers.empty()) {
    std::string csv;
    for (const auto& server : impl_->options.servers)
      csv += (csv.empty() ? "" : ",") + server;
    status = ares_set_servers_ports_csv(impl_->channel, csv.c_str());
  }
  if (status != ARES_SUCCESS) throw std::runtime_error(std::string("DNS resolver: ") + ares_strerror(status));
}

Resolver::~Resolver() {
  stop();
}

void Resolver::stop() {
  if (impl_->channel) ares_destroy(std::exchange(impl_->channel, nullptr));
  for (auto& [fd, descriptor] : impl_->watched)
    descriptor->close();
  impl_->watched.clear();
  impl_->ticker.cancel();
}

void Resolver::replace(std::shared_ptr<const HostsFile> hosts) {
  impl_->hosts = std::move(hosts);
  impl_->cache.clear();
}

bool Resolver::valid_server(std::string_view text) {
  return categories::IpAddress::parse(text).has_value() || net::parse_endpoint(text).has_value();
}

net::Task<Resolved> Resolver::resolve(std::string_view host) {
  if (impl_->hosts)
    if (const auto* fixed = impl_->hosts->find(host)) co_return Resolved{ResolveStatus::ok, *fixed};
  const std::string name(host);
  if (const auto known = impl_->cache.find(name); known != impl_->cache.end() && known->second.until > Clock::now())
    co_return known->second.resolved;
  if (!impl_->channel) co_return Resolved{};
  auto question = impl_->asked[name];
  if (!question) {
    question = std::make_shared<Impl::Question>(*impl_, name);
    impl_->asked[name] = question;
    impl_->ask(question);
  }
  co_await question->done.wait();
  co_return question->resolved;
}

void Resolver::Impl::ask(const std::shared_ptr<Question>& question) {
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  // The trailing dot keeps c-ares from trying the system's search domains.
  const std::string absolute = question->name + ".";
  ares_getaddrinfo(channel, absolute.c_str(), nullptr, &hints, &Impl::on_answer,
                   new std::shared_ptr<Question>(question));  // NOLINT: c-ares hands it back exactly once
  if (ticking == Ticking::no) {
    ticking = Ticking::yes;
    asio::co_spawn(executor, tick(), [](const std::exception_ptr&) {});
  }
}

void Resolver::Impl::on_answer(void* argument, int status, int, ares_addrinfo* info) {
  const std::unique_ptr<std::shared_ptr<Question>> holder(static_cast<std::shared_ptr<Question>*>(argument));
  const std::unique_ptr<ares_addrinfo, void (*)(ares_addrinfo*)> owned(info, &ares_freeaddrinfo);
  Question& question = **holder;
  std::vector<categories::IpAddress> v4;
  std::vector<categories::IpAddress> v6;
  Clock::duration ttl = question.impl.options.longest;
  for (const auto* node = info ? info->nodes : nullptr; node; node = node->ai_next) {
    ttl = std::min<Clock::duration>(ttl, std::chrono::seconds(std::max(node->ai_ttl, 0)));
    if (node->ai_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, node->ai_addr, sizeof address);
      v4.push_back(categories::IpAddress::from_v4(ntohl(address.sin_addr.s_addr)));
    } else if (node->ai_family == AF_INET6) {
      sockaddr_in6 address{};
      std::memcpy(&address, node->ai_addr, sizeof address);
      categories::IpAddress::Bytes bytes{};
      std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
      v6.emplace_back(bytes);
    }
  }
  question.resolved.status = to_status(status);
  question.resolved.addresses = interleave(v4, v6);
  if (question.resolved.status == ResolveStatus::ok && question.resolved.addresses.empty())
    question.resolved.status = ResolveStatus::no_such_name;
  if (status == ARES_EDESTRUCTION) {
    question.done.set();
    return;
  }
  const bool good = question.resolved.status == ResolveStatus::ok;
  question.impl.remember(question.name, question.resolved,
                         good ? std::max<Clock::duration>(ttl, kShortest) : Clock::duration(kKeepFailure));
  question.impl.asked.erase(question.name);
  question.done.set();
}

void Resolver::Impl::remember(const std::string& name, const Resolved& resolved, Clock::duration ttl) {
  const auto now = Clock::now();
  if (cache.size() >= kCacheMost) std::erase_if(cache, [&](const auto& entry) { return entry.second.until <= now; });
  if (cache.size() >= kCacheMost) cache.clear();
  cache.insert_or_assign(name, Answer{resolved, now + ttl});
}

/// c-ares says which of its sockets it wants to hear of.
void Resolver::Impl::on_socket_state(void* argument, ares_socket_t fd, int readable, int writable) {
  Impl& impl = *static_cast<Impl*>(argument);
  const auto known = impl.watched.find(fd);
  if (!readable && !writable) {
    if (known == impl.watched.end()) return;
    known->second->close();
    impl.watched.erase(known);
    return;
  }
  if (known != impl.watched.end()) return;
  const int duplicate = ::dup(fd);
  if (duplicate < 0) return;  // the tick still polls it
  const auto descriptor = std::make_shared<net::Descriptor>(impl.executor, duplicate);
  impl.watched.emplace(fd, descriptor);
  const auto done = [](const std::exception_ptr&) {};
  asio::co_spawn(impl.executor, impl.watch(descriptor, fd, net::Socket::wait_read), done);
  if (writable) asio::co_spawn(impl.executor, impl.watch(descriptor, fd, net::Socket::wait_write), done);
}

net::Task<> Resolver::Impl::watch(std::shared_ptr<net::Descriptor> descriptor, ares_socket_t fd,
                                  net::Socket::wait_type type) {
  const std::weak_ptr<int> owner = alive;
  while (descriptor->is_open()) {
    const auto [error] = co_await descriptor->async_wait(static_cast<net::Descriptor::wait_type>(type), net::use_task);
    if (error || owner.expired() || !channel || !descriptor->is_open()) co_return;
    const bool reads = type == net::Socket::wait_read;
    ares_process_fd(channel, reads ? fd : ARES_SOCKET_BAD, reads ? ARES_SOCKET_BAD : fd);
    if (!reads) co_return;  // a connection is made once
  }
}

/// Drives c-ares's own time-outs while a question is under way.
net::Task<> Resolver::Impl::tick() {
  const std::weak_ptr<int> owner = alive;
  while (channel && !asked.empty()) {
    ticker.expires_after(kTick);
    co_await ticker.async_wait(net::use_task);
    if (owner.expired() || !channel) co_return;
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }
  ticking = Ticking::no;
}

}  // namespace breakwater::dns
