#include "proxy/portal/portal.h"

#include <regex>

#include <gmock/gmock.h>

#include "proxy/portal/form.h"
#include "rules/civil_time.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::portal {
namespace {

using rules::Acceptance;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPolicy = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
[[group]]
name = "staff"
networks = ["10.30.0.0/16"]
[acceptance]
version = "2026-09"
english = "en.txt"
groups = ["learners"]
)";

class PortalTest : public testing::Test {
 protected:
  PortalTest() {
    folder_.write("en.txt", "Be kind.\n");
    auto snapshot = rules::make_snapshot(folder_, kPolicy, {});
    auto policy = snapshot->policy;
    policy.acceptance->english.content = "Be kind.";
    policy.acceptance->welsh.content = "Byddwch yn garedig.";
    snapshot_ = std::make_shared<rules::Snapshot>(rules::Snapshot{snapshot->catalogue, policy, snapshot->gate});
    portal_ =
        std::make_unique<Portal>(folder_.path(), "function", tag, [this](const std::string& text) { told_ += text; });
  }

  static std::string tag(std::string_view person) { return "P-" + std::string(person.substr(person.find(':') + 1)); }

  Request request(std::string method, std::string path, std::string body = "") {
    Request made;
    made.method = std::move(method);
    made.path = std::move(path);
    made.body = std::move(body);
    made.subject.address = *categories::IpAddress::parse(address_);
    made.subject.user = user_;
    made.subject.group = snapshot_->policy.group_of(made.subject.address);
    made.subject.acceptance = portal_->acceptances().of(rules::person_key(made.subject), "2026-09", now_);
    made.snapshot = snapshot_;
    made.now = now_;
    return made;
  }
  Response get(std::string path) { return portal_->respond(request("GET", std::move(path))); }
  Response post(std::string path, std::string body) {
    return portal_->respond(request("POST", std::move(path), std::move(body)));
  }
  std::string token() {
    std::smatch found;
    const auto body = get("/accept").body + get("/").body;
    return std::regex_search(body, found, std::regex("name=\"token\" value=\"([0-9.a-f]+)\"")) ? found[1]
                                                                                               : std::string();
  }
  /// `user` may be "": nobody is known at the address.
  void block(const std::string& user, const std::string& host, const std::string& reference) {
    Blocked blocked;
    blocked.time = now_;
    blocked.host = host;
    blocked.reference = reference;
    blocked.reason = "rule";
    blocked.concern = rules::Concern::notice;
    portal_->note_blocked(user.empty() ? "address:" + address_ : "user:" + user, *snapshot_->policy.zone, blocked);
  }

  test::TemporaryFolder folder_;
  std::shared_ptr<const rules::Snapshot> snapshot_;
  std::unique_ptr<Portal> portal_;
  std::string told_;
  std::string address_ = "10.20.1.2";
  std::string user_ = "ann";
  rules::SysSeconds now_ = *rules::parse_civil("2026-11-23T10:00", *rules::find_zone("Europe/London"));
};

