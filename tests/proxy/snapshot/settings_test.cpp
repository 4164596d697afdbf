#include "proxy/snapshot/settings.h"

#include <gmock/gmock.h>

namespace breakwater::snapshot {
namespace {

using namespace std::chrono_literals;

Settings parse(std::string_view text, categories::Diagnostics& diagnostics) {
  return parse_settings(text, "/etc/breakwater/breakwater.toml", diagnostics);
}

TEST(Settings, AnEmptyFileGivesTheSafeDefaults) {
  categories::Diagnostics diagnostics;
  const auto settings = parse("", diagnostics);
  EXPECT_THAT(diagnostics, testing::IsEmpty());
  EXPECT_THAT(settings.listen, testing::ElementsAre("127.0.0.1:3128"));
  EXPECT_EQ(settings.head_bytes, 32u * 1024);
  EXPECT_EQ(settings.idle, 120s);
  EXPECT_THAT(settings.gate.connect_ports, testing::ElementsAre(443));
  EXPECT_EQ(settings.gate.no_sni, rules::Choice::block);
  EXPECT_EQ(settings.gate.not_tls, rules::Choice::block);
  EXPECT_EQ(settings.gate.address_literal, rules::Choice::block);
  EXPECT_EQ(settings.gate.sni_mismatch, rules::SniMismatch::judge_both);
  EXPECT_THAT(settings.gate.allow_private, testing::IsEmpty());
  EXPECT_THAT(settings.intercept_http, testing::IsEmpty());
  EXPECT_EQ(settings.intercept_mark, 0x42u);
  EXPECT_EQ(settings.gate.nameless, rules::Nameless::block);
  EXPECT_EQ(settings.gate.ech, rules::Choice::block);
}

TEST(Settings, TakesWhatTheFileSays) {
  categories::Diagnostics diagnostics;
  const auto settings = parse(R"(
[proxy]
listen = ["0.0.0.0:8080", "[::]:8080"]
connections_per_client = 12
head_bytes = "64KiB"
[proxy.deadline]
head = "250ms"
tunnel_idle = "1h"
[proxy.connect]
ports = [443, 8443]
no_sni = "allow"
sni_mismatch = "block"
[intercept]
http = ["0.0.0.0:3129"]
tls = ["0.0.0.0:3130", "[::]:3130"]
mode = "tproxy"
mark = 0xff
nameless = "listed"
ech = "allow"
[dns]
servers = ["192.0.2.53:5353"]
hosts = "hosts"
allow_private = ["127.0.0.0/8", "fd00::/8"]
[log]
file = "/var/log/access.log"
rotate_bytes = 4096
)",
                              diagnostics);
  EXPECT_THAT(diagnostics, testing::IsEmpty());
  EXPECT_EQ(settings.listen.size(), 2u);
  EXPECT_EQ(settings.connections_per_client, 12u);
  EXPECT_EQ(settings.head_bytes, 65536u);
  EXPECT_EQ(settings.head, 250ms);
  EXPECT_EQ(settings.tunnel_idle, 1h);
  EXPECT_THAT(settings.gate.connect_ports, testing::ElementsAre(443, 8443));
  EXPECT_EQ(settings.gate.no_sni, rules::Choice::allow);
  EXPECT_EQ(settings.gate.sni_mismatch, rules::SniMismatch::block);
  EXPECT_THAT(settings.intercept_tls, testing::ElementsAre("0.0.0.0:3130", "[::]:3130"));
  EXPECT_EQ(settings.intercept_mode, net::Redirection::tproxy);
  EXPECT_EQ(settings.intercept_mark, 0xffu);
  EXPECT_EQ(settings.gate.nameless, rules::Nameless::listed);
  EXPECT_EQ(settings.gate.ech, rules::Choice::allow);
  EXPECT_EQ(settings.dns_hosts, "/etc/breakwater/hosts");
  EXPECT_EQ(settings.gate.allow_private.size(), 2u);
  EXPECT_EQ(settings.log_file, "/var/log/access.log");
  EXPECT_EQ(settings.log_rotate_bytes, 4096u);
}

TEST(Settings, EveryMistakeIsToldAtOnceWithItsPlace) {
  categories::Diagnostics diagnostics;
  const auto settings = parse(R"([proxy]
listn = ["127.0.0.1:1"]
listen = "127.0.0.1:1"
connections = 0
[proxy.deadline]
head = 30
hello = "1 week"
idle = "1ms"
[proxy.connect]
ports = [443, 70000]
no_sni = "alow"
[dns]
allow_private = ["10.1.2.3/8"]
[colour]
red = 1
[intercept]
mode = "nat"
nameless = "allow"
mark = 0x100000000
)",
                              diagnostics);
  std::vector<std::string> lines;
  for (const auto& diagnostic : diagnostics)
    lines.push_back(std::to_string(diagnostic.line) + ": " + diagnostic.message);
  EXPECT_THAT(lines,
              testing::UnorderedElementsAre("2: unknown setting \"proxy.listn\"; did you mean \"proxy.listen\"?",
                                            "3: proxy.listen: expected a list of ADDR:PORT",
                                            "4: proxy.connections: 0 is out of bounds (1 to 1000000)",
                                            testing::StartsWith("6: proxy.deadline.head: expected a duration"),
                                            testing::StartsWith("7: proxy.deadline.hello: \"1 week\""),
                                            "8: proxy.deadline.idle: \"1ms\" is out of bounds",
                                            "10: proxy.connect.ports: expected port numbers from 1 to 65535",
                                            "11: proxy.connect.no_sni: expected \"block\" or \"allow\"",
                                            "13: dns.allow_private: \"10.1.2.3/8\" is no network, as 10.0.0.0/8",
                                            testing::StartsWith("14: unknown setting \"colour\""),
                                            "17: intercept.mode: expected one of \"redirect\", \"tproxy\"",
                                            "18: intercept.nameless: expected \"block\" or \"listed\"",
                                            "19: intercept.mark: 4294967296 is out of bounds (0 to 4294967295)"));
  EXPECT_EQ(settings.head, 30s);  // what is wrong keeps its default
}

