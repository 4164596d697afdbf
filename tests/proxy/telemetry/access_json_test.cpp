#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proxy/telemetry/access_log.h"

namespace breakwater::telemetry {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

SysMilliseconds at(std::chrono::year_month_day date, std::chrono::milliseconds time) {
  return SysMilliseconds(std::chrono::sys_days(date)) + time;
}

std::string json(const AccessRecord& record) {
  std::string out;
  append_json(out, record);
  return out;
}

std::string literal(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

AccessRecord full() {
  using namespace std::chrono;
  AccessRecord record;
  record.time = at(2026y / November / 23, 10h + 5min + 7s + 42ms);
  record.id = "7QK4M-2XP9D";
  record.client = "10.20.0.7";
  record.group = "learners";
  record.user = "a.learner";
  record.method = "GET";
  record.scheme = "http";
  record.door = "intercepted";
  record.host = "casino.example";
  record.port = 80;
  record.dialled = "safe.example";
  record.url = "http://casino.example/a?b=c";
  record.search = "how to";
  record.sni = "sni.example";
  record.alpn = "h2,http/1.1";
  record.ech = "present";
  record.action = "block";
  record.reason = "floor";
  record.detail = "a phrase";
  record.categories = {"gambling", "games"};
  record.list = "ut1/gambling/domains";
  record.line = 17;
  record.rule = "private use";
  record.pass = "5QK4M-2XP9D";
  record.quota = "private use";
  record.period = "session";
  record.status = 403;
  record.bytes_up = 12;
  record.bytes_down = 18446744073709551615U;
  record.ms_head = 1500us;
  record.ms_connect = 20ms;
  record.ms_total = 1021007us;
  record.end = "client";
  return record;
}

TEST(AppendJson, EveryKeyInItsOrder) {
  EXPECT_EQ(
      json(full()),
      R"({"time":"2026-11-23T10:05:07.042Z","id":"7QK4M-2XP9D","client":"10.20.0.7","group":"learners",)"
      R"("user":"a.learner","method":"GET","scheme":"http","door":"intercepted","host":"casino.example",)"
      R"("dialled":"safe.example","port":80,)"
      R"("url":"http://casino.example/a?b=c","search":"how to","sni":"sni.example","alpn":"h2,http/1.1","ech":"present",)"
      R"("action":"block","reason":"floor","detail":"a phrase","categories":["gambling","games"],)"
      R"("list":"ut1/gambling/domains","line":17,"rule":"private use","pass":"5QK4M-2XP9D","quota":"private use","period":"session",)"
      R"("status":403,)"
      R"("bytes_up":12,"bytes_down":18446744073709551615,"ms_head":1.5,"ms_connect":20,"ms_total":1021.007,)"
      R"("end":"client"})");
}

TEST(AppendJson, WhatIsUnknownIsLeftOut) {
  EXPECT_EQ(json({}),
            R"({"time":"1970-01-01T00:00:00.000Z","categories":[],"bytes_up":0,"bytes_down":0,"ms_total":0})");
}

TEST(AppendJson, Times) {
  using namespace std::chrono;
  const std::pair<SysMilliseconds, std::string_view> cases[] = {
      {at(2024y / February / 29, 23h + 59min + 59s + 999ms), "2024-02-29T23:59:59.999Z"},
      {at(2024y / March / 1, 0ms), "2024-03-01T00:00:00.000Z"},
      {at(2024y / March / 1, 1ms), "2024-03-01T00:00:00.001Z"},
      {at(1969y / December / 31, 24h - 1ms), "1969-12-31T23:59:59.999Z"},
  };
  for (const auto& [time, expected] : cases) {
    AccessRecord record;
    record.time = time;
    EXPECT_EQ(nlohmann::json::parse(json(record))["time"], expected);
  }
}

TEST(AppendJson, Durations) {
  const std::pair<std::chrono::microseconds, std::string_view> cases[] = {
      {0us, "0"},    {1us, "0.001"},    {10us, "0.01"}, {999us, "0.999"},
      {1000us, "1"}, {10100us, "10.1"}, {-5us, "0"},    {24h, "86400000"}};
  for (const auto& [duration, expected] : cases) {
    AccessRecord record;
    record.ms_total = duration;
    EXPECT_NE(json(record).find("\"ms_total\":" + std::string(expected) + "}"), std::string::npos) << json(record);
  }
}

TEST(AppendJsonString, Table) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", R"("")"},
      {"plain ~", R"("plain ~")"},
      {"\"\\/", R"("\"\\/")"},
      {"\0\x01\n\r\t\x1f\x7f"sv, R"("\u0000\u0001\u000a\u000d\u0009\u001f\u007f")"},
      {"caf\xC3\xA9 \xF0\x9F\x98\x80", "\"caf\xC3\xA9 \xF0\x9F\x98\x80\""},
      {"\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", "\"\\u0080\\u009b\\u009f\xC2\xA0\""},
      {"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA", "\"\xE2\x80\xA7\\u2028\\u2029\xE2\x80\xAA\""},
      {"\xFFz\xC3", R"("\ufffdz\ufffd")"},
      {"\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(literal(text), expected);
}

TEST(AppendJsonString, EveryPairOfBytesIsOneValidLine) {
  for (unsigned first = 0; first < 256; ++first)
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text{'a', static_cast<char>(first), static_cast<char>(second), 'z'};
      const std::string line = literal(text);
      ASSERT_TRUE(nlohmann::json::accept(line)) << line;
      for (const char c : line)
        ASSERT_TRUE(static_cast<std::uint8_t>(c) >= 0x20 && c != '\x7f') << first << " " << second;
      if (first < 0x80 && second < 0x80) {
        ASSERT_EQ(nlohmann::json::parse(line), text);
      }
    }
}

TEST(AppendJson, ForgedLineStaysOneLineAndReadsBackAsItWas) {
  AccessRecord record;
  record.url = "http://a.example/\n{\"time\":\"2026-11-23T10:00:00.000Z\",\"action\":\"allow\"}\r\"\\";
  record.host = "\",\"action\":\"allow";
  const std::string line = json(record);
  EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["url"], record.url);
  EXPECT_EQ(parsed["host"], record.host);
  EXPECT_FALSE(parsed.contains("action"));
}

TEST(AppendJson, LongValuesAreCutWithAMarker) {
  AccessRecord record;
  const std::string fits(kMaxFieldBytes, 'a');
  record.host = fits;
  EXPECT_EQ(nlohmann::json::parse(json(record))["host"], fits);

  const std::string over(1 << 20, '\x01');
  std::string accents;
  while (accents.size() <= kMaxFieldBytes)
    accents += "\xC3\xA9";
  record.host = accents;
  record.url = over;
  record.categories = {over};
  const std::string line = json(record);
  EXPECT_LT(line.size(), 2 * (6 * kMaxFieldBytes) + kMaxFieldBytes + 1000);
  const auto parsed = nlohmann::json::parse(line);
  for (const std::string value : {parsed["host"], parsed["url"], parsed["categories"][0]}) {
    EXPECT_LE(value.size(), kMaxFieldBytes);
    EXPECT_TRUE(value.ends_with("\xE2\x80\xA6[cut]"));
  }
}

}  // namespace
}  // namespace breakwater::telemetry