TEST_F(PortalTest, TellsSystemsByTlsAloneWhetherTheyMayOut) {
  EXPECT_EQ(get("/captive-portal").status, 404);
  auto asked = request("GET", "/captive-portal");
  asked.secure_base = "https://gateway.test:3129";
  const auto answer = portal_->respond(asked);
  EXPECT_THAT(answer.fields, HasSubstr("Content-Type: application/captive+json\r\nCache-Control: private"));
  EXPECT_EQ(answer.body, R"({"captive":true,"user-portal-url":"https://gateway.test:3129/accept",)"
                         R"("venue-info-url":"https://gateway.test:3129/"})");
  asked.subject.acceptance = rules::Acceptance::given;
  EXPECT_THAT(portal_->respond(asked).body, testing::StartsWith(R"({"captive":false,)"));
}

TEST_F(PortalTest, RoutesByPathAndMethod) {
  struct Case {
    const char* method;
    const char* path;
    std::uint16_t status;
  };
  const Case table[] = {{"GET", "/", 200},        {"HEAD", "/", 200},        {"GET", "/?lang=cy", 200},
                        {"GET", "/accept", 200},  {"GET", "/accept?%", 200}, {"GET", "/none", 404},
                        {"GET", "/accept/", 404}, {"GET", "*", 404},         {"PUT", "/", 405},
                        {"GET", "/review", 405},  {"POST", "/", 405},        {"OPTIONS", "*", 404}};
  for (const auto& each : table)
    EXPECT_EQ(portal_->respond(request(each.method, each.path)).status, each.status) << each.method << each.path;
  EXPECT_THAT(get("/").fields, AllOf(HasSubstr("default-src 'none'"), HasSubstr("form-action 'self'"),
                                     HasSubstr("frame-ancestors 'none'"), HasSubstr("Cache-Control: no-store\r\n"),
                                     HasSubstr("nosniff")));
}

TEST_F(PortalTest, AStrangerSeesThatAlone) {
  address_ = "172.16.0.1";
  for (const auto* path : {"/", "/accept"}) {
    const auto response = get(path);
    EXPECT_EQ(response.status, 403);
    EXPECT_THAT(response.body, AllOf(HasSubstr("This device is not known here"), Not(HasSubstr("<form"))));
  }
}

TEST_F(PortalTest, ABareAddressRemembersForHalfAnHour) {
  user_.clear();
  block("", "games.example", "ref1");
  now_ += std::chrono::minutes(29);
  EXPECT_THAT(get("/").body, HasSubstr("games.example"));
  now_ += std::chrono::minutes(1);
  EXPECT_THAT(get("/").body, Not(HasSubstr("games.example")));
  EXPECT_EQ(post("/review", "kind=review&reference=ref1&token=" + token()).status, 404);
}

TEST_F(PortalTest, ThePacFileIsForEverybody) {
  for (const auto* address : {"172.16.0.1", "10.20.1.2"}) {
    address_ = address;
    for (const auto* path : {"/proxy.pac", "/wpad.dat", "/wpad.dat?x"}) {
      const auto response = get(path);
      EXPECT_EQ(response.status, 200);
      EXPECT_EQ(response.body, "function");
      EXPECT_THAT(response.fields, HasSubstr("application/x-ns-proxy-autoconfig"));
    }
  }
}

TEST_F(PortalTest, LanguageIsTheBrowsersOrChosen) {
  EXPECT_THAT(get("/accept").body, HasSubstr("Be kind."));
  EXPECT_THAT(get("/accept?lang=cy").body, AllOf(HasSubstr("Byddwch yn garedig."), HasSubstr("lang=\"cy\"")));
  auto welsh = request("GET", "/accept");
  welsh.language = pages::Language::welsh;
  EXPECT_THAT(portal_->respond(welsh).body, HasSubstr("Byddwch yn garedig."));
}

TEST_F(PortalTest, AcceptanceIsAskedOnceAndLeadsBack) {
  const auto form = "version=2026-09&agree=yes&to=" + escape_value("http://a.test/?b&c") + "&token=" + token();
  const auto accepted = post("/accept?lang=cy", form);
  EXPECT_EQ(accepted.status, 303);
  EXPECT_THAT(accepted.fields, HasSubstr("Location: /accept?lang=cy&to=http%3A%2F%2Fa.test%2F%3Fb%26c\r\n"));
  EXPECT_EQ(portal_->acceptances().of("user:ann", "2026-09", now_), Acceptance::given);
  EXPECT_EQ(portal_->acceptances().of("user:bob", "2026-09", now_), Acceptance::missing);
  const auto after = get("/accept?to=http%3A%2F%2Fa.test%2F%3Fb%26c").body;
  EXPECT_THAT(after, AllOf(HasSubstr("You have accepted the rules"), HasSubstr("href=\"http://a.test/?b&amp;c\"")));
}

TEST_F(PortalTest, OnlyWebAddressesAreLinkedTo) {
  for (const auto* to : {"javascript:alert(1)", "data:text/html,x", "//evil.test/", "/x", "ftp://a.test/",
                         "http://u:p@a.test/", "http://a.test/\r\nX: y", " http://a.test/"})
    EXPECT_THAT(get("/accept?to=" + escape_value(to)).body, Not(HasSubstr("name=\"to\""))) << to;
  EXPECT_THAT(get("/accept?to=https%3A%2F%2Fa.test%2F").body, HasSubstr("name=\"to\" value=\"https://a.test/\""));
}

TEST_F(PortalTest, WhatIsNoAcceptanceIsNone) {
  const auto good = token();
  const std::pair<std::string, std::uint16_t> table[] = {
      {"version=2026-09&agree=yes", 403},
      {"version=2026-09&agree=yes&token=", 403},
      {"version=2026-09&agree=yes&token=" + good + "0", 403},
      {"version=2026-09&agree=yes&token=%", 403},
      {"version=2026-09&token=" + good, 400},
      {"version=2025-09&agree=yes&token=" + good, 409},
      {"", 403},
  };
  for (const auto& [form, status] : table)
    EXPECT_EQ(post("/accept", form).status, status) << form;
  auto foreign = request("POST", "/accept", "version=2026-09&agree=yes&token=" + good);
  foreign.from = Request::From::foreign;
  EXPECT_EQ(portal_->respond(foreign).status, 403);
  user_ = "bob";
  EXPECT_EQ(post("/accept", "version=2026-09&agree=yes&token=" + good).status, 403) << "another person's form";
  EXPECT_EQ(portal_->acceptances().of("user:ann", "2026-09", now_), Acceptance::missing);
}

TEST_F(PortalTest, WhoIsNotAskedHasNothingToAccept) {
  address_ = "10.30.1.2";
  EXPECT_THAT(get("/accept").body, AllOf(HasSubstr("nothing that you need to accept"), Not(HasSubstr("<form"))));
}

TEST_F(PortalTest, AFailureIsToldAndNothingIsAccepted) {
  std::filesystem::remove(folder_.path() / "portal/acceptances.log");
  std::filesystem::create_directory(folder_.path() / "portal/acceptances.log");
  const auto response = post("/accept", "version=2026-09&agree=yes&token=" + token());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.store, Response::Store::failed);
  EXPECT_THAT(response.body, HasSubstr("your acceptance was not kept"));
  EXPECT_EQ(portal_->acceptances().of("user:ann", "2026-09", now_), Acceptance::missing);
  EXPECT_THAT(told_, HasSubstr("an acceptance is not kept"));
}

