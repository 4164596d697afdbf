#include "proxy/admin/request.h"

#include <gtest/gtest.h>

namespace breakwater::admin {
namespace {

const Request kGrant{Command::grant, {"learners", "games", "", "bell", "M\xc3\xa9gane", "a \"lesson\""}, "", ""};

TEST(Request, IsReadAsItWasWritten) {
  for (const auto& request :
       {kGrant, Request{}, Request{Command::revoke, {}, "7QK4M-2XP9D", "a tutor"}, Request{Command::status, {}, "", ""},
        Request{Command::selftest_run, {}, "", "a lead", "staff"},
        Request{Command::selftest_result, {}, "S-7QK4M", ""}}) {
    auto line = to_line(request);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = parse_request(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(to_line(*read), line + '\n');
  }
  EXPECT_EQ(to_line(kGrant),
            "{\"by\":\"M\xc3\xa9gane\",\"category\":\"games\",\"command\":\"pass grant\",\"group\":\"learners\","
            "\"reason\":\"a \\\"lesson\\\"\",\"until\":\"bell\"}\n");
}

TEST(Request, RefusesAllElse) {
  const std::string deep = std::string(2000, '[') + std::string(2000, ']');
  const std::pair<std::string, std::string_view> table[] = {
      {"", "the request is no JSON object"},
      {"junk", "the request is no JSON object"},
      {deep, "the request is no JSON object"},
      {"[\"pass list\"]", "the request is no JSON object"},
      {"{\"command\":\"pass list\"} {}", "the request is no JSON object"},
      {"{\"command\":\"\xff\"}", "the request is no JSON object"},
      {"{\"command\":1}", "a member of the request is no string"},
      {"{\"command\":\"pass list\",\"x\":" + deep + "}", "a member of the request is no string"},
      {"{}",
       "the command is none of pass grant, pass list, pass revoke, status, selftest run, selftest result and subject "
       "erased"},
      {"{\"command\":\"pass\"}",
       "the command is none of pass grant, pass list, pass revoke, status, selftest run, selftest result and subject "
       "erased"},
      {"{\"command\":\"pass list\",\"by\":\"x\"}", "the request has a member that the command does not know"},
      {"{\"command\":\"status\",\"by\":\"x\"}", "the request has a member that the command does not know"},
      {"{\"command\":\"pass grant\",\"pass\":\"x\"}", "the request has a member that the command does not know"},
      {"{\"command\":\"pass revoke\",\"reason\":\"x\"}", "the request has a member that the command does not know"},
  };
  for (const auto& [line, why] : table) {
    const auto read = parse_request(line);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error(), why) << line;
  }
}

TEST(Request, EveryTruncationIsRefused) {
  const auto line = to_line(kGrant);
  for (std::size_t size = 0; size + 2 < line.size(); ++size)
    EXPECT_FALSE(parse_request(line.substr(0, size))) << size;
}

TEST(Request, AnErrorIsOneLineWhateverItSays) {
  EXPECT_EQ(error_line("a\nb\xff"), "{\"error\":\"a\\nb\xef\xbf\xbd\"}\n");
}

}  // namespace
}  // namespace breakwater::admin
