#include "proxy/alerts/dispatcher.h"

#include <set>

#include <gmock/gmock.h>

#include "tests/proxy/alerts/scene.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::alerts {
namespace {

using rules::Concern;
using rules::Recipient;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using Outcome = SmtpResult::Outcome;

/// A gateway's alerts with a clock that the test turns, and a server that answers as the test says.
class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() { start(); }

  void start(std::vector<Recipient::Role> roles = {Recipient::Role::dsl}) {
    dispatcher_.reset();
    outbox_.emplace(folder_.path() / "outbox", now_, tell());
    watches_.emplace(folder_.path() / "outbox/watches.json", tell());
    dispatcher_.emplace(*outbox_, *watches_, options_,
                        Dispatcher::Hooks{[this](const std::string& reference) { return seen_.contains(reference); },
                                          [this](const Event& event) {
                                            records_.push_back(std::string(event.state) + ' ' + event.letter.reference +
                                                               ' ' + event.letter.recipient);
                                          },
                                          [] { return std::string("head"); }, tell()});
    std::vector<Addressee> all;
    for (const auto role : roles) {
      Recipient recipient;
      recipient.name = to_string(role);
      recipient.role = role;
      recipient.email = recipient.name + "@example.org";
      all.push_back({recipient, std::nullopt});
    }
    dispatcher_->use(std::move(all), "Centre", *rules::find_zone("Europe/London"));
  }
  Outbox::Tell tell() {
    return [this](const std::string& message) { told_.push_back(message); };
  }

  void take(const safeguarding::Episode& one) { dispatcher_->take(one, names(), now_); }
  /// Everything that is due, as "recipient: subject".
  std::vector<std::string> send(Outcome outcome = Outcome::sent) {
    std::vector<std::string> subjects;
    while (auto letter = dispatcher_->next(now_)) {
      const auto from = letter->mail.find("[Breakwater] ") + 13;
      subjects.push_back(letter->recipient + ": " + letter->mail.substr(from, letter->mail.find("\r\n", from) - from));
      mails_.push_back(letter->mail);
      dispatcher_->done(*std::move(letter), {outcome, "550 no"}, now_);
    }
    return subjects;
  }

  test::TemporaryFolder folder_;
  DispatcherOptions options_{"gateway@example.org", 6, Concern::warning, minutes(30), minutes(1)};
  Milliseconds now_ = kTen;
  std::set<std::string> seen_;
  std::vector<std::string> records_;
  std::vector<std::string> told_;
  std::vector<std::string> mails_;
  std::optional<Outbox> outbox_;
  std::optional<Watches> watches_;
  std::optional<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, FiftyOneAttemptsInTwelveMinutesAreOneMessage) {
  auto one = episode();
  std::size_t sent = 0;
  for (one.attempts = 1; one.attempts <= 51; ++one.attempts) {
    take(one);
    sent += send().size();
    now_ += std::chrono::seconds(14);
    if (one.attempts == 25) start();  // the gateway ends and begins again
  }
  one.stage = safeguarding::Stage::closed;
  take(one);
  EXPECT_EQ(sent + send().size(), 1u);
  EXPECT_THAT(records_, ElementsAre("queued E-7QK4M-2XP9D dsl", "sent E-7QK4M-2XP9D dsl"));
}

TEST_F(DispatcherTest, ASecondMessageOnlyWhereItRisesToDanger) {
  auto one = episode("E-1", Concern::notice);
  take(one);
  EXPECT_THAT(send(), ElementsAre());
  for (const auto severity : {Concern::warning, Concern::danger}) {
    one.severity = severity;
    take(one);
    take(one);
  }
  EXPECT_THAT(send(),
              ElementsAre("dsl: DANGER: terrorism and extremism (E-1)", "dsl: WARNING: terrorism and extremism (E-1)"));
  take(one);
  EXPECT_THAT(send(), ElementsAre());
}

TEST_F(DispatcherTest, AReportWaitsForAlertsAndCountsInNoHour) {
  const ReportMail report{"report|1|dsl", "dsl",        "The week",
                          "text\n",       "attached\n", {"r.pdf", "application/pdf", "%PDF-"}};
  options_.per_hour = 2;
  start();
  for (int i = 0; i < 3; ++i) {
    auto one = report;
    one.key += std::to_string(i);
    dispatcher_->post(one, now_);
    dispatcher_->post(one, now_);
  }
  take(episode("E-1"));
  take(episode("E-2"));
  EXPECT_THAT(send(),
              ElementsAre("dsl: DANGER: terrorism and extremism (E-1)", "dsl: DANGER: terrorism and extremism (E-2)",
                          "dsl: The week", "dsl: The week", "dsl: The week"));
  EXPECT_THAT(mails_.back(), testing::AllOf(HasSubstr("\r\ntext\r\n"), testing::Not(HasSubstr("attached")),
                                            testing::Not(HasSubstr("%PDF"))));
  start();  // also after a restart
  dispatcher_->post(report, now_);
  EXPECT_THAT(send(), ElementsAre("dsl: The week"));
  dispatcher_->post(report, now_);
  EXPECT_THAT(send(), ElementsAre());
  now_ += minutes(61);
  take(episode("E-3"));
  take(episode("E-4"));
  EXPECT_EQ(send().size(), 2U);
  auto stranger = report;
  stranger.key = "report|2";
  stranger.recipient = "nobody";
  dispatcher_->post(stranger, now_);
  EXPECT_THAT(send(), ElementsAre());
}