TEST(Settings, SourcesOfIdentities) {
  categories::Diagnostics diagnostics;
  const auto settings = parse(R"([identity]
register = "devices.csv"
kea_leases4 = "/var/lib/kea/kea-leases4.csv"
neighbours = true
[identity.radius]
listen = "[::]:1813"
clients = ["10.20.0.2 ap.secret", "fd00:20::/64   /etc/ap secret"]
silence = "30m"
)",
                              diagnostics);
  EXPECT_THAT(diagnostics, testing::IsEmpty());
  EXPECT_EQ(settings.identity_register, "/etc/breakwater/devices.csv");
  EXPECT_EQ(settings.identity_dnsmasq_leases, "");
  EXPECT_EQ(settings.identity_kea_leases4, "/var/lib/kea/kea-leases4.csv");
  EXPECT_TRUE(settings.identity_neighbours);
  EXPECT_EQ(settings.radius_listen, "[::]:1813");
  ASSERT_EQ(settings.radius_clients.size(), 2u);
  EXPECT_EQ(settings.radius_clients[0].network.to_string(), "10.20.0.2/32");
  EXPECT_EQ(settings.radius_clients[0].secret, "/etc/breakwater/ap.secret");
  EXPECT_EQ(settings.radius_clients[1].secret, "/etc/ap secret");
  EXPECT_EQ(settings.radius_silence, 30min);
  for (const auto* wrong : {"neighbours = 1", "radius.listen = \"1813\"", "radius.clients = [\"10.20.0.2\"]",
                            "radius.clients = [\"10.20.0.2 \"]", "radius.clients = [\"ap1 file\"]",
                            "radius.silence = \"59s\"", "register = 1", "radius.client = []"}) {
    parse(std::string("[identity]\n").append(wrong), diagnostics);
    EXPECT_EQ(diagnostics.size(), 1u) << wrong;
    diagnostics.clear();
  }
}

TEST(Settings, BrokenTomlIsOneError) {
  categories::Diagnostics diagnostics;
  parse("[proxy\n", diagnostics);
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].line, 1u);
  EXPECT_TRUE(categories::has_errors(diagnostics));
}

TEST(Settings, MailAndRecordsAreSentSafelyOrTheMistakeIsTold) {
  struct Case {
    std::string_view text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"smtp.url = \"smtp://mail.example.org:587\"\nsmtp.from = \"a@b.example\"", {}},
      {"smtp.url = \"smtps://[::1]\"\nsmtp.from = \"a@b.example\"\nsmtp.user = \"a\"\nsmtp.password_file = \"p\"\n"
       "smtp.tls = \"none\"",
       {}},
      {"smtp.url = \"smtp://mail.example.org\"", {"smtp.url needs smtp.from, the sender of the alerts"}},
      {"smtp.url = \"smtp://a\"\nsmtp.from = \"a@b.example\"\nsmtp.user = \"a\"",
       {"smtp.user needs smtp.password_file"}},
      {"smtp.url = \"smtp://a\"\nsmtp.from = \"a@b.example\"\nsmtp.user = \"a\"\nsmtp.password_file = \"p\"\n"
       "smtp.tls = \"starttls-if-offered\"",
       {"smtp.user needs smtp.tls = \"required\": a password is not sent in clear"}},
      {"smtp.url = \"http://a\"",
       {"smtp.url: expected smtp://HOST:PORT or smtps://HOST:PORT, without name and password"}},
      {"smtp.url = \"smtp://user:word@a\"",
       {"smtp.url: expected smtp://HOST:PORT or smtps://HOST:PORT, without name and password"}},
      {"smtp.url = \"smtp://\"",
       {"smtp.url: expected smtp://HOST:PORT or smtps://HOST:PORT, without name and password"}},
      {"smtp.from = \"a\"", {"smtp.from: \"a\" is no address"}},
      {"smtp.tls = \"yes\"", {R"(smtp.tls: expected one of "required", "starttls-if-offered", "none")"}},
      {"store.central = \"host=db.example sslmode=verify-full\"\nstore.gateway = \"site 1\"", {}},
      {"store.central = \"host=/run/pg password=a\"",
       {"store.central: has a password in it: put that into the first line of store.password_file"}},
      {"store.gateway = \"caf\u00e9\"", {"store.gateway: expected a name in quotes, of 64 ASCII characters at most"}},
      {"store.centre = \"\"", {R"(unknown setting "store.centre"; did you mean "store.central"?)"}},
      {"alerts.least = 3", {R"(alerts.least: expected one of "notice", "warning", "danger")"}},
  };
  for (const auto& [text, expected] : table) {
    categories::Diagnostics diagnostics;
    parse(text, diagnostics);
    std::vector<std::string> messages;
    for (const auto& diagnostic : diagnostics)
      messages.push_back(diagnostic.message);
    EXPECT_EQ(messages, expected) << text;
  }
}

}  // namespace
}  // namespace breakwater::snapshot
