#include "proxy/pages/block_page.h"

#include <set>

#include <gmock/gmock.h>

#include "categories/built_in_categories.h"
#include "proxy/pages/category_names.h"
#include "proxy/pages/words.h"
#include "rules/verdict.h"

namespace breakwater::pages {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Language kLanguages[] = {Language::english, Language::welsh};

std::vector<std::string_view> reasons() {
  std::vector<std::string_view> all{"unrecorded", "dns",   "connect",           "timeout",
                                    "origin",     "limit", "sign_in_elsewhere", "sign_in_failed"};
  for (auto reason = rules::Reason::malformed; reason <= rules::Reason::engine_error;
       reason = static_cast<rules::Reason>(static_cast<int>(reason) + 1))
    if (reason != rules::Reason::essential && reason != rules::Reason::allow_list && reason != rules::Reason::pass)
      all.push_back(rules::to_string(reason));
  return all;
}

BlockPage block_for(std::string_view reason) {
  BlockPage page;
  page.reason = reason;
  return page;
}

BlockPage session_block() {
  BlockPage page;
  page.centre = "The Engineering Skills Academy";
  page.what = "www.tiktok.com";
  page.reason = "rule";
  page.categories = {"social-media/tiktok", "local/odd"};
  page.rule = "private use in sessions";
  page.period = "session";
  page.until = "10:30";
  page.reference = "7QK4M-2XP9D";
  return page;
}

TEST(BlockPage, SaysWhatWhyUntilWhenAndTheReference) {
  const auto english = render(session_block(), Language::english);
  EXPECT_THAT(english,
              AllOf(HasSubstr("<html lang=\"en-GB\">"), HasSubstr("The Engineering Skills Academy"),
                    HasSubstr("www.tiktok.com"), HasSubstr("This site is not open right now"), HasSubstr("TikTok"),
                    HasSubstr("local/odd"), HasSubstr("private use in sessions"), HasSubstr("session")));
  EXPECT_THAT(english, AllOf(HasSubstr("It opens at <strong>10:30</strong>"), HasSubstr("7QK4M-2XP9D"),
                             HasSubstr("Ask your tutor, and quote the reference")));
  const auto welsh = render(session_block(), Language::welsh);
  EXPECT_THAT(welsh, AllOf(HasSubstr("<html lang=\"cy\">"), HasSubstr("Bydd yn agor am <strong>10:30</strong>"),
                           HasSubstr("Cyfeirnod"), HasSubstr("7QK4M-2XP9D"), HasSubstr("sesiwn"),
                           HasSubstr("Gofynnwch i’ch tiwtor")));
}

TEST(BlockPage, SaysWhatIsUsedOfAQuota) {
  auto page = session_block();
  page.reason = "quota";
  page.quota.minutes = {20, 20};
  page.quota.bytes = {210'000'000, 200 << 20};
  EXPECT_THAT(
      render(page, Language::english),
      AllOf(HasSubstr("Your allowance is used up"), HasSubstr("<dt>Used</dt><dd><bdi>20 of 20 minutes</bdi></dd>"),
            HasSubstr("<bdi>200 of 200 MiB</bdi>"), HasSubstr("<dt>Left</dt><dd><bdi>nothing</bdi></dd>")));
  EXPECT_THAT(render(page, Language::welsh),
              AllOf(HasSubstr("<bdi>20 o 20 munud</bdi>"), HasSubstr("<dt>Ar ôl</dt><dd><bdi>dim</bdi></dd>")));
  page.quota.bytes.reset();
  EXPECT_THAT(render(page, Language::english), Not(HasSubstr("MiB")));
}

TEST(BlockPage, LeavesOutWhatIsNotKnown) {
  const auto page = render(block_for("floor"), Language::english);
  for (const std::string_view absent : {"opens at", "<dt>", "<aside>", "<bdi>", "<p></p>"})
    EXPECT_THAT(page, Not(HasSubstr(std::string(absent))));
}

TEST(BlockPage, EveryReasonHasItsOwnTextInBothLanguages) {
  std::set<std::string_view> texts;
  for (const auto reason : reasons()) {
    const auto& found = words_for(reason);
    EXPECT_EQ(found.reason, reason) << "no words for it";
    for (const auto& [title, text] : found.words) {
      EXPECT_FALSE(title.empty() || text.empty()) << reason;
      EXPECT_TRUE(texts.insert(text).second) << text;
    }
    for (const auto language : kLanguages) {
      const auto page = block_for(reason);
      const auto& words = found.words[static_cast<std::size_t>(language)];
      EXPECT_THAT(render(page, language),
                  AllOf(HasSubstr(std::string(words.title)), HasSubstr(std::string(words.text))));
    }
  }
  EXPECT_EQ(words_for("of a later version").words[0].title, "This site is blocked");
}

TEST(BlockPage, EveryLabelIsThereInBothLanguages) {
  for (const auto language : kLanguages) {
    const auto& l = labels(language);
    for (const auto text : {l.code,      l.opens,     l.category, l.categories, l.period,     l.rule,      l.detail,
                            l.used,      l.of,        l.minutes,  l.left,       l.nothing,    l.reference, l.advice[0],
                            l.advice[1], l.advice[2], l.help,     l.childline,  l.samaritans, l.act_early, l.logged})
      EXPECT_FALSE(text.empty());
  }
}

TEST(BlockPage, EveryBuiltInCategoryHasANameInBothLanguages) {
  for (const auto category : categories::built_in_categories())
    for (const auto language : kLanguages) {
      EXPECT_NE(category_name(category, language), category);
      EXPECT_FALSE(category_name(category, language).empty()) << category;
    }
  EXPECT_EQ(category_name("ut1/strange", Language::welsh), "ut1/strange");
}

TEST(BlockPage, HostileTextIsTextOnly) {
  const std::string_view hostile = "\"><script>alert('x')</script>&amp;<img src=x onerror=y>\n\0\xFF\xE2\x80\xAE";
  BlockPage page;
  page.centre = page.what = page.detail = page.rule = page.period = page.until = page.reference = hostile;
  page.reason = hostile;
  page.categories = {hostile};
  for (const auto language : kLanguages) {
    const auto html = render(page, language);
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("'x'")),
                            Not(HasSubstr("\xFF")), Not(HasSubstr("&amp;<")),
                            Not(HasSubstr("\""
                                          "><s"))));
    EXPECT_THAT(html, HasSubstr("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;"));
  }
}

