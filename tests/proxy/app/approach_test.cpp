#include "proxy/app/approach.h"

#include <gtest/gtest.h>

namespace breakwater::app {
namespace {

TEST(ApproachTest, ByWhatTheRequestSaysOfItself) {
  const std::string html = "Accept: text/html,application/xhtml+xml;q=0.9\r\n";
  const std::string image = "Accept: image/avif,image/webp,*/*;q=0.8\r\n";
  const std::string referer = "Referer: http://News.Example/page?q=secret\r\n";
  struct Case {
    std::string fields, search, word, referrer;
  };
  const Case table[] = {
      {"", "", "", ""},
      {"Accept: */*\r\n", "", "", ""},
      {html, "", "address", ""},
      {"aCCEPT: application/xml, TEXT/HTML\r\n", "", "address", ""},
      {html + referer, "", "link", "news.example"},
      {image + referer, "", "part", "news.example"},
      {referer, "", "part", "news.example"},
      {image, "", "", ""},
      {html + referer, "words", "search", "news.example"},
      {html + "Referer: about:blank\r\n", "", "link", ""},
      {html + "Referer: http://a b/\r\n", "", "link", ""},
      {"Accept: text/htm\r\nAccept: text/html\r\n", "", "address", ""},
  };
  for (const auto& [fields, search, word, referrer] : table) {
    const auto text = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
    http::RequestHead head;
    http::HeadError error{};
    ASSERT_EQ(http::parse_request_head(text, {16'384, 100}, head, error), http::HeadStatus::done) << text;
    const auto approach = approach_of(head, search);
    EXPECT_EQ(approach.word, word) << text;
    EXPECT_EQ(approach.referrer, referrer) << text;
  }
}

}  // namespace
}  // namespace breakwater::app
