#include "proxy/auth/authenticator.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include "proxy/auth/failure_limit.h"
#include "proxy/auth/users_file.h"
#include "proxy/identity/state_file.h"
#include "rules/network_index.h"

namespace breakwater::auth {
namespace {

using Steady = std::chrono::steady_clock;
using Digest = std::array<unsigned char, crypto_generichash_BYTES>;

constexpr std::chrono::milliseconds kLook{400};  ///< between two looks at the file
/// The nice value of who verifies: a password costs tens of milliseconds of a core that requests need.
constexpr int kGiveWay = 5;
/// Of IPv6 a whole /64 counts as one client (RFC 6177: a site has at least one to choose addresses from).
constexpr std::uint8_t kSitePrefix = 64;

std::string client_key(const categories::IpAddress& client) {
  return (client.is_v4() ? client : rules::network_of(client, kSitePrefix).address).to_string();
}

}  // namespace

struct Authenticator::Impl {
  struct Job {
    Credentials credentials;
    std::string client;
    std::vector<Done> waiting;
  };
  using Jobs = std::map<Digest, Job>;

  explicit Impl(AuthenticatorOptions chosen) : options(std::move(chosen)), file({options.users}) {
    if (sodium_init() < 0) throw std::runtime_error("proxy.auth: libsodium cannot be used");
    randombytes_buf(secret.data(), secret.size());
    if (!options.users.empty()) {
      categories::Diagnostics diagnostics;
      static_cast<void>(file.look());
      read_users(diagnostics);
      if (!users)
        throw std::runtime_error(diagnostics.empty() ? "proxy.auth.users cannot be used"
                                                     : to_string(diagnostics.front()));
    }
    const auto count = options.helper.empty() ? 1 : options.helpers;
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([this, i] { run(i); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (auto& thread : threads)
      thread.join();
    sodium_memzero(secret.data(), secret.size());
  }

  Digest digest_of(const Credentials& credentials) const {
    Digest digest{};
    crypto_generichash_state state;
    const auto add = [&](std::string_view text) {
      crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    };
    crypto_generichash_init(&state, secret.data(), secret.size(), digest.size());
    add(credentials.user);
    add(std::string_view("\0", 1));  // neither of them holds a control character
    add(credentials.password);
    crypto_generichash_final(&state, digest.data(), digest.size());
    sodium_memzero(&state, sizeof state);
    return digest;
  }

  std::optional<Outcome> check(const categories::IpAddress& client, const Credentials& credentials, Time now,
                               Done done) {
    const auto digest = digest_of(credentials);
    const auto key = client_key(client);
    const std::lock_guard lock(mutex);
    if (const auto known = remembered.find(digest); known != remembered.end() && now < known->second)
      return Outcome::accepted;
    if (const auto job = jobs.find(digest); job != jobs.end()) {
      if (job->second.waiting.size() == kMaxWaiting) return Outcome::busy;
      job->second.waiting.push_back(std::move(done));
      return std::nullopt;
    }
    if (clients.opens(key, now) > now || names.opens(credentials.user, now) > now) return Outcome::too_often;
    const auto of_client = std::ranges::count(jobs, key, [](const auto& each) { return each.second.client; });
    if (jobs.size() == kMaxQueue || of_client == kMaxQueueOfOne) return Outcome::busy;
    auto& job = jobs[digest];
    job.credentials.user = credentials.user;
    job.credentials.password.reserve(kMaxPasswordBytes);  // as in Credentials: nothing stays behind a move
    job.credentials.password = credentials.password;
    job.client = key;
    job.waiting.push_back(std::move(done));
    queue.push_back(digest);
    wake.notify_one();
    return std::nullopt;
  }

  /// One thread: it verifies what is queued, and the first one looks after the file as well.
  void run(std::size_t number) {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kGiveWay);
    std::optional<HelperProcess> helper;
    if (!options.helper.empty()) helper.emplace(options.helper, options.channels, options.timeout, stopping);
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (number == 0) {
        lock.unlock();
        look_at_file();
        lock.lock();
      }
      if (!stopping && queue.empty()) wake.wait_for(lock, kLook);
      if (stopping || queue.empty()) continue;
      const auto digest = queue.front();
      queue.pop_front();
      const auto& credentials = jobs.at(digest).credentials;  // stays: only this thread takes the job away
      const auto current = users;
      const auto read = generation;
      lock.unlock();
      const auto outcome = verify(credentials, current.get(), helper);
      lock.lock();
      if (read == generation)
        finish(digest, outcome);
      else
        queue.push_front(digest);  // asked of a file that is no longer in force
    }
  }