TEST_F(PortalTest, APersonSeesTheirOwnAloneAndForTheDay) {
  block("ann", "one.test", "AAAAA-11111");
  block("bob", "two.test", "BBBBB-22222");
  EXPECT_THAT(get("/").body, AllOf(HasSubstr("one.test"), HasSubstr("AAAAA-11111"), Not(HasSubstr("two.test"))));
  user_ = "bob";
  EXPECT_THAT(get("/").body, AllOf(HasSubstr("two.test"), Not(HasSubstr("one.test"))));
  now_ += std::chrono::hours(14);
  EXPECT_THAT(get("/").body, Not(HasSubstr("two.test")));
}

TEST_F(PortalTest, ReviewsAndAccidentsAreKept) {
  block("ann", "one.test", "AAAAA-11111");
  const auto good = token();
  const auto send = [&](const std::string& fields) { return post("/review", fields + "&token=" + good).status; };
  EXPECT_EQ(send("kind=review&reference=AAAAA-11111&text=for+unit+3%0D%0Aplease"), 200);
  EXPECT_EQ(send("kind=accident&reference=AAAAA-11111"), 200);
  EXPECT_EQ(send("kind=review&reference=BBBBB-22222"), 404);
  EXPECT_EQ(send("kind=other&reference=AAAAA-11111"), 400);
  EXPECT_EQ(post("/review", "kind=review&reference=AAAAA-11111").status, 403);
  std::string kept;
  std::uint64_t damaged = 0;
  read_reviews(
      folder_.path(), [&](const Review& each) { kept += to_json(each) + "\n"; }, damaged);
  EXPECT_EQ(kept, R"({"time":"2026-11-23T10:00:00Z","kind":"review","reference":"AAAAA-11111","person":"P-ann",)"
                  R"("group":"learners","host":"one.test","category":"","concern":"notice",)"
                  R"("reason":"rule","text":"for unit 3  please"})"
                  "\n"
                  R"({"time":"2026-11-23T10:00:00Z","kind":"accident","reference":"AAAAA-11111","person":"P-ann",)"
                  R"("group":"learners","host":"one.test","category":"","concern":"notice",)"
                  R"("reason":"rule","text":""})"
                  "\n");
}

TEST_F(PortalTest, TheWayToTheRulesKnowsTheWayBack) {
  EXPECT_EQ(Portal::acceptance_url(kBase, ""), "http://breakwater.internal/accept");
  EXPECT_EQ(Portal::acceptance_url(kBase, "http://a/?b\r\n"),
            "http://breakwater.internal/accept?to=http%3A%2F%2Fa%2F%3Fb%0D%0A");
  EXPECT_EQ(Portal::acceptance_url(kBase, std::string(3000, 'x')), "http://breakwater.internal/accept");
}

}  // namespace
}  // namespace breakwater::portal
