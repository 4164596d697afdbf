#include "categories/carried_url.h"

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

/// "host path", or "" where it carries none.
std::string carried(std::string_view target) {
  const auto slash = std::min(target.find('/'), target.size());
  const auto host = normalise_host(target.substr(0, slash), HostSource::wire);
  EXPECT_TRUE(host) << target;
  const auto found = carried_url(*host, target.substr(slash));
  return found ? std::string(found->host.text()) + ' ' + found->path : "";
}

TEST(CarriedUrl, IsFound) {
  struct Case {
    std::string_view target;
    std::string_view expected;
  };
  constexpr Case kTable[] = {
      // labels
      {"example-com.translate.goog", "example.com "},
      {"www-my--site-co-uk.translate.goog/a?b=c&_x_tr_sl=auto", "www.my-site.co.uk /a?b=c&_x_tr_sl=auto"},
      {"0-fiqs8s-com.translate.goog", "xn--fiqs8s.com "},
      {"1-0-example-com.translate.goog", "0.example.com "},
      {"example-com.cdn.ampproject.org", "example.com "},
      {"0-en--us-example-com-0.cdn.ampproject.org", "en-us.example.com "},
      // parameters
      {"translate.google.com/translate?sl=auto&u=http%3A%2F%2Fexample.com%2Fa%3Fb", "example.com /a?b"},
      {"translate.google.co.uk/translate?u=example.com", "example.com "},
      {"translate.googleusercontent.com/translate_c?u=https://example.com/x", "example.com /x"},
      {"www.translatetheweb.com/?a=http%3a%2f%2fexample.com", "example.com "},
      {"translate.yandex.ru/translate?url=example.com/x&lang=en", "example.com /x"},
      {"webcache.googleusercontent.com/search?q=cache:AbC-12:http://example.com/x", "example.com /x"},
      {"webcache.googleusercontent.com/search?q=cache:example.com/x+words", "example.com /x+words"},
      {"www.google.de/search?q=cache%3Aexample.com", "example.com "},
      {"archive.ph/?run=1&url=http://example.com/", "example.com /"},
      {"12ft.io/proxy?q=https%3A%2F%2Fexample.com", "example.com "},
      // paths
      {"web.archive.org/web/20240102030405/http://example.com/a", "example.com /a"},
      {"web.archive.org/web/2024id_/example.com", "example.com "},
      {"web.archive.org/save/https:/example.com/a?b", "example.com /a?b"},
      {"archive.today/https://example.com/", "example.com /"},
      {"archive.is/newest/example.com", "example.com "},
      {"web.archive.org/w%65b/2024/example%2Ecom/x%20", "example.com /x "},
      {"archive.ph/?%75rl=example.com", "example.com "},
      {"r.jina.ai/HTTPS%3A%2F%2Fexample.com%2Fx", "example.com /x"},
      {"12ft.io/http://user:word@example.com:8080/x#y", "example.com /x"},
      {"www.google.co.uk/amp/s/example.com/x", "example.com /x"},
      {"cdn.ampproject.org/c/s/example.com/x", "example.com /x"},
      {"a-com.cdn.ampproject.org/c/s/example.com/x", "example.com /x"},
      // one within the other is for the caller to unwrap
      {"web.archive.org/web/2024/http://12ft.io/http://example.com", "12ft.io /http://example.com"},
      {"r.jina.ai/http://127.0.0.1/x", "127.0.0.1 /x"},
  };
  for (const auto& each : kTable)
    EXPECT_EQ(carried(each.target), each.expected) << each.target;
}

TEST(CarriedUrl, IsNone) {
  for (const auto* target : {"example.com/web/2024/http://example.com",
                             "translate.goog",
                             "www.translate.goog/",
                             "example.com/?u=http://a.example",
                             "translate.google.com/",
                             "translate.google.com/?sl=en&text=example.com",
                             "www.google.com/search?q=example.com",
                             "www.google.com/search?q=http://example.com",
                             "www.google.com/maps/place",
                             "www.google.com/index.html",
                             "web.archive.org/",
                             "web.archive.org/web/",
                             "web.archive.org/_static/js/x.js",
                             "archive.org/details/example.com",
                             "www.bing.com/search?q=example.com",
                             "archive.ph/AbCdE",
                             "r.jina.ai/",
                             "r.jina.ai/http://",
                             "r.jina.ai/http://a b/",
                             "r.jina.ai/http://%zz/",
                             "12ft.io/proxy?q",
                             "12ft.io/proxy?=a.example",
                             "-.translate.goog",
                             "0-.translate.goog",
                             "93.184.216.34/http://example.com",
                             "localhost/http://example.com"})
    EXPECT_EQ(carried(target), "") << target;
}

}  // namespace
}  // namespace breakwater::categories
