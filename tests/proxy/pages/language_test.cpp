#include <gtest/gtest.h>

#include "proxy/pages/block_page.h"

namespace breakwater::pages {
namespace {

TEST(ChooseLanguage, Table) {
  constexpr auto kEnglish = Language::english;
  constexpr auto kWelsh = Language::welsh;
  const std::pair<std::string_view, Language> cases[] = {
      {"", kEnglish},
      {"en-GB,en;q=0.9", kEnglish},
      {"cy", kWelsh},
      {"CY-gb", kWelsh},
      {"cy-GB,cy;q=0.9,en;q=0.8", kWelsh},
      {"en-GB,en;q=0.9,cy;q=0.8", kEnglish},
      {"en;q=0.3, cy;q=0.301", kWelsh},
      {"en;q=0.8,cy", kWelsh},
      {"cy,en", kWelsh},  // equal: the first
      {"en,cy", kEnglish},
      {"*", kEnglish},
      {"cy,*", kWelsh},
      {"cy;q=0.5,*", kEnglish},
      {"*;q=0.1,cy;q=0.5", kWelsh},
      {"en;q=0,*", kWelsh},
      {"cy;q=0", kEnglish},
      {"cy;q=0,en;q=0", kEnglish},
      {"fr,de;q=0.9", kEnglish},
      {"fr,cy;q=0.1", kWelsh},
      {" cy ; q=1.000 , en ; q=0.999 ", kWelsh},
      {"cy;level=1;q=0.2,en;q=0.3", kEnglish},
      {"cy;q=1.001,en;q=0.1", kEnglish},  // a malformed quality: the range does not count
      {"cy;q=,en;q=0.1", kEnglish},
      {"cy;q=0.5555,en;q=0.1", kEnglish},
      {"cy;q=-1,en;q=0.1", kEnglish},
      {"cy;q=2,en;q=0.1", kEnglish},
      {"cy;q=0.,en;q=0.1", kEnglish},
      {"cyx,c,cy_GB", kEnglish},
      {",,;;,=,cy", kWelsh},
      {"C", kEnglish},
      {"fr,Cy", kWelsh},
      {"fr,*", kEnglish},
  };
  for (const auto& [value, expected] : cases)
    EXPECT_EQ(choose_language(value), expected) << value;
}

TEST(ChooseLanguage, ReadsOnlyTheFrontOfWhatIsAbsurd) {
  std::string many;
  for (int i = 0; i < 40; ++i)
    many += "fr,";
  EXPECT_EQ(choose_language(many + "cy"), Language::english);
  EXPECT_EQ(choose_language(std::string(2000, ' ') + "cy"), Language::english);
}

}  // namespace
}  // namespace breakwater::pages
