#include "proxy/tls/client_hello.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proxy/tls/hello_builder.h"

namespace breakwater::tls {

void PrintTo(HelloStatus status, std::ostream* out) {
  *out << to_string(status);
}

namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

HelloStatus status_of(const Bytes& input) {
  ClientHello hello;
  return parse_client_hello(input, hello);
}

TEST(ClientHello, ReadsWhatABrowserSends) {
  ClientHello hello;
  ASSERT_EQ(parse_client_hello(record(browser_hello().message()), hello), HelloStatus::done);
  EXPECT_EQ(hello.record_version, 0x0301);
  EXPECT_EQ(hello.legacy_version, 0x0303);
  EXPECT_EQ(hello.sni_state, ClientHello::Sni::present);
  EXPECT_EQ(hello.sni, "learning.onefile.co.uk");
  EXPECT_THAT(hello.alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_EQ(hello.ech, EchState::present);
  EXPECT_THAT(hello.extensions,
              ElementsAre(0x3a3a, 0xfe0d, 0, 23, 65281, 10, 11, 35, 16, 5, 13, 18, 51, 45, 43, 27, 17613, 0x1a1a));
}

struct GoodCase {
  const char* name;
  std::function<void(Hello&)> change;
  std::string sni = "www.example.org";
  EchState ech = EchState::absent;
};

TEST(ClientHello, GoodTable) {
  const GoodCase cases[] = {
      {"as built", [](Hello&) {}},
      {"no session id", [](Hello& h) { h.session_id = {0}; }},
      {"no extensions at all", [](Hello& h) { h.extensions.reset(); }, ""},
      {"an empty block of extensions", [](Hello& h) { h.extensions->clear(); }, ""},
      {"no server name among extensions", [](Hello& h) { h.extensions = {{alpn({"h2"})}}; }, ""},
      {"real or GREASE ECH",
       [](Hello& h) {
         h.extensions->push_back({0xfe0d, {}});
       },
       "www.example.org", EchState::present},
      {"draft ESNI alone",
       [](Hello& h) {
         h.extensions = {{{0xffce, Bytes(9, 1)}}};
       },
       "", EchState::present},
      {"a name of raw bytes", [](Hello& h) { h.extensions = {{server_name(std::string_view("\0\xff", 2))}}; },
       std::string("\0\xff", 2)},
      {"several compressions",
       [](Hello& h) {
         h.compression = {2, 1, 0};
       }},
      {"SSL 3.0",
       [](Hello& h) {
         h.version = {3, 0};
       }},
  };
  for (const auto& [name, change, sni, ech] : cases) {
    Hello hello;
    change(hello);
    ClientHello out;
    out.sni = "of the last call";
    EXPECT_EQ(parse_client_hello(record(hello.message()), out), HelloStatus::done) << name;
    EXPECT_EQ(out.sni, sni) << name;
    EXPECT_EQ(out.sni_state == ClientHello::Sni::present, !sni.empty()) << name;
    EXPECT_EQ(out.ech, ech) << name;
  }
}

TEST(ClientHello, MalformedTable) {
  const auto only = [](Extension extension) { return [extension](Hello& h) { h.extensions = {{extension}}; }; };
  const std::pair<const char*, std::function<void(Hello&)>> cases[] = {
      {"session id of 33", [](Hello& h) { h.session_id = vector(1, Bytes(33, 1)); }},
      {"no cipher suites",
       [](Hello& h) {
         h.cipher_suites = {0, 0};
       }},
      {"odd cipher suites",
       [](Hello& h) {
         h.cipher_suites = {0, 3, 1, 2, 3};
       }},
      {"no compression", [](Hello& h) { h.compression = {0}; }},
      {"bytes after the extensions", [](Hello& h) { h.tail = {0}; }},
      {"half an extensions length", [](Hello& h) { h.raw_extensions = {0}; }},
      {"extensions longer than the message", [](Hello& h) { h.raw_extensions = {0, 5, 0, 23, 0, 0}; }},
      {"extensions shorter than the message", [](Hello& h) { h.raw_extensions = {0, 3, 0, 23, 0, 0}; }},
      {"extension longer than its block", [](Hello& h) { h.raw_extensions = {0, 4, 0, 23, 0, 1}; }},
      {"the same extension twice",
       [](Hello& h) {
         h.extensions = {{{23, {}}, {10, {}}, {23, {}}}};
       }},
      {"two server_name extensions", [](Hello& h) { h.extensions->push_back(server_name("other.example")); }},
      {"server_name without data", only({0, {}})},
      {"empty list of names", only({0, {0, 0}})},
      {"empty name", only(server_name(""))},
      {"two host names", only({0, vector(2, joined({name_entry(0, "a.example"), name_entry(0, "b.example")}))})},
      {"a name of another type", only({0, vector(2, name_entry(1, "a.example"))})},
      {"host name, then another type", only({0, vector(2, joined({name_entry(0, "a"), name_entry(1, "b")}))})},
      {"bytes after the list of names", only({0, joined({vector(2, name_entry(0, "a")), {0}})})},
      {"bytes after the name", only({0, vector(2, joined({name_entry(0, "a"), {0}}))})},
      {"name longer than its list", only({0, {0, 4, 0, 0, 9, 'a'}})},
      {"list of names longer than the data", only({0, {0, 9, 0, 0, 1, 'a'}})},
      {"ALPN without data", only({16, {}})},
      {"ALPN without a name", only({16, {0, 0}})},
      {"ALPN with an empty name", only(alpn({"h2", ""}))},
      {"ALPN name longer than its list", only({16, {0, 3, 3, 'h', '2'}})},
      {"bytes after the ALPN list", only({16, {0, 3, 2, 'h', '2', 0}})},
  };
  for (const auto& [name, change] : cases) {
    Hello hello;
    change(hello);
    EXPECT_EQ(status_of(record(hello.message())), HelloStatus::malformed) << name;
  }
}

TEST(ClientHello, EveryMessageCutShortByItsOwnLengthIsMalformed) {
  const Bytes message = browser_hello(40).message();
  const std::size_t without_extensions = 4 + 2 + 32 + 33 + 34 + 2;
  for (std::size_t length = 0; length < message.size() - 4; ++length) {
    Bytes cut = joined({{1}, vector(3, std::span(message).subspan(4, length))});
    const auto expected = length + 4 == without_extensions ? HelloStatus::done : HelloStatus::malformed;
    EXPECT_EQ(status_of(record(cut)), expected) << length;
  }
}

TEST(ClientHello, ErrorsShowAtOnce) {
  const std::pair<Bytes, HelloStatus> cases[] = {
      {{}, HelloStatus::need_more},
      {bytes("G"), HelloStatus::not_tls},
      {bytes("SSH-2.0-x"), HelloStatus::not_tls},
      {{0x80, 0x2e, 1, 0, 2}, HelloStatus::not_tls},  // SSL 2.0
      {{21}, HelloStatus::not_tls},                   // an alert
      {{20}, HelloStatus::not_tls},
      {{23, 3, 3}, HelloStatus::not_tls},  // application data
      {{22}, HelloStatus::need_more},
      {{22, 2}, HelloStatus::not_tls},
      {{22, 0xfe, 0xfd}, HelloStatus::not_tls},  // DTLS
      {{22, 3}, HelloStatus::need_more},
      {{22, 3, 1, 0}, HelloStatus::need_more},
      {{22, 3, 1, 0, 0}, HelloStatus::malformed},  // a fragment of nothing
      {{22, 3, 1, 0x40, 0}, HelloStatus::need_more},
      {{22, 3, 1, 0x40, 1}, HelloStatus::malformed},      // over 2^14
      {{22, 3, 1, 1, 0, 2}, HelloStatus::malformed},      // a ServerHello
      {{22, 3, 1, 0, 1, 1, 23}, HelloStatus::malformed},  // other records in between
      {{22, 3, 1, 0, 1, 1, 22, 2}, HelloStatus::malformed},
      {{22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 0}, HelloStatus::malformed},
      {{22, 3, 1, 0, 9, 1, 0, 0x40}, HelloStatus::need_more},
      {{22, 3, 1, 0, 9, 1, 0, 0x40, 0}, HelloStatus::need_more},
      {{22, 3, 1, 0, 9, 1, 0, 0x40, 1}, HelloStatus::too_large},
      {{22, 3, 1, 0, 9, 1, 1, 0, 0}, HelloStatus::too_large},
      {{22, 3, 1, 0, 4, 1, 0, 0, 0}, HelloStatus::malformed},  // a hello of nothing
  };
  for (const auto& [input, expected] : cases)
    EXPECT_EQ(status_of(input), expected) << ::testing::PrintToString(input);
}

TEST(ClientHello, EveryTruncationNeedsMoreAndWhatFollowsIsLeft) {
  for (const std::size_t size : {100000U, 100U, 40U}) {
    Bytes input = records(browser_hello().message(), size);
    for (std::size_t length = 0; length < input.size(); ++length)
      ASSERT_EQ(status_of({input.begin(), input.begin() + static_cast<std::ptrdiff_t>(length)}), HelloStatus::need_more)
          << size << " " << length;
    EXPECT_EQ(status_of(input), HelloStatus::done) << size;
    append(input, bytes("\x17\x03\x03 what comes after"));
    EXPECT_EQ(status_of(input), HelloStatus::done) << size;
  }
}

TEST(ClientHello, EverySplitOverRecordsReadsTheSame) {
  const Bytes message = browser_hello(40).message();
  for (std::size_t at = 1; at < message.size(); ++at) {
    ClientHello hello;
    const auto split = joined({record(std::span(message).first(at)), record(std::span(message).subspan(at), 22, 3)});
    ASSERT_EQ(parse_client_hello(split, hello), HelloStatus::done) << at;
    EXPECT_EQ(hello.record_version, 0x0301) << at;
    EXPECT_EQ(hello.sni, "learning.onefile.co.uk") << at;
    EXPECT_EQ(hello.extensions.size(), 18U) << at;
  }
}

TEST(ClientHello, Limits) {
  const auto of_size = [](std::size_t size) {
    Hello hello;
    hello.extensions->push_back({21, {}});
    hello.extensions->back().data.resize(size + 4 - hello.message().size());
    return hello.message();
  };
  EXPECT_EQ(status_of(records(of_size(kMaxHello), 1U << 14U)), HelloStatus::done);
  EXPECT_EQ(status_of(records(of_size(kMaxHello + 1), 1U << 14U)), HelloStatus::too_large);

  const Bytes message(of_size(kMaxHelloRecords * 10 - 4));
  EXPECT_EQ(status_of(records(message, 10)), HelloStatus::done);
  EXPECT_EQ(status_of(records(of_size(kMaxHelloRecords * 10 - 3), 10)), HelloStatus::too_large);
  const Bytes one_by_one = records(message, 1);
  EXPECT_EQ(status_of({one_by_one.begin(), one_by_one.begin() + kMaxHelloRecords * 6}), HelloStatus::too_large);

  // The most that can be needed: every record but the last as small as may be.
  Bytes longest;
  const Bytes large = of_size(kMaxHello);
  for (std::size_t i = 0; i + 1 < kMaxHelloRecords; ++i)
    append(longest, record(std::span(large).subspan(i, 1)));
  const auto rest = std::span(large).subspan(kMaxHelloRecords - 1);
  ASSERT_LE(rest.size(), 1U << 14U);
  append(longest, record(rest));
  EXPECT_LE(longest.size(), kMaxHelloBytes);
  EXPECT_EQ(status_of(longest), HelloStatus::done);
}

TEST(ClientHello, AlertIsFatalAccessDenied) {
  EXPECT_THAT(access_denied_alert(0x0301), ElementsAre(21, 3, 1, 0, 2, 2, 49));
  EXPECT_THAT(access_denied_alert(0x0303), ElementsAre(21, 3, 3, 0, 2, 2, 49));
}

TEST(ClientHello, StatusesHaveNames) {
  EXPECT_EQ(to_string(HelloStatus::done), "done");
  EXPECT_EQ(to_string(HelloStatus::need_more), "need_more");
  EXPECT_EQ(to_string(HelloStatus::not_tls), "not_tls");
  EXPECT_EQ(to_string(HelloStatus::malformed), "malformed");
  EXPECT_EQ(to_string(HelloStatus::too_large), "too_large");
}

}  // namespace
}  // namespace breakwater::tls
