#include "proxy/auth/authenticator.h"

#include <fstream>
#include <future>
#include <mutex>

#include <gtest/gtest.h>

#include "proxy/auth/users_file.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::auth {
namespace {

using Outcome = Authenticator::Outcome;
using namespace std::chrono_literals;

Credentials credentials(std::string_view user, std::string_view password) {
  Credentials made;
  made.user = user;
  made.password = password;
  return made;
}

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() { options_.remember = 60s; }

  void write(std::string_view text) {
    const auto fresh = file_ + ".new";
    std::ofstream(fresh) << text;
    std::filesystem::rename(fresh, file_);
  }
  void use_file(std::string_view text) {
    write(text);
    options_.users = file_;
    options_.on_revoked = [this](const std::string& user) { revoked_.set_value(user); };
  }
  void start() { authenticator_.emplace(options_); }

  /// Waits for it; `later_` tells whether it was known at once.
  Outcome check(std::string_view user, std::string_view password, const char* client = "10.20.0.5") {
    auto answer = std::make_shared<std::promise<Outcome>>();
    const auto known = authenticator_->check(*categories::IpAddress::parse(client), credentials(user, password),
                                             std::chrono::steady_clock::now(),
                                             [answer](Outcome outcome) { answer->set_value(outcome); });
    later_ = !known;
    return known ? *known : answer->get_future().get();
  }

  test::TemporaryFolder folder_;
  const std::string file_ = (folder_.path() / "users").string();
  AuthenticatorOptions options_;
  std::promise<std::string> revoked_;
  std::optional<Authenticator> authenticator_;
  bool later_ = false;
};

TEST_F(AuthenticatorTest, WhatWasRightIsKnownFromThenOn) {
  use_file("ann:" + hash_password("right") + "\n");
  start();
  EXPECT_EQ(check("ann", "right"), Outcome::accepted);
  EXPECT_TRUE(later_);
  EXPECT_EQ(check("ann", "right", "fd00::7"), Outcome::accepted);
  EXPECT_FALSE(later_);
  EXPECT_EQ(check("ann", "wrong"), Outcome::refused);
  EXPECT_EQ(check("nobody", "right"), Outcome::refused);
}

TEST_F(AuthenticatorTest, WhoGuessesIsSlowedDownByClientAndByName) {
  use_file("ann:" + hash_password("right") + "\nbob:" + hash_password("right") + "\n");
  start();
  EXPECT_EQ(check("bob", "right", "10.20.0.9"), Outcome::accepted);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(check("ann", "wrong" + std::to_string(i), "fd00::1"), Outcome::refused);
  EXPECT_EQ(check("ann", "right", "10.20.0.9"), Outcome::too_often);  // the name
  EXPECT_EQ(check("zoe", "any", "fd00::ffff"), Outcome::too_often);   // the client's /64
  EXPECT_EQ(check("zoe", "any", "fd00:0:0:1::1"), Outcome::refused);
  EXPECT_EQ(check("bob", "right", "fd00::1"), Outcome::accepted);  // is known
}

TEST_F(AuthenticatorTest, AnotherFileIsTakenAndEndsWhatItTakesAway) {
  use_file("ann:" + hash_password("right") + "\n");
  start();
  EXPECT_EQ(check("ann", "right"), Outcome::accepted);
  write("ann:" + hash_password("other") + "\n");
  EXPECT_EQ(revoked_.get_future().get(), "ann");
  EXPECT_EQ(check("ann", "right"), Outcome::refused);
  EXPECT_TRUE(later_);
  EXPECT_EQ(check("ann", "other"), Outcome::accepted);
}

TEST_F(AuthenticatorTest, AHelperKnowsTheOthersAndAFullQueueIsSaid) {
  use_file("ann:" + hash_password("right") + "\n");
  options_.helper = {
      "/bin/sh", "-c",
      "while read user password; do case $user in ann|bob) echo OK;; slow) sleep 1; echo ERR;; *) echo BH;; "
      "esac; done"};
  options_.timeout = 5s;
  start();
  EXPECT_EQ(check("bob", "any"), Outcome::accepted);
  EXPECT_EQ(check("ann", "any"), Outcome::refused);  // the file alone says
  EXPECT_EQ(check("carl", "any"), Outcome::failed);
  const auto ask = [&](std::string_view password, std::size_t client = 0) {
    return authenticator_->check(categories::IpAddress::from_v4(0x0a140000 + static_cast<std::uint32_t>(client)),
                                 credentials("slow", password), std::chrono::steady_clock::now(), [](Outcome) {});
  };
  for (std::uint32_t i = 0; i < Authenticator::kMaxQueue; ++i)
    EXPECT_EQ(ask(std::to_string(i), i / Authenticator::kMaxQueueOfOne), std::nullopt);
  EXPECT_EQ(ask("one more", 99), Outcome::busy);
  EXPECT_EQ(ask("0"), std::nullopt);  // waits with the first of its kind
  const auto begin = std::chrono::steady_clock::now();
  authenticator_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(AuthenticatorTest, OneClientDoesNotFillTheQueue) {
  options_.helper = {"/bin/sh", "-c", "exec sleep 60"};
  options_.timeout = 60s;
  start();
  const auto client = *categories::IpAddress::parse("10.20.0.5");
  const auto ask = [&](const std::string& password) {
    return authenticator_->check(client, credentials("ann", password), std::chrono::steady_clock::now(),
                                 [](Outcome) {});
  };
  for (std::size_t i = 0; i < Authenticator::kMaxQueueOfOne; ++i)
    EXPECT_EQ(ask(std::to_string(i)), std::nullopt);
  EXPECT_EQ(ask("one more"), Outcome::busy);
}

TEST_F(AuthenticatorTest, AFileThatCannotBeUsedIsToldAtTheStart) {
  use_file("ann:secret\n");
  try {
    start();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), file_ + ":1: error: no argon2id hash: make one with `breakwater user add`");
  }
}

}  // namespace
}  // namespace breakwater::auth