TEST(BlockPage, LongTextIsCut) {
  const std::string long_text(1 << 20, '<');
  BlockPage page;
  page.centre = page.what = page.detail = page.rule = page.period = page.until = page.reference = long_text;
  page.reason = "malformed";
  page.categories.assign(1000, long_text);
  const auto html = render(page, Language::english);
  EXPECT_LT(html.size(), 40'000U);
  EXPECT_THAT(html, HasSubstr("…"));
}

TEST(BlockPage, FetchesNothingAndRunsNothing) {
  for (const auto language : kLanguages)
    for (const auto reason : reasons()) {
      auto page = session_block();
      page.reason = reason;
      page.categories = {"extremism", "self-harm"};
      const auto html = render(page, language);
      for (const std::string_view forbidden :
           {"http://", "https://", "src=", "<script", "javascript:", "@import", "url(", "<link"})
        EXPECT_THAT(html, Not(HasSubstr(std::string(forbidden))));
      EXPECT_LT(html.size(), 8192U);
    }
}

TEST(BlockPage, HelpLinesWhereTheyMayHelp) {
  const auto page_for = [](std::string_view category, Language language) {
    auto page = block_for("floor");
    page.categories = {category};
    return render(page, language);
  };
  for (const auto language : kLanguages) {
    for (const auto category : {"self-harm", "child-abuse"})
      EXPECT_THAT(page_for(category, language), AllOf(HasSubstr("Childline 0800 1111"), HasSubstr("Samaritans 116 123"),
                                                      Not(HasSubstr("ACT Early"))));
    for (const auto category : {"extremism", "terrorism"})
      EXPECT_THAT(page_for(category, language),
                  AllOf(HasSubstr("Childline 0800 1111"), HasSubstr("ACT Early 0800 011 3764")));
    EXPECT_THAT(page_for("gambling", language), Not(HasSubstr("Childline")));
  }
}

TEST(BlockPage, ResponseFieldsForbidEverythingButItsStyle) {
  EXPECT_THAT(
      std::string(kResponseFields),
      AllOf(HasSubstr("default-src 'none'; style-src 'unsafe-inline'"), HasSubstr("Cache-Control: no-store\r\n"),
            HasSubstr("X-Content-Type-Options: nosniff\r\n"), HasSubstr("Referrer-Policy: no-referrer\r\n")));
  EXPECT_TRUE(kResponseFields.ends_with("\r\n"));
  EXPECT_EQ(kResponseFields.find("\r\n\r\n"), std::string_view::npos);
}

}  // namespace
}  // namespace breakwater::pages
