#include "rules/recipient_parser.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;
using Role = Recipient::Role;

class RecipientParser : public PolicyParse {
 protected:
  RecipientParser() { folder_.write("keys/dsl.pub", ""); }
};

TEST_F(RecipientParser, EachRole) {
  struct Case {
    std::string_view text;
    Role role;
    bool names;
  };
  const Case table[] = {
      {R"(role = "dsl")", Role::dsl, true},
      {R"(role = "deputy")", Role::deputy, true},
      {"role = \"deputy\"\nnames = true", Role::deputy, true},
      {R"(role = "governance")", Role::governance, false},
      {"role = \"governance\"\nnames = true", Role::governance, true},
      {"role = \"dpo\"\nnames = false", Role::dpo, false},
      {R"(role = "it")", Role::it, false},
  };
  for (const auto& [text, role, names] : table) {
    std::string policy(kRest);
    policy.append("[[recipient]]\nname = \"A\"\nemail = \"a.b+c@mail.example.org\"\nkey = \"keys/dsl.pub\"\n")
        .append(text);
    const auto snapshot = make_snapshot(folder_, policy);
    ASSERT_TRUE(snapshot) << policy;
    ASSERT_EQ(snapshot->policy.recipients.size(), 1u);
    const auto& recipient = snapshot->policy.recipients[0];
    EXPECT_EQ(recipient.name, "A");
    EXPECT_EQ(recipient.email, "a.b+c@mail.example.org");
    EXPECT_EQ(recipient.role, role) << text;
    EXPECT_EQ(recipient.names, names) << text;
    EXPECT_EQ(recipient.key, folder_.path() / "keys/dsl.pub");
    EXPECT_EQ(recipient.certificate, "");
  }
}

TEST_F(RecipientParser, EachMistake) {
  const std::string good = "[[recipient]]\nname = \"A\"\nrole = \"dsl\"\nemail = \"a@b.example\"\n";
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {good, {}},
      {"[[recipient]]",
       {R"(1:1: error: [[recipient]] lacks the key "name")", R"(1:1: error: [[recipient]] lacks the key "role")",
        R"(1:1: error: [[recipient]] lacks the key "email")",
        R"(1:1: warning: no [[recipient]] has the role "dsl": nobody is told of an episode)"}},
      {good + "mail = \"x\"\n", {R"(5:1: error: unknown key "mail" in [[recipient]]; did you mean "email"?)"}},
      {good + "[[recipient]]\nname = \"A\"\nrole = \"dpo\"\nemail = \"c@b.example\"\n",
       {R"(6:8: error: recipient "A" stands twice, first in line 2)"}},
      {good + "[[recipient]]\nname = \"B\"\nrole = \"deputi\"\nemail = \"c@b.example\"\n",
       {R"(7:8: error: role: "deputi" is none of "dsl", "deputy", "governance", "dpo" and "it"; did you mean "deputy"?)"}},
      {good + "key = \"keys/none.pub\"\n", {R"(5:7: error: key: there is no file "keys/none.pub")"}},
      {good + "certificate = \"keys\"\n", {R"(5:15: error: certificate: there is no file "keys")"}},
      {good + "names = false\n", {"5:9: error: names: a dsl always learns names"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(text + std::string(kRest)), ElementsAreArray(expected)) << text;
}

TEST_F(RecipientParser, AnAddressIsPlain) {
  const std::string long_local(65, 'a');
  const std::string bad[] = {"",
                             "a",
                             "a@",
                             "@b.example",
                             "a@@b.example",
                             "a@b@c.example",
                             "a b@c.org",
                             ".a@b.org",
                             "a..b@c.org",
                             "a.@b.org",
                             "<a@b.org>",
                             "a@b.org,c@d.org",
                             "\\\"a\\\"@b.org",
                             "a@[192.0.2.1]",
                             "a@b.org\\r\\nRCPT TO:<c@d.org>",
                             "a@b.org\\n",
                             "\u00e4@b.org",
                             "a@b_\u00e4.org",
                             long_local + "@b.org"};
  for (const auto& email : bad) {
    const auto told =
        diagnose("[[recipient]]\nname = \"A\"\nrole = \"dsl\"\nemail = \"" + email + "\"\n" + std::string(kRest));
    ASSERT_EQ(told.size(), 1u) << email;
    EXPECT_TRUE(told[0].starts_with("4:9: error: email: ") && told[0].ends_with(" is no address, as dsl@example.org"))
        << told[0];
  }
}

}  // namespace
}  // namespace breakwater::rules
