#include "proxy/identity/mac_address.h"

#include <gtest/gtest.h>

namespace breakwater::identity {
namespace {

TEST(MacAddress, EverySpellingOfAccessPointsIsOneAddress) {
  for (const auto* text : {"00:00:5e:00:53:ab", "00-00-5E-00-53-AB", "0000.5e00.53ab", "00005e-0053ab", "00005E0053AB",
                           "0000-5e00-53ab"}) {
    const auto mac = MacAddress::parse(text);
    ASSERT_TRUE(mac) << text;
    EXPECT_EQ(mac->to_string(), "00:00:5e:00:53:ab") << text;
    for (std::size_t length = 0; length < std::string_view(text).size(); ++length)
      EXPECT_FALSE(MacAddress::parse(std::string_view(text).substr(0, length))) << text << ' ' << length;
  }
}

TEST(MacAddress, OtherTextIsNone) {
  for (const auto* text : {"", "-", "00:00:5e:00:53", "00:00:5e:00:53:ab:", "00:00:5e:00:53:ab:cd", "00:00-5e:00:53:ab",
                           "0:0:5e:0:53:ab", "00:00:5e:00:53:ag", "000:05e:005:3ab", "00005e0053ab0", " 0000.5e00.53ab",
                           "00:00:5e:00:53:ab-lan", "00::5e:00:53:ab0"})
    EXPECT_FALSE(MacAddress::parse(text)) << text;
}

TEST(MacAddress, SaysWhatItIs) {
  struct Case {
    const char* text;
    bool randomised, device;
  };
  for (const auto& each : {Case{"00:00:5e:00:53:01", false, true}, Case{"02:00:5e:00:53:01", true, true},
                           Case{"da:a1:19:00:00:01", true, true}, Case{"00:00:00:00:00:00", false, false},
                           Case{"ff:ff:ff:ff:ff:ff", true, false}, Case{"01:00:5e:00:00:01", false, false}}) {
    const auto mac = MacAddress::parse(each.text);
    EXPECT_EQ(mac->is_randomised(), each.randomised) << each.text;
    EXPECT_EQ(mac->is_device(), each.device) << each.text;
  }
}

}  // namespace
}  // namespace breakwater::identity
