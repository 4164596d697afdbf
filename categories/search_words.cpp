#include "categories/search_words.h"

#include <algorithm>
#include <array>
#include <memory>

#include <re2/re2.h>
#include <unictype.h>
#include <unistr.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxUrl = 8192;  // words so far behind were not typed into a search box
constexpr std::size_t kNoSite = SIZE_MAX;

// A search is told by its path and by the parameter of its words: `PARAMETER("q")` captures the first that has any.
#define PARAMETER(names) "\\?(?:[^#]*?&)?(?:" names ")=([^&#]+)"
#define ANY_PATH "^[^?#]*"

/// `name` is the label before the top-level domain, or before "co" and "com" in front of that. Where `domain` is "" any
/// country's will do, and "com".
struct Site {
  std::string_view name;
  std::string_view domain;
  const char* pattern;
};
constexpr auto kSites = std::to_array<Site>({
    {"google", "", "^/(?:search|webhp|imghp|images|complete/search|scholar|maps/search|m)?/?" PARAMETER("q|as_q")},
    {"bing", "com", "^/(?:(?:images|videos|news|maps|shop)/?)?(?:search|as/suggestions)?/?" PARAMETER("q|qry")},
    {"duckduckgo", "com", ANY_PATH PARAMETER("q")},
    {"yahoo", "", ANY_PATH "search[^?#]*" PARAMETER("p|q|va")},
    {"ecosia", "org", ANY_PATH PARAMETER("q")},
    {"qwant", "com", ANY_PATH PARAMETER("q")},
    {"startpage", "com", ANY_PATH PARAMETER("query|q")},
    {"yandex", "", "^/(?:[a-z]+/)*(?:search|touchsearch|yandsearch)[^?#]*" PARAMETER("text|query")},
    {"ya", "ru", "^/(?:[a-z]+/)*(?:search)?[^?#]*" PARAMETER("text|query")},
    {"baidu", "com", ANY_PATH PARAMETER("wd|word|kw")},
    {"ask", "com", ANY_PATH PARAMETER("q")},
    {"brave", "com", "^/(?:search|images|videos|news|goggles)" PARAMETER("q")},
    {"aol", "", ANY_PATH "search[^?#]*" PARAMETER("q|query")},
    {"wikipedia", "org", ANY_PATH PARAMETER("search|srsearch|gsrsearch")},
    {"youtube", "com", "^/(?:results|complete/search)" PARAMETER("search_query|q")},
    {"amazon", "", "^/(?:s|gp/search|mn/search)[^?#]*" PARAMETER("k|field-keywords|keywords")},
    {"ebay", "", "^/sch/[^?#]*" PARAMETER("_nkw")},
    {"reddit", "com", ANY_PATH "search[^?#]*" PARAMETER("q")},
    {"x", "com", "^/(?:search/?" PARAMETER("q") "|hashtag/([^/?#]+))"},
    {"twitter", "com", "^/(?:search/?" PARAMETER("q") "|hashtag/([^/?#]+))"},
    {"tiktok", "com", "^/(?:search[^?#]*" PARAMETER("q") "|tag/([^/?#]+))"},
    {"pinterest", "", "^/search/[^?#]*" PARAMETER("q")},
});
#undef PARAMETER
#undef ANY_PATH

/// Takes the last label off.
std::string_view take_label(std::string_view& host) {
  const auto dot = host.rfind('.');
  const auto label = host.substr(dot == std::string_view::npos ? 0 : dot + 1);
  host = dot == std::string_view::npos ? std::string_view{} : host.substr(0, dot);
  return label;
}

std::size_t find_site(std::string_view host) {
  constexpr std::size_t kCountry = 2;
  const auto top = take_label(host);
  auto name = take_label(host);
  const bool below_country = top.size() == kCountry && (name == "co" || name == "com") && !host.empty();
  if (below_country) name = take_label(host);
  const auto* site = std::ranges::find(kSites, name, &Site::name);
  if (site == kSites.end()) return kNoSite;
  const bool anywhere = site->domain.empty() && (top == "com" || top.size() == kCountry);
  if (!anywhere && (below_country || site->domain != top)) return kNoSite;
  return static_cast<std::size_t>(site - kSites.begin());
}

const re2::RE2& expression(std::size_t site) {
  static const auto compiled = [] {
    std::array<std::unique_ptr<const re2::RE2>, kSites.size()> all;
    re2::RE2::Options options;
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_log_errors(false);
    std::ranges::transform(kSites, all.begin(),
                           [&](const Site& one) { return std::make_unique<const re2::RE2>(one.pattern, options); });
    return all;
  }();
  return *compiled[site];
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char c = text.front() == '+' ? ' ' : text.front();
    text.remove_prefix(1);
    if (c == '%' && text.size() >= 2 && hex_value(text[0]) >= 0 && hex_value(text[1]) >= 0) {
      c = static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1]));
      text.remove_prefix(2);
    }
    out += c;
  }
  return out;
}

/// Blanks, control characters and those that turn the direction of text, which would garble what stands around.
bool is_blank(ucs4_t c) {
  return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_Cc) ||
         (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

std::string clean(std::string_view text) {
  std::string out;
  bool blank = false;
  while (!text.empty()) {
    ucs4_t c = 0;
    const auto size =
        static_cast<std::size_t>(u8_mbtouc(&c, reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    const auto piece = c == 0xfffd ? std::string_view{"\xef\xbf\xbd"} : text.substr(0, size);
    text.remove_prefix(size);
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    const std::string_view space = blank && !out.empty() ? " " : "";
    if (out.size() + space.size() + piece.size() > kMaxSearchWords) break;
    out.append(space).append(piece);
    blank = false;
  }
  return out;
}

}  // namespace

std::optional<std::string> search_words(const Host& host, std::string_view path_and_query) {
  const auto site = host.is_literal() ? kNoSite : find_site(host.text());
  if (site == kNoSite) return std::nullopt;
  const auto url = path_and_query.substr(0, kMaxUrl);
  const auto& pattern = expression(site);
  std::array<re2::StringPiece, 3> groups;  // the whole, and at most two ways to say it
  const auto wanted = std::min(static_cast<int>(groups.size()), pattern.NumberOfCapturingGroups() + 1);
  if (!pattern.Match({url.data(), url.size()}, 0, url.size(), re2::RE2::UNANCHORED, groups.data(), wanted))
    return std::nullopt;
  const auto& found = groups[1].empty() ? groups[2] : groups[1];
  auto words = clean(decode({found.data(), found.size()}));
  if (words.empty()) return std::nullopt;
  return words;
}

}  // namespace breakwater::categories
