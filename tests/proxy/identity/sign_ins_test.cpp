#include "proxy/identity/sign_ins.h"

#include <gmock/gmock.h>

namespace breakwater::identity {
namespace {

using categories::IpAddress;
using testing::ElementsAre;
using namespace std::chrono_literals;

class SignInsTest : public testing::Test {
 protected:
  SignInsTest() {
    sign_ins_.on_change([this] { ++changes_; });
  }
  void touch(const char* address, std::string user) { sign_ins_.touch(*IpAddress::parse(address), user, now_); }
  void later(std::chrono::seconds time) {
    now_ += time;
    sign_ins_.expire(now_);
  }
  /// "user" of each address, in order.
  std::vector<std::string> users() const {
    auto all = sign_ins_.all();
    std::ranges::sort(all, {}, &SignIns::SignIn::address);
    std::vector<std::string> names;
    for (const auto& each : all)
      names.push_back(each.user);
    return names;
  }

  SignIns sign_ins_{600s};
  rules::SysSeconds now_{1'763'800'000s};
  int changes_ = 0;
};

TEST_F(SignInsTest, AnAddressIsItsLatestComers) {
  touch("10.20.0.5", "ann");
  touch("10.20.0.6", "bob");
  EXPECT_THAT(users(), ElementsAre("ann", "bob"));
  touch("10.20.0.5", "zoe");
  EXPECT_THAT(users(), ElementsAre("zoe", "bob"));
  EXPECT_EQ(changes_, 3);
  for (int i = 0; i < 10; ++i) {  // two at once do not take it from each other
    later(60s);
    touch("10.20.0.5", "ann");
    touch("10.20.0.5", "zoe");
    touch("10.20.0.6", "bob");
  }
  EXPECT_EQ(changes_, 3);
  EXPECT_THAT(users(), ElementsAre("zoe", "bob"));
  later(SignIns::kAside);
  touch("10.20.0.5", "ann");  // comes back
  EXPECT_THAT(users(), ElementsAre("ann", "bob"));
}

TEST_F(SignInsTest, SilenceEndsIt) {
  touch("10.20.0.5", "ann");
  later(599s);
  touch("10.20.0.5", "ann");
  later(599s);
  EXPECT_THAT(users(), ElementsAre("ann"));
  later(1s);
  EXPECT_THAT(users(), ElementsAre());
  EXPECT_EQ(changes_, 2);
}

TEST_F(SignInsTest, WhoStaysHoldsItAfterTheHolderHasGone) {
  touch("10.20.0.5", "ann");
  touch("10.20.0.5", "zoe");
  for (int i = 0; i < 10; ++i) {
    later(60s);
    touch("10.20.0.5", "ann");
  }
  EXPECT_THAT(users(), ElementsAre("ann"));
}

TEST_F(SignInsTest, AnAccountThatIsTakenAwayEndsEverywhere) {
  touch("10.20.0.5", "ann");
  touch("10.20.0.6", "ann");
  touch("10.20.0.7", "zoe");
  sign_ins_.end("ann", now_);
  EXPECT_THAT(users(), ElementsAre("zoe"));
  EXPECT_TRUE(sign_ins_.has_ended("ann", now_));
  EXPECT_FALSE(sign_ins_.has_ended("ann", now_ + 1s));
  EXPECT_FALSE(sign_ins_.has_ended("zoe", now_));
}

TEST_F(SignInsTest, NothingGrowsForEver) {
  for (int i = 0; i < 20; ++i)
    touch("10.20.0.5", "user" + std::to_string(i));
  EXPECT_THAT(users(), ElementsAre("user19"));
  for (std::uint32_t i = 0; i <= SignIns::kMaxAddresses; ++i)
    sign_ins_.touch(IpAddress::from_v4(0x0b000000 + i), "ann", now_);
  EXPECT_EQ(sign_ins_.all().size(), SignIns::kMaxAddresses);
  SignIns other(600s);
  for (std::size_t i = 0; i <= SignIns::kMaxEnded; ++i)
    other.end(std::to_string(i), now_ + std::chrono::seconds(i));
  EXPECT_FALSE(other.has_ended("0", now_));
  EXPECT_TRUE(other.has_ended("1", now_));
}

}  // namespace
}  // namespace breakwater::identity
