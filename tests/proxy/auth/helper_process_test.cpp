#include "proxy/auth/helper_process.h"

#include <gtest/gtest.h>

namespace breakwater::auth {
namespace {

using Answer = HelperProcess::Answer;
using namespace std::chrono_literals;

Credentials credentials(std::string_view user, std::string_view password) {
  Credentials made;
  made.user = user;
  made.password = password;
  return made;
}

/// A helper that a shell script is.
class Helper {
 public:
  explicit Helper(std::string script, std::chrono::milliseconds timeout = 5s,
                  HelperProcess::Channels channels = HelperProcess::Channels::none)
      : process_({"/bin/sh", "-c", std::move(script)}, channels, timeout, stop_) {}
  Answer ask(std::string_view user, std::string_view password) { return process_.ask(credentials(user, password)); }
  void stop() { stop_ = true; }

 private:
  std::atomic<bool> stop_ = false;
  HelperProcess process_;
};

TEST(HelperProcess, WordsAreEncoded) {
  EXPECT_EQ(helper_line("", credentials("ann@x", "a b%\xc3\xa9~")), "ann%40x a%20b%25%C3%A9~\n");
  EXPECT_EQ(helper_line("7 ", credentials("a", "b")), "7 a b\n");
}

TEST(HelperProcess, Answers) {
  const std::pair<std::string_view, Answer> cases[] = {
      {"OK", Answer::ok},        {"OK\r", Answer::ok},        {"OK user=ann", Answer::ok}, {"ERR", Answer::wrong},
      {"ERR no", Answer::wrong}, {"BH down", Answer::failed}, {"", Answer::failed},        {"OKAY", Answer::failed},
      {"ok", Answer::failed},    {"1 OK", Answer::failed},
  };
  for (const auto& [line, answer] : cases)
    EXPECT_EQ(parse_answer(line), answer) << line;
}

TEST(HelperProcess, OneProcessAnswersAllThatItIsAsked) {
  Helper helper("while read user password; do [ \"$password\" = right%21 ] && echo OK $$ || echo ERR; done");
  EXPECT_EQ(helper.ask("ann", "right!"), Answer::ok);
  EXPECT_EQ(helper.ask("ann", "wrong"), Answer::wrong);
  EXPECT_EQ(helper.ask("bob", "right!"), Answer::ok);
}

TEST(HelperProcess, ChannelsKeepQuestionsAndAnswersTogether) {
  constexpr auto kNumbered = HelperProcess::Channels::numbered;
  Helper helper("while read channel user password; do echo $channel OK; done", 5s, kNumbered);
  EXPECT_EQ(helper.ask("ann", "right"), Answer::ok);
  EXPECT_EQ(helper.ask("bob", "right"), Answer::ok);
  Helper stuck("while read channel user password; do echo 1 OK; done", 5s, kNumbered);
  EXPECT_EQ(stuck.ask("ann", "right"), Answer::ok);
  EXPECT_EQ(stuck.ask("bob", "wrong"), Answer::failed);
}

TEST(HelperProcess, WhatGoesWrongIsNoAnswer) {
  const std::string scripts[] = {
      "exit 1",
      "read line; exit 0",
      "read line; printf OK",
      "read line; printf 'OK\\nOK\\n'; read line",
      "read line; yes A | tr -d '\\n'",
      "read line; printf '\\000\\377\\n'; read line",
      "exec sleep 60",
  };
  for (const auto& script : scripts) {
    Helper helper(script, 300ms);
    EXPECT_EQ(helper.ask("ann", "right"), Answer::failed) << script;
  }
  std::atomic<bool> stop = false;
  HelperProcess missing({"/nowhere/helper"}, HelperProcess::Channels::none, 300ms, stop);
  EXPECT_EQ(missing.ask(credentials("ann", "right")), Answer::failed);
}

TEST(HelperProcess, ADeadOneIsStartedAgainButNotAtOnce) {
  Helper helper("read line; echo OK");
  EXPECT_EQ(helper.ask("ann", "right"), Answer::ok);
  EXPECT_EQ(helper.ask("ann", "right"), Answer::failed);  // it has ended
  EXPECT_EQ(helper.ask("ann", "right"), Answer::failed);  // and rests
}

TEST(HelperProcess, AStopEndsTheWaiting) {
  Helper helper("exec sleep 60", 60s);
  helper.stop();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(helper.ask("ann", "right"), Answer::failed);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

}  // namespace
}  // namespace breakwater::auth