TEST_F(DispatcherTest, MoreThanAnHourHoldsComesAsOneDigest) {
  for (int i = 0; i < 10; ++i) {
    take(episode("E-" + std::to_string(i)));
    EXPECT_EQ(send().size(), i < 6 ? 1u : 0u) << i;
    now_ += minutes(1);
  }
  start();  // what was sent counts across a start
  EXPECT_THAT(send(), ElementsAre());
  now_ = kTen + hours(1);
  EXPECT_THAT(send(), ElementsAre("dsl: 4 episodes in one message"));
  for (const auto* reference : {"E-6", "E-7", "E-8", "E-9"})
    EXPECT_THAT(mails_.back(), HasSubstr(reference));
  now_ += hours(2);
  EXPECT_THAT(send(), ElementsAre());
}

TEST_F(DispatcherTest, AfterAnOutageOneDigestNotAFlood) {
  for (int i = 0; i < 20; ++i)
    take(episode("E-" + std::to_string(i)));
  EXPECT_THAT(send(Outcome::unreachable), ElementsAre("dsl: 20 episodes in one message"));
  now_ += minutes(5);
  start();
  EXPECT_THAT(send(), ElementsAre("dsl: 20 episodes in one message"));
}

TEST_F(DispatcherTest, AServerThatIsDownIsTriedWithLongerAndLongerWaits) {
  take(episode());
  std::vector<long> tries;
  for (int minute = 0; minute < 300; ++minute, now_ += minutes(1)) {
    const auto more = send(Outcome::unreachable);
    EXPECT_LE(more.size(), 1u);
    if (!more.empty()) tries.push_back(minute);
  }
  EXPECT_THAT(tries, ElementsAre(0, 1, 3, 7, 15, 31, 63, 123, 183, 243));
  now_ += hours(1);
  EXPECT_EQ(send().size(), 1u);
}

TEST_F(DispatcherTest, ARecipientThatIsRefusedDoesNotHoldUpTheOthers) {
  start({Recipient::Role::governance, Recipient::Role::it});
  take(incident());
  std::vector<std::string> sent;
  for (int minute = 0; minute < 10; ++minute, now_ += minutes(1)) {
    while (auto letter = dispatcher_->next(now_)) {
      sent.push_back(std::to_string(minute) + letter->recipient);
      const auto outcome = letter->recipient == "it" ? Outcome::sent : Outcome::refused;
      dispatcher_->done(*std::move(letter), {outcome, "550 no such user"}, now_);
    }
  }
  EXPECT_THAT(sent, ElementsAre("0governance", "0it", "1governance", "3governance"));
  EXPECT_EQ(told_.back(), "e-mail to governance about E-AAAAA-BBBBB is given up: 550 no such user");
  EXPECT_EQ(records_.back(), "given up E-AAAAA-BBBBB governance");
}

TEST_F(DispatcherTest, WhatCannotBeSentInFiveDaysIsGivenUp) {
  take(episode());
  int tries = 0;
  for (; !outbox_->letters().empty(); ++tries, now_ += hours(1))
    send(Outcome::try_later);
  EXPECT_EQ(tries, 24 * 5 + 2);
}

TEST_F(DispatcherTest, DangerThatNobodySawGoesToTheDeputy) {
  const std::vector<Recipient::Role> roles{Recipient::Role::dsl, Recipient::Role::deputy};
  start(roles);
  take(episode("E-1"));
  take(episode("E-2"));
  take(episode("E-3", Concern::warning));
  EXPECT_EQ(send().size(), 3u);
  seen_ = {"E-2"};
  now_ += minutes(29);
  start(roles);
  EXPECT_THAT(send(), ElementsAre());
  now_ += minutes(1);
  EXPECT_THAT(send(), ElementsAre("deputy: Not looked at yet: DANGER: terrorism and extremism (E-1)"));
  now_ += hours(5);
  EXPECT_THAT(send(), ElementsAre());
}

