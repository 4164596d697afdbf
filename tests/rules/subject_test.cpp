#include "rules/subject.h"

#include <gtest/gtest.h>

namespace breakwater::rules {
namespace {

TEST(PersonKey, IsTheSurestThingThatIsKnown) {
  Subject subject;
  subject.address = *categories::IpAddress::parse("10.20.0.7");
  EXPECT_EQ(person_key(subject), "address:10.20.0.7");
  subject.device = "02:00:5e:00:53:01";
  EXPECT_EQ(person_key(subject), "device:02:00:5e:00:53:01");
  subject.user = "anna";
  EXPECT_EQ(person_key(subject), "user:anna");
}

}  // namespace
}  // namespace breakwater::rules
