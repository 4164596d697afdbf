#include "rules/group_members.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;

constexpr std::string_view kPolicy = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
users = ["*@example.org", "bob"]
[[group]]
name = "staff"
devices = ["pool laptop"]
users = ["*@staff.example.org", "Ann@Example.org", "office\\*"]
[[group]]
name = "consoles"
devices = ["console"]
)";

TEST(GroupMembers, AccountOverDeviceOverNetwork) {
  const TemporaryFolder folder;
  const auto snapshot = make_snapshot(folder, kPolicy);
  ASSERT_TRUE(snapshot);
  struct Case {
    std::string_view address, user, device_group;
    OwnerKind owner;
    Confidence confidence;
    std::string_view group;
  };
  const auto none = OwnerKind::unknown;
  for (const auto& each : std::vector<Case>{
           {"10.20.0.1", "", "", none, Confidence::network, "learners"},
           {"10.30.0.1", "", "", none, Confidence::network, ""},
           {"10.20.0.1", "", "", OwnerKind::pool_laptop, Confidence::device, "staff"},
           {"10.20.0.1", "", "", OwnerKind::byod, Confidence::device, "learners"},
           {"10.20.0.1", "", "consoles", OwnerKind::pool_laptop, Confidence::device, "consoles"},
           {"10.20.0.1", "", "no such", OwnerKind::console, Confidence::device, "consoles"},
           // The person of a device is not a sign-in.
           {"10.20.0.1", "ann@example.org", "", OwnerKind::byod, Confidence::device, "learners"},
           {"10.20.0.1", "ann@example.org", "consoles", OwnerKind::byod, Confidence::account, "staff"},
           {"10.30.0.1", "BOB", "", none, Confidence::account, "learners"},
           {"10.30.0.1", "bobby", "", none, Confidence::account, ""},
           {"10.30.0.1", "zed@example.org", "", none, Confidence::account, "learners"},
           {"10.30.0.1", "zed@staff.example.org", "", none, Confidence::account, "staff"},
           {"10.30.0.1", "zed@staff.example.org.test", "", none, Confidence::account, ""},
           {"10.30.0.1", "OFFICE\\zed", "", none, Confidence::account, "staff"},
       }) {
    Subject subject;
    subject.address = *categories::IpAddress::parse(each.address);
    subject.user = each.user;
    subject.device_group = each.device_group;
    subject.owner = each.owner;
    subject.confidence = each.confidence;
    const auto group = snapshot->policy.group_of(subject);
    EXPECT_EQ(group == kNoGroup ? "" : snapshot->policy.groups[group].name, each.group)
        << each.address << ' ' << each.user << ' ' << to_string(each.owner);
  }
}

TEST(GroupMembers, WhoMustSignIn) {
  const TemporaryFolder folder;
  const auto snapshot = make_snapshot(folder, R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
sign_in = "required"
[[group]]
name = "staff"
users = ["zoe"]
[essential]
hosts = ["bank.example"]
)");
  ASSERT_TRUE(snapshot);
  struct Case {
    std::string_view address, user, host;
    Confidence confidence;
    std::string_view verdict;
  };
  for (const auto& each : std::vector<Case>{
           {"10.20.0.1", "", "site.example", Confidence::network, "block sign_in"},
           {"10.20.0.1", "ann", "site.example", Confidence::device, "block sign_in"},  // by the register
           {"10.20.0.1", "ann", "site.example", Confidence::account, "allow default"},
           {"10.20.0.1", "zoe", "site.example", Confidence::account, "allow default"},
           {"10.20.0.1", "", "bank.example", Confidence::network, "allow essential"},
           {"10.20.0.1", "", "10.0.0.1", Confidence::network, "block private_destination"},
           {"10.30.0.1", "", "site.example", Confidence::network, "block unknown_client"},
       }) {
    Subject subject;
    subject.address = *categories::IpAddress::parse(each.address);
    subject.user = each.user;
    subject.confidence = each.confidence;
    subject.group = snapshot->policy.group_of(subject);
    Engine engine(snapshot);
    const auto host = *categories::normalise_host(each.host, categories::HostSource::wire);
    const auto verdict = engine.decide({Stage::http_request, host, 80, "/"}, subject, SysSeconds());
    EXPECT_EQ(std::string(to_string(verdict.action)) + ' ' + std::string(to_string(verdict.reason)), each.verdict);
    EXPECT_EQ(engine.decide_in("", {Stage::http_request, host, 80, "/"}, 0).reason == Reason::sign_in, false);
  }
}

TEST(GroupMembers, PatternsBacktrack) {
  MemberIndex index;
  index.add(7, {{}, {"a*b*c", "*.x"}});
  for (const auto* user : {"abc", "aXbXc", "abbcbc", "A.x", "host.x"})
    EXPECT_EQ(index.of_user(user), 7) << user;
  for (const auto* user : {"", "ab", "abcd", "xabc", "host.xx"})
    EXPECT_EQ(index.of_user(user), std::nullopt) << user;
}

TEST_F(PolicyParse, MistakesOfGroupMembers) {
  const auto text = std::string(R"([[group]]
name = "a"
devices = ["consol", "guest", "guest"]
users = ["x", "", "**"]
[[group]]
name = "b"
devices = ["guest"]
users = ["X"]
user = ["y"]
)") + std::string(kRest);
  EXPECT_THAT(
      diagnose(text),
      ElementsAre(
          R"(3:12: error: unknown kind of device "consol"; did you mean "console"? (pool laptop, byod, console, guest))",
          R"(3:31: error: "guest" belongs to a group already (line 3))",
          R"(4:15: error: "" is no account name: 1 to 253 bytes, no control characters)",
          R"(4:19: error: "**" is everybody: name a part of the account, as "*@example.org")",
          R"(7:12: error: "guest" belongs to a group already (line 3))",
          R"(8:10: error: "X" belongs to a group already (line 4))",
          R"(9:1: error: unknown key "user" in [[group]]; did you mean "users"?)"));
}

TEST_F(PolicyParse, MistakesOfSignIn) {
  const auto group = [](std::string_view value) {
    return "[[group]]\nname = \"a\"\nsign_in = " + std::string(value) + std::string(kRest);
  };
  EXPECT_THAT(diagnose(group("\"required\"")), ElementsAre());
  EXPECT_THAT(diagnose(group("\"requird\"")),
              ElementsAre(R"(3:11: error: sign_in: "requird" is not "required"; did you mean "required"?)"));
  EXPECT_THAT(diagnose(group("true")), ElementsAre("3:11: error: sign_in: expected a string, found a boolean"));
}

TEST_F(PolicyParse, TooManyUserPatterns) {
  std::string text = "[[group]]\nname = \"a\"\nusers = [";
  for (std::size_t i = 0; i <= GroupMembersParser::kMaxPatterns; ++i)
    text += "\"*@" + std::to_string(i) + "\",\n";
  text += "]\n" + std::string(kRest);
  EXPECT_THAT(diagnose(text), ElementsAre("259:1: error: more than 256 users with a \"*\""));
}

}  // namespace
}  // namespace breakwater::rules
