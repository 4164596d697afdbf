#include "proxy/selftest/marks.h"

#include <gtest/gtest.h>

namespace breakwater::selftest {
namespace {

Marks::End end(std::string_view address, std::uint16_t port) {
  return {*categories::IpAddress::parse(address), port};
}

TEST(Marks, AreForOneConnectionFromOneEnd) {
  Marks marks;
  EXPECT_EQ(nullptr, marks.take(end("127.0.0.1", 1000)));
  const auto mark = std::make_shared<Mark>("staff");
  marks.add(end("127.0.0.1", 1000), mark);
  for (const auto& other : {end("127.0.0.1", 1001), end("127.0.0.2", 1000), end("::1", 1000)})
    EXPECT_EQ(nullptr, marks.take(other));
  EXPECT_EQ(mark, marks.take(end("127.0.0.1", 1000)));
  EXPECT_EQ(nullptr, marks.take(end("127.0.0.1", 1000))) << "whoever comes from there next is a client";
  marks.remove(end("127.0.0.1", 1000));
  marks.add(end("127.0.0.1", 1000), mark);
  marks.remove(end("127.0.0.1", 1000));
  EXPECT_EQ(nullptr, marks.take(end("127.0.0.1", 1000)));
}

TEST(Marks, KnowTheLastJudgement) {
  Mark mark("staff");
  EXPECT_EQ("staff", mark.group());
  EXPECT_FALSE(mark.judgement());
  mark.note({rules::Action::allow, rules::Reason::group_default, "", "", ""});
  mark.note({rules::Action::block, rules::Reason::floor, "", "session", "ut1/x/domains"});
  ASSERT_TRUE(mark.judgement());
  EXPECT_EQ(rules::Reason::floor, mark.judgement()->reason);
}

}  // namespace
}  // namespace breakwater::selftest
