#include "categories/search_words.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <re2/re2.h>
#include <unistr.h>

#include "categories/url.h"

namespace breakwater::categories {
namespace {

/// "-" where there are none.
std::string words(std::string_view text) {
  const auto whole = std::string{"http://"}.append(text);
  const auto url = parse_url(whole, HostSource::wire);
  if (!url) return "bad URL";
  return search_words(url->host, url->path).value_or("-");
}

TEST(SearchWords, OfEverySiteOfTheTable) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"www.google.com/search?q=how+to&hl=en", "how to"},
      {"google.co.uk/search?client=x&q=a", "a"},
      {"www.google.com.tr/?q=a", "a"},
      {"images.google.de/images?as_q=a", "a"},
      {"scholar.google.com/scholar?hl=en&q=a", "a"},
      {"www.google.pl/complete/search?client=x&q=a", "a"},
      {"www.google.com/search?q=&q=b", "b"},
      {"www.google.com/search?oq=a&aq=b", "-"},
      {"www.google.com/url?q=http://b.com/", "-"},
      {"www.google.evil.com/search?q=a", "-"},
      {"google.com.evil.org/search?q=a", "-"},
      {"notgoogle.com/search?q=a", "-"},
      {"google/search?q=a", "-"},
      {"google.org/search?q=a", "-"},
      {"www.google.com/maps", "-"},
      {"www.bing.com/search?q=a", "a"},
      {"www.bing.com/images/search?q=a&form=x", "a"},
      {"bing.co.uk/search?q=a", "-"},
      {"duckduckgo.com/?q=a&ia=web", "a"},
      {"html.duckduckgo.com/html/?q=a", "a"},
      {"uk.search.yahoo.com/search;_ylt=x?p=a", "a"},
      {"search.yahoo.co.jp/search?ei=UTF-8&p=a", "a"},
      {"www.yahoo.com/news?p=a", "-"},
      {"www.ecosia.org/search?method=index&q=a", "a"},
      {"www.qwant.com/?l=en&q=a&t=web", "a"},
      {"www.startpage.com/sp/search?query=a", "a"},
      {"yandex.ru/search/?lr=1&text=a", "a"},
      {"yandex.com.tr/images/search?text=a", "a"},
      {"ya.ru/search/?text=a", "a"},
      {"www.baidu.com/s?wd=%E4%B8%AD", "中"},
      {"www.ask.com/web?q=a", "a"},
      {"search.brave.com/search?q=a", "a"},
      {"search.aol.co.uk/aol/search?q=a", "a"},
      {"en.wikipedia.org/w/index.php?title=Special:Search&search=a", "a"},
      {"en.wikipedia.org/wiki/Search?q=a", "-"},
      {"m.youtube.com/results?search_query=a", "a"},
      {"www.youtube.com/watch?v=q", "-"},
      {"www.amazon.co.uk/s?k=a&ref=x", "a"},
      {"www.amazon.com/s/ref=nb?url=x&field-keywords=a", "a"},
      {"www.amazon.com/dp/1?keywords=a", "-"},
      {"www.ebay.co.uk/sch/i.html?_nkw=a", "a"},
      {"www.reddit.com/r/x/search/?q=a", "a"},
      {"x.com/search?q=%23a&src=typed", "#a"},
      {"x.com/hashtag/a?src=h", "a"},
      {"x.co.uk/search?q=a", "-"},
      {"twitter.com/search?q=a", "a"},
      {"www.tiktok.com/search/video?q=a", "a"},
      {"www.tiktok.com/tag/a%20b", "a b"},
      {"www.pinterest.co.uk/search/pins/?q=a", "a"},
      {"example.com/search?q=a", "-"},
      {"127.0.0.1/search?q=a", "-"},
  };
  for (const auto& [url, expected] : kCases)
    EXPECT_EQ(expected, words(url)) << url;
}

TEST(SearchWords, AreCleanText) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"%C5%82%C3%B3d%C5%BA", "łódź"},
      {"a%2Bb%26c", "a+b&c"},
      {"++a+++b%0d%0ac%00+", "a b c"},
      {"a%1b%5b31m%7fb", "a [31m b"},
      {"%c2%85a%e2%80%a8b%e2%80%aec%c2%a0d", "a b c d"},
      {"%ff%c3a%ed%a0%80", "��a�"},
      {"100%", "100%"},
      {"%zz%4", "%zz%4"},
      {"%2525", "%25"},
      {"a=b", "a=b"},
      {"%20+%00", "-"},
  };
  for (const auto& [raw, expected] : kCases)
    EXPECT_EQ(expected, words(std::string{"www.google.com/search?q="}.append(raw))) << raw;
}

TEST(SearchWords, AreCutAtACharacter) {
  const auto google = *normalise_host("google.com", HostSource::wire);
  for (std::size_t length = 250; length <= 262; ++length) {
    auto text = std::string(length, 'a') + "%c3%a9%e4%b8%ad";
    const auto found = search_words(google, "/search?q=" + text);
    ASSERT_TRUE(found);
    EXPECT_LE(found->size(), kMaxSearchWords);
    EXPECT_GE(found->size(), std::min(kMaxSearchWords - 2, length));
    EXPECT_EQ(nullptr, u8_check(reinterpret_cast<const std::uint8_t*>(found->data()), found->size())) << length;
  }
  EXPECT_FALSE(search_words(google, "/search?x=" + std::string(9'000, 'a') + "&q=b"));
}

/// A URL cut anywhere gives a part of the words or none.
TEST(SearchWords, OfACutUrl) {
  const auto google = *normalise_host("google.com", HostSource::wire);
  const std::string url = "/search?hl=en&q=a%C3%A9b";
  for (std::size_t length = 0; length <= url.size(); ++length) {
    const auto found = search_words(google, url.substr(0, length)).value_or("");
    EXPECT_TRUE(found.starts_with('a') || found.empty()) << length;
    EXPECT_EQ(found == "aéb", length == url.size()) << length;
  }
}

}  // namespace
}  // namespace breakwater::categories
