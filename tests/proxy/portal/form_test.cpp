#include "proxy/portal/form.h"

#include <gmock/gmock.h>

#include "proxy/portal/form_tokens.h"
#include "proxy/portal/probes.h"

namespace breakwater::portal {
namespace {

using namespace std::string_view_literals;

TEST(Form, ReadsWhatBrowsersWrite) {
  const std::pair<std::string_view, Form> table[] = {
      {"", {}},
      {"a=b", {{"a", "b"}}},
      {"a=b&c=", {{"a", "b"}, {"c", ""}}},
      {"a", {{"a", ""}}},
      {"text=a+b%20c%2B%0D%0A%C3%A9&x=%3Cscript%3E", {{"text", "a b c+\r\n\xC3\xA9"}, {"x", "<script>"}}},
      {"to=http%3A%2F%2Fa.test%2F%3Fx%3D1%26y", {{"to", "http://a.test/?x=1&y"}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"%61=1", {{"a", "1"}}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_EQ(parse_form(text), expected) << text;
  EXPECT_EQ(parse_form("a=b&c=dXXX"sv.substr(0, 7)), (Form{{"a", "b"}, {"c", "d"}})) << "not what stands behind it";
  EXPECT_EQ(value_of({{"a", "b"}}, "a"), "b");
  EXPECT_EQ(value_of({{"a", "b"}}, "c"), "");
}

TEST(Form, RefusesWhatNoBrowserWrites) {
  std::string many;
  for (int i = 0; i < 33; ++i)
    many.append("f").append(std::to_string(i)).append("=1&");
  for (const auto text : {"a=%"sv, "a=%4"sv, "a=%zz"sv, "a=b&a=c"sv, "a=%00"sv, "a=\0"sv, "a=<b>"sv, "a=\xC3\xA9"sv,
                          "a=b c"sv, "a=b\r\n"sv, std::string_view(many)})
    EXPECT_EQ(parse_form(text), std::nullopt) << text;
}

TEST(Form, EscapedValuesComeBack) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte)
    all.push_back(static_cast<char>(byte));
  EXPECT_EQ(parse_form("a=" + escape_value(all)), (Form{{"a", all}}));
  EXPECT_EQ(escape_value("http://a/?b c&d"), "http%3A%2F%2Fa%2F%3Fb%20c%26d");
}

TEST(FormTokens, HoldForThePersonAndAWhile) {
  const FormTokens tokens;
  const rules::SysSeconds now{std::chrono::seconds(1'795'428'000)};
  const auto token = tokens.make("user:ann", now);
  EXPECT_TRUE(tokens.holds(token, "user:ann", now));
  EXPECT_TRUE(tokens.holds(token, "user:ann", now + FormTokens::kLife));
  EXPECT_FALSE(tokens.holds(token, "user:ann", now + FormTokens::kLife + std::chrono::seconds(1)));
  EXPECT_FALSE(tokens.holds(token, "user:ann", now - std::chrono::seconds(1)));
  EXPECT_FALSE(tokens.holds(token, "user:bob", now));
  EXPECT_FALSE(FormTokens().holds(token, "user:ann", now)) << "another run's";
  for (std::size_t i = 0; i < token.size(); ++i) {
    EXPECT_FALSE(tokens.holds(token.substr(0, i), "user:ann", now)) << i;
    auto other = token;
    other[i] = other[i] == '1' ? '2' : '1';
    EXPECT_FALSE(tokens.holds(other, "user:ann", now)) << i;
  }
  for (const std::string_view junk : {"", ".", "x", "99999999999999999999.aa", "-1.00"})
    EXPECT_FALSE(tokens.holds(junk, "user:ann", now)) << junk;
}

TEST(Probes, AreKnownByHostAndPathAlone) {
  ASSERT_TRUE(find_probe("captive.apple.com", "/hotspot-detect.html"));
  EXPECT_EQ(find_probe("www.msftconnecttest.com", "/connecttest.txt?n=1")->body, "Microsoft Connect Test");
  EXPECT_EQ(find_probe("connectivitycheck.gstatic.com", "/generate_204")->status, 204);
  EXPECT_EQ(find_probe("detectportal.firefox.com", "/success.txt?ipv4")->body, "success\n");
  EXPECT_EQ(find_probe("www.apple.com", "/"), nullptr);
  EXPECT_EQ(find_probe("www.google.com", "/search"), nullptr);
  EXPECT_EQ(find_probe("apple.com", "/hotspot-detect.html"), nullptr);
}

}  // namespace
}  // namespace breakwater::portal
