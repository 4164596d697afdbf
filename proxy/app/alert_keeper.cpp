#include "proxy/app/alert_keeper.h"

#include <array>
#include <map>
#include <utility>

#include <spdlog/spdlog.h>

#include "proxy/alerts/alert_records.h"

namespace breakwater::app {
namespace {

/// What was recorded before a start, and may not have been told: an episode lasts no longer.
constexpr std::chrono::hours kCatchUp{24};

}  // namespace

AlertKeeper::AlertKeeper(std::filesystem::path state, alerts::SmtpOptions server, alerts::DispatcherOptions options,
                         const Clock& clock, std::shared_ptr<safeguarding::Sealer> sealer)
    : state_(std::move(state)),
      clock_(clock),
      sends_(!server.url.empty()),
      sealer_(std::move(sealer)),
      mailer_(state_, std::move(server), std::move(options),
              {[this](const std::string& reference) { return is_seen(reference); },
               [this](const alerts::Event& event) { record(event); }, [this] { return head(); },
               [](const std::string& message) { spdlog::warn("alerts: {}", message); }},
              [this] { return clock_.now(); }) {}

void AlertKeeper::use(const rules::Policy& policy) {
  if (!sends_ && !policy.recipients.empty())
    spdlog::warn("alerts: nobody is told by e-mail until smtp.url names a mail server");
  if (sends_ && policy.recipients.empty()) spdlog::warn("alerts: the policy has no [[recipient]] to be told");
  mailer_.use(policy.recipients, policy.centre, *policy.zone);
  if (sends_ && !std::exchange(caught_up_, true)) catch_up();
}

/// An end between an episode's record and its message must not lose the message. What was told is known to the outbox,
/// and is not told again.
void AlertKeeper::catch_up() {
  const auto records = safeguarding::Store::open(state_, safeguarding::Store::Mode::read_only);
  if (!records) return spdlog::error("alerts: {}", records.error().message);
  safeguarding::Filter filter;
  filter.kinds = {safeguarding::Kind::episode};
  filter.since = clock_.now() - kCatchUp;
  std::map<std::string, safeguarding::Episode> latest;
  const auto error = (*records)->each(filter, [&latest](const safeguarding::Record& record) {
    auto episode = record.body ? safeguarding::parse_episode(*record.body) : std::nullopt;
    if (episode) latest.insert_or_assign(record.reference, *std::move(episode));
  });
  if (error) spdlog::error("alerts: what was not told before the start is not known: {}", error->message);
  for (const auto& [reference, episode] : latest)
    mailer_.take(episode, {});
}

/// Opened anew after each failure. nullptr: it fails.
safeguarding::Store* AlertKeeper::store() {
  if (!store_) {
    auto opened = safeguarding::Store::open(state_, safeguarding::Store::Mode::read_write, sealer_);
    if (opened)
      store_ = *std::move(opened);
    else
      spdlog::error("alerts: {}", opened.error().message);
  }
  return store_.get();
}

bool AlertKeeper::is_seen(const std::string& reference) {
  auto* const records = store();
  return records && alerts::is_seen(*records, reference);
}

void AlertKeeper::record(const alerts::Event& event) {
  auto* const records = store();
  if (!records) return;
  const std::array entries{alerts::to_entry(event.state, event.letter, clock_.now())};
  if (const auto error = records->append(entries)) {
    spdlog::error("alerts: \"{}\" of {} is not recorded: {}", event.state, event.letter.reference, error->message);
    store_.reset();
  }
}

std::string AlertKeeper::head() {
  std::optional<safeguarding::Head> head;
  auto* const records = store();
  if (records && records->last_head(head)) store_.reset();
  return head ? to_text(*head) : std::string();
}

}  // namespace breakwater::app
