#include "proxy/alerts/mailer.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/resource.h>

namespace breakwater::alerts {
namespace {

/// Requests go first.
constexpr int kGiveWay = 5;
/// Between two looks at what has come due.
constexpr std::chrono::milliseconds kLook{5000};

}  // namespace

struct Mailer::Impl {
  Impl(const std::filesystem::path& state, SmtpOptions options_of_server, DispatcherOptions options,
       Dispatcher::Hooks hooks, Now clock)
      : server(std::move(options_of_server)),
        now(std::move(clock)),
        tell(hooks.tell),
        look(std::min(kLook, options.retry)),
        outbox(state / "outbox", now(), tell),
        watches(state / "outbox" / "watches.json", tell),
        dispatcher(outbox, watches, std::move(options), std::move(hooks)) {}

  const SmtpOptions server;
  const Now now;
  const Outbox::Tell tell;
  const std::chrono::milliseconds look;
  std::mutex mutex;  // of all below but what is atomic
  std::condition_variable wake;
  Outbox outbox;
  Watches watches;
  Dispatcher dispatcher;
  bool known = false;  // who is to be told
  bool news = false;
  std::atomic<bool> ending{false};
  std::thread thread;

  void run() {
    ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone
    std::unique_lock lock(mutex);
    while (!ending) {
      auto letter = known ? dispatcher.next(now()) : std::nullopt;
      if (!letter) {
        wake.wait_for(lock, look, [this] { return ending || std::exchange(news, false); });
        continue;
      }
      lock.unlock();
      const auto result = send_mail(server, letter->to, letter->mail, ending);
      lock.lock();
      if (!ending || result.outcome == SmtpResult::Outcome::sent) dispatcher.done(*std::move(letter), result, now());
    }
  }
};

Mailer::Mailer(const std::filesystem::path& state, SmtpOptions server, DispatcherOptions options,
               Dispatcher::Hooks hooks, Now now)
    : impl_(std::make_unique<Impl>(state, std::move(server), std::move(options), std::move(hooks), std::move(now))) {
  if (!impl_->server.url.empty()) impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Mailer::~Mailer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Mailer::use(const std::vector<rules::Recipient>& recipients, std::string centre, const date::time_zone& zone) {
  const auto now = std::chrono::floor<std::chrono::seconds>(impl_->now());
  const std::lock_guard lock(impl_->mutex);
  const auto told_by_who_loads_policies = [](const std::string&) {};
  impl_->dispatcher.use(addressees(recipients, now, told_by_who_loads_policies), std::move(centre), zone);
  impl_->known = impl_->news = true;
  impl_->wake.notify_one();
}

void Mailer::take(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names) {
  if (impl_->server.url.empty()) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->dispatcher.take(episode, names, impl_->now());
  impl_->news = true;
  impl_->wake.notify_one();
}

void Mailer::take(const FailedCheck& check) {
  if (impl_->server.url.empty()) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->dispatcher.take(check, impl_->now());
  impl_->news = true;
  impl_->wake.notify_one();
}

void Mailer::take(const StoreTrouble& trouble) {
  if (impl_->server.url.empty()) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->dispatcher.take(trouble, impl_->now());
  impl_->news = true;
  impl_->wake.notify_one();
}

void Mailer::post(const ReportMail& report) {
  if (impl_->server.url.empty()) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->dispatcher.post(report, impl_->now());
  impl_->news = true;
  impl_->wake.notify_one();
}

bool Mailer::knows(std::string_view key) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->outbox.knows(key);
}

}  // namespace breakwater::alerts