  static Outcome verify(const Credentials& credentials, const UsersFile* users, std::optional<HelperProcess>& helper) {
    if (users && users->verify(credentials.user, credentials.password)) return Outcome::accepted;
    if (!helper || (users && users->hashes().contains(credentials.user))) return Outcome::refused;
    switch (helper->ask(credentials)) {
      case HelperProcess::Answer::ok:
        return Outcome::accepted;
      case HelperProcess::Answer::wrong:
        return Outcome::refused;
      case HelperProcess::Answer::failed:
        break;
    }
    return Outcome::failed;
  }

  /// The mutex is held.
  void finish(const Digest& digest, Outcome outcome) {
    const auto found = jobs.find(digest);
    auto job = std::move(found->second);
    jobs.erase(found);
    const auto now = Steady::now();
    if (outcome == Outcome::accepted) {
      clients.succeeded(job.client);
      names.succeeded(job.credentials.user);
      remember(digest, now);
    } else if (outcome == Outcome::refused) {
      clients.failed(job.client, now);
      names.failed(job.credentials.user, now);
    }
    if (stopping) return;
    for (const auto& done : job.waiting)
      done(outcome);
  }

  void remember(const Digest& digest, Time now) {
    if (remembered.size() >= kMaxRemembered)
      std::erase_if(remembered, [now](const auto& entry) { return entry.second <= now; });
    if (remembered.size() >= kMaxRemembered) remembered.erase(remembered.begin());
    remembered[digest] = now + options.remember;
  }

  void look_at_file() {
    if (options.users.empty() || !file.look()) return;
    categories::Diagnostics diagnostics;
    read_users(diagnostics);
    for (const auto& each : diagnostics)
      spdlog::error("{}", to_string(each));
    if (!diagnostics.empty()) spdlog::error("{}: refused; the accounts of before stay", options.users.string());
  }

  void read_users(categories::Diagnostics& diagnostics) {
    std::string error;
    auto text = identity::read_text(options.users, UsersFile::kMaxBytes, error);
    if (!text) {
      diagnostics.push_back({categories::Severity::error, options.users.string(), 0, 0, "cannot be read: " + error});
      return;
    }
    auto parsed = UsersFile::parse(*text, options.users.string(), diagnostics);
    if (!parsed) return;
    const auto next = std::make_shared<const UsersFile>(std::move(*parsed));
    std::shared_ptr<const UsersFile> before;
    {
      const std::lock_guard lock(mutex);
      before = std::exchange(users, next);
      ++generation;
      remembered.clear();
    }
    if (!before) return;
    spdlog::info("accounts: {}", next->hashes().size());
    for (const auto& [user, hash] : before->hashes()) {
      const auto now = next->hashes().find(user);
      if ((now == next->hashes().end() || now->second != hash) && options.on_revoked) options.on_revoked(user);
    }
  }

  const AuthenticatorOptions options;
  std::array<unsigned char, crypto_generichash_KEYBYTES> secret{};
  identity::WatchedFiles file;
  std::mutex mutex;
  std::condition_variable wake;
  std::shared_ptr<const UsersFile> users;
  std::uint64_t generation = 0;  ///< of `users`
  std::map<Digest, Time> remembered;
  Jobs jobs;
  std::deque<Digest> queue;  ///< of the jobs that nobody has begun
  FailureLimit clients;
  FailureLimit names;
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
};

Authenticator::Authenticator(AuthenticatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Authenticator::~Authenticator() = default;

std::optional<Authenticator::Outcome> Authenticator::check(const categories::IpAddress& client,
                                                           const Credentials& credentials, Time now, Done done) {
  return impl_->check(client, credentials, now, std::move(done));
}

}  // namespace breakwater::auth
