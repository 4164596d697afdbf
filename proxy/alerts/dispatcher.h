#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proxy/alerts/certificate.h"
#include "proxy/alerts/check_notice.h"
#include "proxy/alerts/mail.h"
#include "proxy/alerts/notice.h"
#include "proxy/alerts/outbox.h"
#include "proxy/alerts/smtp.h"
#include "proxy/alerts/store_notice.h"
#include "proxy/alerts/watches.h"
#include "rules/recipient.h"

namespace breakwater::alerts {

struct DispatcherOptions {
  std::string from;                                ///< addr-spec
  std::uint64_t per_hour = 6;                      ///< messages to one recipient; the rest waits for a digest
  rules::Concern least = rules::Concern::warning;  ///< an episode below it is left to the reports
  std::chrono::milliseconds escalate_after{0};     ///< unseen danger goes to the deputies; 0: never
  std::chrono::milliseconds retry{60'000};         ///< before the second try; it doubles with each, to an hour
};

/// A recipient, and what encrypts for them.
struct Addressee {
  rules::Recipient recipient;
  std::optional<Certificate> certificate;  ///< none: the message is plain, and names nobody
};

/// Loads the certificates. One that cannot be used is told, and its recipient gets plain messages.
std::vector<Addressee> addressees(const std::vector<rules::Recipient>& recipients, std::chrono::sys_seconds now,
                                  const Outbox::Tell& tell);

/// A report on its way to one recipient.
struct ReportMail {
  std::string key;        ///< of which report, to whom: see Letter::key
  std::string recipient;  ///< their name in the policy
  std::string subject;
  std::string text;         ///< of a plain message: others may read it
  std::string with_report;  ///< of a message that holds the report
  Attachment report;
};

/// The same for who has a certificate and for who has none, as one message.
std::string report_mail(const Addressee& to, const std::string& from, const ReportMail& report, const Scene& scene,
                        std::chrono::sys_seconds now);

/// A message that says only that messages arrive.
std::string test_mail(const Addressee& to, const std::string& from, const Scene& scene, std::chrono::sys_seconds now);

/// What has become of a message, for the records.
struct Event {
  std::string_view state;  ///< "queued", "sent", "given up", "left out", "in a digest"
  const Letter& letter;
};

/// Decides who is told what and when: episodes become letters, letters come due. Time is a parameter; the sending is
/// its owner's. One thread at a time.
class Dispatcher {
 public:
  static constexpr std::chrono::hours kAcknowledge{1};  ///< the time that an incident may wait
  static constexpr std::uint32_t kMaxRefusals = 3;      ///< 5xx to one letter
  static constexpr std::chrono::hours kMaxAge{24 * 5};  ///< of a letter: RFC 5321, 4.5.4.1
  static constexpr std::uint32_t kMaxReminders = 24;

  struct Hooks {
    std::function<bool(const std::string& reference)> seen;  ///< has somebody looked at it, or acknowledged it?
    std::function<void(const Event&)> record;
    std::function<std::string()> head;  ///< of the records' chain: Scene::head
    Outbox::Tell tell;
  };
  Dispatcher(Outbox& outbox, Watches& watches, DispatcherOptions options, Hooks hooks);

  /// Who is told from now on. What waits for somebody who is no longer among them is given up.
  void use(std::vector<Addressee> addressees, std::string centre, const date::time_zone& zone);

  /// The messages about an episode that has begun or changed are on disk when it returns.
  void take(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names, Milliseconds now);

  /// Queues it, where somebody of that name is among the addressees. It goes when no message about an episode can go,
  /// whatever the hour has room for.
  void post(const ReportMail& report, Milliseconds now);

  /// The same for a self-test: the lead and IT are told of it once.
  void take(const FailedCheck& check, Milliseconds now);
  /// The same of the store: at most once an hour where it fails, once a day where there is little room, also where the
  /// gateway starts again and again.
  void take(const StoreTrouble& trouble, Milliseconds now);

  /// The letter to be sent now, the most serious first; nullopt: none is due. Where an hour has no room for all that
  /// are due to a recipient, a digest takes their place.
  std::optional<Letter> next(Milliseconds now);
  /// What became of it.
  void done(Letter letter, const SmtpResult& result, Milliseconds now);

 private:
  void queue(const Addressee& to, std::string_view about, const Notice& notice, const safeguarding::Episode& episode,
             const safeguarding::EpisodeNames* names, Milliseconds now);
  void queue(Letter letter);
  void queue(rules::Recipient::Role role, std::string_view about, const std::string& reference, const Notice& notice,
             Milliseconds now);
  void tell_of_episode(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names, Milliseconds now);
  void tell_of_incident(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names,
                        Milliseconds now);
  Watches::Go remind(Watch& watch, Milliseconds now);
  bool is_due(const Letter& letter, Milliseconds now) const;
  std::optional<Letter> next_of(const Addressee& to, Milliseconds now);
  std::optional<Letter> next_report(Milliseconds now) const;
  std::vector<const Letter*> due(const Addressee& to, Letter::Of of, Milliseconds now) const;
  std::optional<Letter> digest(const Addressee& to, const std::vector<const Letter*>& due, Milliseconds now);
  std::chrono::milliseconds wait_after(std::uint32_t tries) const;
  Letter letter_to(const Addressee& to, std::string key, std::string mail, Milliseconds now) const;
  Scene scene() const { return {centre_, zone_, hooks_.head()}; }
  void give_up(const Letter& letter, std::string_view why, Milliseconds now);

  Outbox& outbox_;
  Watches& watches_;
  DispatcherOptions options_;
  Hooks hooks_;
  std::vector<Addressee> addressees_;
  std::string centre_;
  const date::time_zone* zone_ = nullptr;
  std::uint32_t server_tries_ = 0;  ///< that found it unreachable, one after the other
  Milliseconds server_next_{};      ///< not before
};

}  // namespace breakwater::alerts
