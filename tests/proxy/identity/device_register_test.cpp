#include "proxy/identity/device_register.h"

#include <gmock/gmock.h>

namespace breakwater::identity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> mistakes(std::string_view text) {
  categories::Diagnostics diagnostics;
  const auto devices = DeviceRegister::parse(text, "", diagnostics);
  EXPECT_EQ(!devices, categories::has_errors(diagnostics));
  std::vector<std::string> lines;
  for (const auto& each : diagnostics) {
    const auto line = to_string(each);
    lines.push_back(line.substr(line.find_first_not_of(": ")));
  }
  return lines;
}

TEST(DeviceRegister, ReadsWhatSpreadsheetsWrite) {
  categories::Diagnostics diagnostics;
  const auto devices = DeviceRegister::parse(
      "\xEF\xBB\xBFName,MAC,Owner,Person,Group\r\n"
      "\"Laptop 7, blue\",00-00-5E-00-53-01,pool laptop,,learners\r\n"
      "Ann's \xC3\xA9phone,da:a1:19:00:00:01,BYOD,Ann@Example.org,\r\n",
      "devices.csv", diagnostics);
  ASSERT_TRUE(devices);
  EXPECT_THAT(diagnostics, IsEmpty());
  EXPECT_EQ(devices->size(), 2u);
  const auto* laptop = devices->find(*MacAddress::parse("00:00:5e:00:53:01"));
  ASSERT_TRUE(laptop);
  EXPECT_EQ(laptop->name, "Laptop 7, blue");
  EXPECT_EQ(laptop->owner, rules::OwnerKind::pool_laptop);
  EXPECT_EQ(laptop->group, "learners");
  EXPECT_EQ(laptop->line, 2u);
  // Made up by the phone, but the register names it.
  const auto* phone = devices->find(*MacAddress::parse("daa119000001"));
  ASSERT_TRUE(phone);
  EXPECT_EQ(phone->owner, rules::OwnerKind::byod);
  EXPECT_EQ(phone->person, "ann@example.org");
  EXPECT_FALSE(devices->find(*MacAddress::parse("daa119000002")));
}

TEST(DeviceRegister, EveryMistakeHasItsPlace) {
  EXPECT_THAT(mistakes(""), ElementsAre("1:1: error: empty: the first line is the header MAC,name,owner"));
  EXPECT_THAT(mistakes("MAC,name,onwer\n"),
              ElementsAre("1:10: error: unknown column \"onwer\"; did you mean \"owner\"?"));
  EXPECT_THAT(mistakes("MAC,name,mac\n"), ElementsAre("1:10: error: column \"mac\" stands twice"));
  EXPECT_THAT(mistakes("MAC,name\n"), ElementsAre("1:1: error: no column \"owner\": the first line is the header "
                                                  "MAC,name,owner[,group][,person]"));
  EXPECT_THAT(
      mistakes("MAC,name,owner,group\n"
               "00:00:5e:00:53:01,\xC3\xA9,consol,x\n"
               "00:00:5e:00:53:01,b,console\n"
               "00:00:5e:00:53:01,c,console,\n"
               "01:00:5e:00:53:01,,guest,\n"
               "00:00:5e:00:53:02,d\x01,guest,\n"
               "00:00:5e:00:53:03,\"e\"f,guest,\n"),
      ElementsAre(
          "2:22: error: unknown owner \"consol\"; did you mean \"console\"? (pool laptop, byod, console, guest)",
          "3:1: error: 3 fields where the header has 4", "4:1: error: \"00:00:5e:00:53:01\" stands twice (line 2)",
          "5:1: error: \"01:00:5e:00:53:01\" is no MAC address of a device, as 00:00:5e:00:53:01",
          "5:19: error: a device without a name",
          "6:19: error: \"d\\x01\" is no text of at most 200 bytes without control characters",
          "7:22: error: text behind the quote that ends a field"));
}

TEST(DeviceRegister, TooManyDevices) {
  std::string text = "MAC,name,owner\n";
  for (std::size_t i = 0; i <= DeviceRegister::kMaxDevices; ++i) {
    const auto byte = [&](std::size_t shift) { return static_cast<std::uint8_t>(i >> shift); };
    text += MacAddress({2, 0, 0, byte(16), byte(8), byte(0)}).to_string() + ",x,guest\n";
  }
  EXPECT_THAT(mistakes(text), ElementsAre("100002:1: error: more than 100000 devices"));
}

TEST(DeviceRegister, EveryTruncationIsARegisterOrAMistake) {
  const std::string text = "MAC,name,owner\n00:00:5e:00:53:01,\"a\"\"b\",guest\n";
  for (std::size_t length = 0; length <= text.size(); ++length)
    static_cast<void>(mistakes(std::string_view(text).substr(0, length)));
}

}  // namespace
}  // namespace breakwater::identity
