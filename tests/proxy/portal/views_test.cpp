#include "proxy/portal/views.h"

#include <cmath>
#include <map>
#include <regex>

#include <gmock/gmock.h>

#include "proxy/portal/words.h"

namespace breakwater::portal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr pages::Language kLanguages[] = {pages::Language::english, pages::Language::welsh};

Blocked some_block() {
  Blocked blocked;
  blocked.reference = "7QK4M-2XP9D";
  blocked.host = "www.tiktok.com";
  blocked.reason = "rule";
  blocked.categories = {"social-media/tiktok"};
  blocked.times = 3;
  return blocked;
}

std::string window(pages::Language language, const Blocked& blocked) {
  WindowView view;
  view.group = "learners";
  view.period = "session";
  view.bell = "10:30";
  view.open = {rules::Action::allow, {"news"}, {"games"}, {"gambling"}};
  view.quotas = {{"private use", 12, 30 << 20}, {"a", {}, 2048}};
  view.entries = {{blocked, "10:05", "10:30"}};
  view.token = "1.a";
  return render(Frame{"Centre", language}, view);
}

std::vector<std::string> all_pages(std::string_view text) {
  std::vector<std::string> all;
  Blocked blocked = some_block();
  blocked.host = blocked.reference = text;
  blocked.categories = {std::string(text)};
  blocked.concern = rules::Concern::danger;
  for (const auto language : kLanguages) {
    all.push_back(window(language, blocked));
    AcceptView accept{text, text, text, text, std::string(text)};
    all.push_back(render(Frame{text, language}, accept));
    all.push_back(render(Frame{text, language}, NoticeView{text, text, text}));
  }
  return all;
}

TEST(Views, TheWindowSaysWhyAndWhatCanBeDone) {
  auto blocked = some_block();
  const auto english = window(pages::Language::english, blocked);
  EXPECT_THAT(english,
              AllOf(HasSubstr("<html lang=\"en-GB\">"), HasSubstr("www.tiktok.com"), HasSubstr("10:05 · 3 times"),
                    HasSubstr("The centre’s rules keep sites of this kind closed"), HasSubstr("TikTok"),
                    HasSubstr("7QK4M-2XP9D"), HasSubstr("Ask for a review")));
  EXPECT_THAT(english, AllOf(HasSubstr("learners"), HasSubstr("session"), HasSubstr("Next bell"),
                             HasSubstr("12 minutes, 30 MiB"), HasSubstr("2 KiB"), HasSubstr("News"),
                             HasSubstr("Childline"), HasSubstr("href=\"/?lang=cy\">Cymraeg")));
  EXPECT_THAT(english, Not(HasSubstr("That was an accident"))) << "nothing to explain";
  blocked.concern = rules::Concern::danger;
  EXPECT_THAT(window(pages::Language::english, blocked), HasSubstr("That was an accident"));
  EXPECT_THAT(window(pages::Language::welsh, blocked),
              AllOf(HasSubstr("<html lang=\"cy\">"), HasSubstr("Damwain oedd hynny"), HasSubstr("sesiwn")));
}

TEST(Views, EveryTextIsEscaped) {
  for (const auto& page : all_pages("\"><script>alert('x')</script>&<img src=x>")) {
    EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("\"\"><"))));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  }
}

TEST(Views, NothingIsFetchedAndNothingRuns) {
  for (const auto& page : all_pages("text"))
    for (const std::string_view forbidden : {"src=", "<script", "javascript:", "@import", "url(", "<link", " on"})
      EXPECT_EQ(page.substr(page.find("</style>")).find(forbidden == " on" ? " onclick" : forbidden),
                std::string::npos);
}

TEST(Views, TheRulesAreShownWholeInParagraphs) {
  const std::string line(1000, 'x');
  const auto text = "One & two\r\nthree\r\n\r\n" + line + "\n";
  const AcceptView view{"2026-09", text, "http://a.test/?b=1&c", "", "1.a"};
  const auto page = render(Frame{"Centre", pages::Language::english}, view);
  EXPECT_THAT(page, AllOf(HasSubstr("<p>One &amp; two<br>three</p><p>" + line + "</p>"),
                          HasSubstr("name=\"to\" value=\"http://a.test/?b=1&amp;c\""), HasSubstr("type=\"checkbox\""),
                          HasSubstr("href=\"/accept?lang=cy&amp;to=http%3A%2F%2Fa.test%2F%3Fb%3D1%26c\"")));
}

TEST(Views, EveryWordIsThereInBothLanguages) {
  // The members are all of one type, so that they can be walked.
  constexpr std::size_t kCount = sizeof(Words) / sizeof(std::string_view);
  for (const auto language : kLanguages) {
    const auto* first = &words(language).other_language;
    for (std::size_t i = 0; i < kCount; ++i)
      EXPECT_FALSE(std::next(first, static_cast<std::ptrdiff_t>(i))->empty()) << i;
  }
}

// ---- contrast (WCAG 2.1, 1.4.3 and its definition of relative luminance) ---------------------------------------

double luminance(const std::string& hex) {
  const auto wide = hex.size() == 3 ? std::string{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]} : hex;
  double sum = 0;
  const double weights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double value = std::stoi(wide.substr(2 * i, 2), nullptr, 16) / 255.0;
    sum += weights[i] * (value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& one, const std::string& other) {
  const auto [low, high] = std::minmax({luminance(one), luminance(other)});
  return (high + 0.05) / (low + 0.05);
}

std::map<std::string, std::string> colours(const std::string& style, const std::string& of) {
  std::map<std::string, std::string> found;
  const std::regex colour("--([a-z]+):#([0-9a-f]{3,6})");
  for (const auto& selector : {std::string(":root{"), "." + of + "{"}) {
    const auto begin = style.find(selector);
    const auto block = style.substr(begin, style.find('}', begin) - begin);
    for (std::sregex_iterator each(block.begin(), block.end(), colour); each != std::sregex_iterator(); ++each)
      found[(*each)[1]] = (*each)[2];
  }
  return found;
}

TEST(Views, EveryTextStandsOutFromItsGround) {
  const auto page = window(pages::Language::english, some_block());
  const auto dark = page.find("@media(prefers-color-scheme:dark)");
  ASSERT_NE(dark, std::string::npos);
  for (const auto& style : {page.substr(0, dark), page.substr(dark)})
    for (const std::string of : {"own", "never", "blocked", "failed"}) {
      auto c = colours(style, of);
      const std::pair<std::string, std::string> pairs[] = {{"text", "ground"}, {"text", "card"},   {"text", "well"},
                                                           {"soft", "ground"}, {"soft", "card"},   {"soft", "well"},
                                                           {"accent", "card"}, {"accent", "tint"}, {"card", "accent"}};
      for (const auto& [text, ground] : pairs) {
        ASSERT_FALSE(c[text].empty() || c[ground].empty()) << of << text << ground;
        EXPECT_GE(contrast(c[text], c[ground]), 4.5) << of << ": " << text << " on " << ground;
      }
    }
}

}  // namespace
}  // namespace breakwater::portal
