#include "proxy/alerts/dispatcher.h"

#include <algorithm>

#include "proxy/alerts/letter_file.h"

namespace breakwater::alerts {
namespace {

using rules::Concern;
using Role = rules::Recipient::Role;
using safeguarding::Episode;
using safeguarding::EpisodeNames;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr hours kHour{1};
/// Of the hour that an incident has: how long before its end the reminders come. After it one comes every hour.
constexpr minutes kFirstReminder{30};
constexpr minutes kSecondReminder{10};

/// What a digest's records are about.
constexpr std::string_view kDigest = "digest";
constexpr std::string_view kReport = "report";
constexpr const char* kStore = "store";

std::string key_of(std::string_view about, std::string_view reference, std::string_view recipient) {
  return std::string(about).append("|").append(reference).append("|").append(recipient);
}

bool more_urgent(const Letter* left, const Letter* right) {
  return left->severity != right->severity ? left->severity > right->severity : left->queued < right->queued;
}

std::string domain_of(std::string_view address) {
  return std::string(address.substr(std::min(address.find('@'), address.size() - 1) + 1));
}

/// `secret` is the entity for a recipient that it can be encrypted for.
std::string mail_to(const Addressee& to, const std::string& from, std::string_view key, const Notice& notice,
                    std::string_view secret, std::chrono::sys_seconds now) {
  const Envelope envelope{from, to.recipient.email, "[Breakwater] " + notice.subject,
                          hash_of(key) + "@" + domain_of(from), now};
  if (!to.certificate) return compose(envelope, text_entity(notice.text));
  const auto der = to.certificate->encrypt(secret);
  if (!der.empty()) return compose(envelope, smime_entity(der));
  return compose(envelope,
                 text_entity(notice.text + "\nIt could not be encrypted for you: tell who runs the gateway.\n"));
}

}  // namespace

std::string test_mail(const Addressee& to, const std::string& from, const Scene& scene, std::chrono::sys_seconds now) {
  const auto key = key_of("test", std::to_string(now.time_since_epoch().count()), to.recipient.name);
  const auto notice = test_notice(to.recipient.name, scene);
  return mail_to(to, from, key, notice, text_entity(notice.text), now);
}

std::string report_mail(const Addressee& to, const std::string& from, const ReportMail& report, const Scene& scene,
                        std::chrono::sys_seconds now) {
  Notice notice{report.subject, report.text};
  auto text = report.with_report;
  for (auto* part : {&notice.text, &text})
    add_footer(*part, scene);
  return mail_to(to, from, report.key, notice, mixed_entity(text, report.report, hash_of(report.key)), now);
}

std::vector<Addressee> addressees(const std::vector<rules::Recipient>& recipients, std::chrono::sys_seconds now,
                                  const Outbox::Tell& tell) {
  std::vector<Addressee> all;
  for (const auto& recipient : recipients) {
    auto& one = all.emplace_back(Addressee{recipient, std::nullopt});
    if (recipient.certificate.empty()) continue;
    auto certificate = Certificate::load(recipient.certificate, now);
    if (certificate)
      one.certificate = *std::move(certificate);
    else
      tell(recipient.certificate.string() + ": " + certificate.error() + "; " + recipient.name +
           " gets messages without names instead");
  }
  return all;
}

Dispatcher::Dispatcher(Outbox& outbox, Watches& watches, DispatcherOptions options, Hooks hooks)
    : outbox_(outbox), watches_(watches), options_(std::move(options)), hooks_(std::move(hooks)) {}

void Dispatcher::use(std::vector<Addressee> addressees, std::string centre, const date::time_zone& zone) {
  addressees_ = std::move(addressees);
  centre_ = std::move(centre);
  zone_ = &zone;
}

// ---- what is told --------------------------------------------------------------------------------------------------

void Dispatcher::take(const Episode& episode, const EpisodeNames& names, Milliseconds now) {
  const bool has_post = std::any_of(addressees_.begin(), addressees_.end(), [](const Addressee& to) {
    return to.recipient.role == Role::governance || to.recipient.role == Role::it;
  });
  if (is_incident(episode) && has_post)
    tell_of_incident(episode, names, now);
  else if (episode.severity >= options_.least)
    tell_of_episode(episode, names, now);
}

void Dispatcher::take(const FailedCheck& check, Milliseconds now) {
  const auto notice = check_notice(check, scene());
  for (const auto role : {Role::dsl, Role::it})
    queue(role, "selftest", check.reference, notice, now);
}

void Dispatcher::take(const StoreTrouble& trouble, Milliseconds now) {
  const bool fails = trouble.what == StoreTrouble::What::fails;
  const auto notice = store_notice(trouble, scene());
  const auto slot = fails ? std::chrono::floor<hours>(now) : std::chrono::floor<std::chrono::days>(now);
  const auto about = std::string(fails ? "fails" : "room") + std::to_string(slot.time_since_epoch().count());
  queue(Role::it, about, kStore, notice, now);
  if (fails) queue(Role::dsl, about, kStore, notice, now);
}

void Dispatcher::tell_of_episode(const Episode& episode, const EpisodeNames& names, Milliseconds now) {
  const bool danger = episode.severity == Concern::danger;
  for (const auto& to : addressees_) {
    if (to.recipient.role != Role::dsl) continue;
    const auto& name = to.recipient.name;
    const bool told = outbox_.knows(key_of("opened", episode.reference, name));
    const bool told_danger = outbox_.knows(key_of("danger", episode.reference, name));
    if (told_danger || (told && !danger)) continue;
    const auto occasion = told ? Occasion::worse : Occasion::opened;
    queue(to, danger ? "danger" : "opened", episode_notice(episode, occasion, scene()), episode, &names, now);
  }
  if (!danger || options_.escalate_after.count() == 0) return;
  const auto due = now + options_.escalate_after;
  watches_.add({Watch::Of::danger, episode, "", due, due, 0});
}

void Dispatcher::tell_of_incident(const Episode& episode, const EpisodeNames& names, Milliseconds now) {
  const auto due = now + kAcknowledge;
  for (const auto& to : addressees_) {
    if (to.recipient.role != Role::governance && to.recipient.role != Role::it) continue;
    if (outbox_.knows(key_of("incident", episode.reference, to.recipient.name))) continue;
    queue(to, "incident", incident_notice(episode, public_device(episode, names), due, now, 0, scene()), episode,
          &names, now);
  }
  watches_.add({Watch::Of::incident, episode, public_device(episode, names), due, due - kFirstReminder, 0});
}

Watches::Go Dispatcher::remind(Watch& watch, Milliseconds now) {
  const auto& episode = watch.episode;
  if (hooks_.seen(episode.reference)) return Watches::Go::end;
  if (watch.of == Watch::Of::danger) {
    for (const auto& to : addressees_)
      if (to.recipient.role == Role::deputy)
        queue(to, "unseen", episode_notice(episode, Occasion::unseen, scene()), episode, nullptr, now);
    return Watches::Go::end;
  }
  if (++watch.reminders > kMaxReminders) {
    hooks_.tell(episode.reference + ": a security incident that nobody has acknowledged in a day; no more reminders");
    return Watches::Go::end;
  }
  const auto about = "reminder " + std::to_string(watch.reminders);
  for (const auto& to : addressees_)
    if (to.recipient.role == Role::governance)
      queue(to, about, incident_notice(episode, watch.device, watch.due, now, watch.reminders, scene()), episode,
            nullptr, now);
  watch.next = watch.reminders == 1 ? std::max(watch.due - kSecondReminder, now) : now + kHour;
  return Watches::Go::on;
}

void Dispatcher::post(const ReportMail& report, Milliseconds now) {
  const auto to = std::find_if(addressees_.begin(), addressees_.end(),
                               [&](const Addressee& one) { return one.recipient.name == report.recipient; });
  if (to == addressees_.end()) return;
  auto letter =
      letter_to(*to, report.key,
                report_mail(*to, options_.from, report, scene(), std::chrono::floor<std::chrono::seconds>(now)), now);
  letter.of = Letter::Of::report;
  letter.reference = kReport;
  queue(std::move(letter));
}

Letter Dispatcher::letter_to(const Addressee& to, std::string key, std::string mail, Milliseconds now) const {
  Letter letter;
  letter.key = std::move(key);
  letter.recipient = to.recipient.name;
  letter.role = to_string(to.recipient.role);
  letter.to = to.recipient.email;
  letter.queued = now;
  letter.next_try = now;
  letter.mail = std::move(mail);
  return letter;
}

void Dispatcher::queue(const Addressee& to, std::string_view about, const Notice& notice, const Episode& episode,
                       const EpisodeNames* names, Milliseconds now) {
  auto secret = notice.text;
  if (names && to.recipient.names) secret.append("\n\n").append(full_report(episode, *names, scene()));
  const auto key = key_of(about, episode.reference, to.recipient.name);
  auto letter = letter_to(
      to, key,
      mail_to(to, options_.from, key, notice, text_entity(secret), std::chrono::floor<std::chrono::seconds>(now)), now);
  letter.reference = episode.reference;
  letter.severity = is_incident(episode) ? Concern::danger : episode.severity;
  letter.line = digest_line(episode, scene());
  queue(std::move(letter));
}

/// What concerns the gateway itself, to who has that role.
void Dispatcher::queue(Role role, std::string_view about, const std::string& reference, const Notice& notice,
                       Milliseconds now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  for (const auto& to : addressees_) {
    if (to.recipient.role != role) continue;
    const auto key = key_of(about, reference, to.recipient.name);
    auto letter = letter_to(to, key, mail_to(to, options_.from, key, notice, text_entity(notice.text), second), now);
    letter.reference = reference;
    letter.severity = Concern::danger;
    queue(std::move(letter));
  }
}

void Dispatcher::queue(Letter letter) {
  switch (outbox_.add(letter)) {
    case Outbox::Added::queued:
    case Outbox::Added::failed:
      hooks_.record({"queued", letter});
      break;
    case Outbox::Added::left_out:
      hooks_.tell("the outbox is full: " + letter.reference + " is only counted in the next digest");
      hooks_.record({"left out", letter});
      break;
    case Outbox::Added::known:
      break;
  }
}

// ---- when it is sent -----------------------------------------------------------------------------------------------

std::chrono::milliseconds Dispatcher::wait_after(std::uint32_t tries) const {
  constexpr std::uint32_t kMostDoublings = 16;
  const auto wait = options_.retry * (1 << std::min(tries - 1, kMostDoublings));
  return std::min<milliseconds>(wait, kHour);
}

/// A clock that was set back must not hold a letter for longer than the longest wait.
bool Dispatcher::is_due(const Letter& letter, Milliseconds now) const {
  return letter.next_try <= now || letter.next_try > now + kHour;
}

std::optional<Letter> Dispatcher::next(Milliseconds now) {
  watches_.run(now, [&](Watch& watch) { return remind(watch, now); });
  if (server_next_ > now && server_next_ <= now + kHour) return std::nullopt;
  std::vector<Letter> gone;
  for (const auto& [key, letter] : outbox_.letters())
    if (std::none_of(addressees_.begin(), addressees_.end(),
                     [&name = letter.recipient](const Addressee& to) { return to.recipient.name == name; }))
      gone.push_back(letter);
  for (const auto& letter : gone)
    give_up(letter, "no recipient of that name is in the policy any more", now);
  for (const auto& to : addressees_)
    if (auto letter = next_of(to, now)) return letter;
  return next_report(now);
}

std::vector<const Letter*> Dispatcher::due(const Addressee& to, Letter::Of of, Milliseconds now) const {
  std::vector<const Letter*> due;
  for (const auto& [key, letter] : outbox_.letters())
    if (letter.of == of && letter.recipient == to.recipient.name && is_due(letter, now)) due.push_back(&letter);
  std::sort(due.begin(), due.end(), more_urgent);
  return due;
}

std::optional<Letter> Dispatcher::next_report(Milliseconds now) const {
  for (const auto& to : addressees_)
    if (const auto reports = due(to, Letter::Of::report, now); !reports.empty()) return *reports.front();
  return std::nullopt;
}

std::optional<Letter> Dispatcher::next_of(const Addressee& to, Milliseconds now) {
  const auto sent = outbox_.sent_since(to.recipient.name, now - kHour, now).size();
  if (sent >= options_.per_hour) return std::nullopt;
  const auto room = options_.per_hour - sent;
  const auto letters = due(to, Letter::Of::episode, now);
  if (letters.size() > room || outbox_.left_out(to.recipient.name) > 0) return digest(to, letters, now);
  return letters.empty() ? std::nullopt : std::optional(*letters.front());
}

std::optional<Letter> Dispatcher::digest(const Addressee& to, const std::vector<const Letter*>& due, Milliseconds now) {
  std::vector<std::string> lines;
  std::vector<std::string> merged;
  auto severity = Concern::notice;
  for (const auto* letter : due) {
    if (letter->line.empty()) return *letter;  // a digest that could not be sent goes before the next is made
    lines.push_back(letter->line);
    merged.push_back(letter->key);
    severity = std::max(severity, letter->severity);
  }
  for (const auto* letter : due)
    hooks_.record({"in a digest", *letter});
  const auto left_out = outbox_.take_left_out(to.recipient.name);
  const auto key = key_of("digest", std::to_string(now.time_since_epoch().count()), to.recipient.name);
  const auto notice = digest_notice(lines, left_out, scene());
  auto letter = letter_to(
      to, key,
      mail_to(to, options_.from, key, notice, text_entity(notice.text), std::chrono::floor<std::chrono::seconds>(now)),
      now);
  letter.reference = kDigest;
  letter.severity = severity;
  letter.merged = std::move(merged);
  queue(letter);
  return letter;
}

void Dispatcher::done(Letter letter, const SmtpResult& result, Milliseconds now) {
  using Outcome = SmtpResult::Outcome;
  if (result.outcome != Outcome::unreachable) server_tries_ = 0;
  if (result.outcome == Outcome::sent) {
    outbox_.finish(letter.key, Outbox::Done::sent, now);
    hooks_.record({"sent", letter});
    return;
  }
  letter.error = result.message;
  ++letter.tries;
  hooks_.tell("e-mail to " + letter.recipient + " was not sent (try " + std::to_string(letter.tries) +
              "): " + result.message);
  const bool refused = result.outcome == Outcome::refused && letter.tries >= kMaxRefusals;
  if (refused || now - letter.queued > kMaxAge) {
    give_up(letter, result.message, now);
    return;
  }
  if (result.outcome == Outcome::unreachable)
    server_next_ = now + wait_after(++server_tries_);
  else
    letter.next_try = now + wait_after(letter.tries);
  outbox_.keep(letter);
}

void Dispatcher::give_up(const Letter& letter, std::string_view why, Milliseconds now) {
  hooks_.tell("e-mail to " + letter.recipient + " about " + letter.reference + " is given up: " + std::string(why));
  hooks_.record({"given up", letter});
  outbox_.finish(letter.key, Outbox::Done::given_up, now);
}

}  // namespace breakwater::alerts
