#include "proxy/app/alert_keeper.h"

#include <array>

#include <spdlog/spdlog.h>

#include "proxy/alerts/alert_records.h"

namespace breakwater::app {

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
