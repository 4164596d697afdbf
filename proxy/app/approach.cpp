#include "proxy/app/approach.h"

#include <algorithm>

#include "categories/url.h"
#include "proxy/http/field.h"

namespace breakwater::app {
namespace {

bool takes_html(std::string_view accept) {
  constexpr std::string_view kHtml = "text/html";
  while (accept.size() >= kHtml.size()) {
    if (http::starts_with_caseless(accept, kHtml)) return true;
    accept.remove_prefix(1);
  }
  return false;
}

}  // namespace

Approach approach_of(const http::RequestHead& head, std::string_view search) {
  Approach approach;
  std::string_view referer;
  bool is_page = false;
  for (const auto& field : head.fields) {
    if (http::equals_caseless(field.name, "referer")) referer = field.value;
    if (http::equals_caseless(field.name, "accept")) is_page = is_page || takes_html(field.value);
  }
  if (const auto url = categories::parse_url(referer, categories::HostSource::wire))
    approach.referrer = url->host.text();
  if (!search.empty())
    approach.word = "search";
  else if (is_page)
    approach.word = referer.empty() ? "address" : "link";
  else if (!referer.empty())
    approach.word = "part";
  return approach;
}

}  // namespace breakwater::app