TEST_F(DispatcherTest, AnIncidentIsRemindedOfUntilItIsAcknowledged) {
  const std::vector<Recipient::Role> roles{Recipient::Role::dsl, Recipient::Role::governance, Recipient::Role::it};
  start(roles);
  take(incident());
  EXPECT_EQ(send().size(), 2u);  // not to the lead: it is no matter of safeguarding
  EXPECT_THAT(mails_[0], HasSubstr("Device: laptop-07"));
  std::vector<long> reminders;
  for (int minute = 1; minute < 200; ++minute) {
    now_ += minutes(1);
    if (minute == 55) start(roles);
    for (const auto& subject : send()) {
      EXPECT_TRUE(subject.starts_with("governance: Reminder ")) << subject;
      reminders.push_back(minute);
    }
    if (minute == 120) seen_ = {incident().reference};
  }
  EXPECT_THAT(reminders, ElementsAre(30, 50, 110));
}

TEST_F(DispatcherTest, NothingPlainNamesAnybody) {
  start({Recipient::Role::dsl, Recipient::Role::deputy, Recipient::Role::governance});
  take(episode());
  auto one = incident();
  one.owner = "byod";
  take(one);
  now_ += hours(2);
  send();
  EXPECT_GE(mails_.size(), 4u);
  for (const auto& mail : mails_)
    for (const auto& secret : secrets())
      EXPECT_EQ(mail.find(secret), std::string::npos) << secret;
}

TEST_F(DispatcherTest, AClockThatGoesBackHoldsNothingBack) {
  take(episode("E-1"));
  send(Outcome::try_later);
  now_ -= hours(24);
  EXPECT_EQ(send(Outcome::unreachable).size(), 1u);
  now_ -= hours(24);
  EXPECT_EQ(send().size(), 1u);
}

TEST_F(DispatcherTest, WhoLeavesThePolicyIsToldNoMore) {
  take(episode());
  start({Recipient::Role::deputy});
  EXPECT_THAT(send(), ElementsAre());
  EXPECT_TRUE(outbox_->letters().empty());
  EXPECT_EQ(told_.back(),
            "e-mail to dsl about E-7QK4M-2XP9D is given up: no recipient of that name is in the policy any more");
}

TEST_F(DispatcherTest, AFailedSelfTestIsToldOnceToLeadAndIt) {
  start({Recipient::Role::dsl, Recipient::Role::deputy, Recipient::Role::governance, Recipient::Role::dpo,
         Recipient::Role::it});
  FailedCheck check{"S-1", "3 checks: 1 MISSED", std::vector<std::string>(kMostTold + 2, "hate, canary: staff")};
  dispatcher_->take(check, now_);
  dispatcher_->take(check, now_);
  EXPECT_THAT(send(), testing::UnorderedElementsAre("dsl: THE FILTER HAS FAILED A TEST (S-1)",
                                                    "it: THE FILTER HAS FAILED A TEST (S-1)"));
  EXPECT_THAT(mails_.front(), testing::AllOf(HasSubstr("- hate, canary: staff"), HasSubstr("- and 2 more"),
                                             HasSubstr("breakwater selftest note")));
  check.reference = "S-2";
  check.missed.clear();
  dispatcher_->take(check, now_);
  EXPECT_THAT(send(), testing::Contains("it: The filter could not be tested (S-2)"));
}

TEST_F(DispatcherTest, AStoreThatFailsIsToldToLeadAndItAndLittleRoomToItAlone) {
  using What = StoreTrouble::What;
  const std::vector<Recipient::Role> roles{Recipient::Role::dsl, Recipient::Role::deputy, Recipient::Role::it};
  const std::string room = "it: The disk of the web filter is almost full";
  start(roles);
  for (int times = 0; times < 3; ++times) {
    dispatcher_->take({What::little_room, now_, 17, 0}, now_);
    EXPECT_EQ(send(), times == 0 ? std::vector{room} : std::vector<std::string>()) << "once a day";
    start(roles);  // also where the gateway starts again and again
    now_ += hours(1);
  }
  EXPECT_THAT(mails_.back(), HasSubstr("Left on its disk: 17 MiB."));
  now_ += hours(22);
  dispatcher_->take({What::little_room, now_, 17, 0}, now_);
  EXPECT_THAT(send(), ElementsAre(room));

  const auto fails =
      testing::UnorderedElementsAre("dsl: ATTEMPTS CANNOT BE RECORDED", "it: ATTEMPTS CANNOT BE RECORDED");
  dispatcher_->take({What::fails, kTen, 17, 4321}, now_);
  dispatcher_->take({What::fails, kTen, 17, 4321}, now_);
  EXPECT_THAT(send(), fails);
  EXPECT_THAT(mails_.back(), testing::AllOf(HasSubstr("Since Mon 23 Nov 10:00 it"), HasSubstr("(4321 now)")));
  now_ += hours(1);
  dispatcher_->take({What::fails, now_, 17, 1}, now_);
  EXPECT_THAT(send(), fails) << "another one";
}

}  // namespace
}  // namespace breakwater::alerts
