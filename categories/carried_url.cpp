// How the sites of the table say what they are to fetch.
//
//   example-com.translate.goog/path     labels: "." as "-", "-" as "--"; "0-" before an A-label, "1-" before what would
//                                       else be read so (developers.google.com: Ad networks and translation)
//   example-com.cdn.ampproject.org      the same; "0-...-0" about what has hyphens in the third and fourth place
//                                       (developers.google.com: AMP cache URL format)
//   translate.google.com/translate?u=URL             a parameter, percent-encoded
//   webcache.googleusercontent.com/search?q=cache:ID:URL
//   web.archive.org/web/20240102id_/http://host/     the path, with or without a scheme, behind words of the site's own
//
// A name that is too long for a label stands as its hash (AMP), or in part elsewhere (_x_tr_hp): it cannot be read.

#include "categories/carried_url.h"

#include <algorithm>
#include <array>

#include "categories/url.h"

namespace breakwater::categories {
namespace {

enum class Labels : std::uint8_t { plain, carry };
/// May the URL stand in the path at once, or only behind one of kWords?
enum class Path : std::uint8_t { plain, carries, carries_behind_word };

struct Carrier {
  std::string_view domain;  ///< its last two labels
  std::string_view by;
  std::string_view keys;  ///< parameters, "u|q"
  Path path = Path::plain;
  Labels labels = Labels::plain;
};

constexpr std::string_view kTranslation = "a site in a translation";
constexpr std::string_view kArchive = "a site in an archive";
constexpr std::string_view kCache = "a site in a cache";
constexpr std::string_view kReader = "a site in a reader";

/// In alphabetical order.
constexpr auto kCarriers = std::to_array<Carrier>({
    {"12ft.io", kReader, "q|url", Path::carries},
    {"1ft.io", kReader, "q|url", Path::carries},
    {"ampproject.org", kCache, "", Path::carries_behind_word, Labels::carry},
    {"archive.fo", kArchive, "url", Path::carries},
    {"archive.is", kArchive, "url", Path::carries},
    {"archive.li", kArchive, "url", Path::carries},
    {"archive.md", kArchive, "url", Path::carries},
    {"archive.org", kArchive, "url", Path::carries_behind_word},
    {"archive.ph", kArchive, "url", Path::carries},
    {"archive.today", kArchive, "url", Path::carries},
    {"archive.vn", kArchive, "url", Path::carries},
    {"bing.com", kCache, "", Path::carries_behind_word},
    {"freedium.cfd", kReader, "", Path::carries},
    {"googleusercontent.com", kCache, "u|q"},
    {"jina.ai", kReader, "url", Path::carries},
    {"mementoweb.org", kArchive, "url", Path::carries_behind_word},
    {"microsofttranslator.com", kTranslation, "a"},
    {"naver.net", kTranslation, "url"},
    {"removepaywall.com", kReader, "url", Path::carries},
    {"translate.goog", kTranslation, "", Path::plain, Labels::carry},
    {"translatetheweb.com", kTranslation, "a"},
    {"txtify.it", kReader, "", Path::carries},
});
static_assert(std::ranges::is_sorted(kCarriers, {}, &Carrier::domain));

/// Under the domains of many countries.
constexpr auto kWorldwide = std::to_array<Carrier>({
    {"translate.google.", kTranslation, "u"},
    {"translate.yandex.", kTranslation, "url"},
    {"www.google.", kCache, "q", Path::carries_behind_word},
});

/// Segments that stand before the URL: what to do, a time, parts of AMP's own.
constexpr std::string_view kWords[] = {"web", "save", "newest", "oldest", "proxy", "memento",
                                       "amp", "c",    "i",      "v",      "s"};
constexpr int kMostWords = 3;

/// By the first byte of a domain, a bit for each length that one of the table has: what is not there is no carrier,
/// which is nearly everything.
constexpr auto kLengths = [] {
  std::array<std::uint32_t, 256> lengths{};
  for (const auto& one : kCarriers)
    lengths[static_cast<unsigned char>(one.domain.front())] |= 1U << one.domain.size();
  return lengths;
}();
static_assert(std::ranges::all_of(kCarriers, [](const Carrier& one) { return one.domain.size() < 32; }));

bool may_be_carrier(std::string_view domain) {
  return domain.size() < 32 && (kLengths[static_cast<unsigned char>(domain.front())] >> domain.size() & 1U) != 0;
}

const Carrier* find_carrier(std::string_view host) {
  const auto last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return nullptr;
  const auto before = host.rfind('.', last - 1);
  const auto tail = before == std::string_view::npos ? host : host.substr(before + 1);
  if (!tail.empty() && may_be_carrier(tail)) {
    const auto* const found = std::ranges::lower_bound(kCarriers, tail, {}, &Carrier::domain);
    if (found != kCarriers.end() && found->domain == tail) return found;
  }
  const auto* const found =
      std::ranges::find_if(kWorldwide, [&](const Carrier& one) { return host.starts_with(one.domain); });
  return found == kWorldwide.end() ? nullptr : found;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '%' && text.size() >= 2 && hex_value(text[0]) >= 0 && hex_value(text[1]) >= 0) {
      c = static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1]));
      text.remove_prefix(2);
    }
    out += c;
  }
  return out;
}

bool take_caseless(std::string_view& text, std::string_view lower) {
  const bool found =
      text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
      });
  if (found) text.remove_prefix(lower.size());
  return found;
}

std::optional<CarriedUrl> read_url(std::string_view text, std::string_view by) {
  // "http://", and what sites make of it: "http:/", "//".
  if (!take_caseless(text, "https:")) take_caseless(text, "http:");
  text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
  auto authority = text.substr(0, std::min(text.find_first_of("/?#"), text.size()));
  const auto path = text.substr(authority.size());
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  const auto parsed = parse_authority(authority, HostSource::person);
  if (!parsed || (!parsed->host.is_literal() && parsed->host.text().find('.') == std::string_view::npos))
    return std::nullopt;
  return CarriedUrl{parsed->host, std::string(path.substr(0, path.find('#'))), by};
}

/// The label before the domain, decoded.
std::optional<CarriedUrl> from_labels(std::string_view host, std::string_view path, const Carrier& carrier) {
  if (host.size() <= carrier.domain.size()) return std::nullopt;
  host.remove_suffix(carrier.domain.size() + 1);
  if (host.ends_with(".cdn")) host.remove_suffix(4);
  std::string name;
  if (host.starts_with("0-")) {
    host.remove_prefix(2);
    if (host.ends_with("-0"))
      host.remove_suffix(2);
    else
      name = "xn--";
  } else if (host.starts_with("1-")) {
    host.remove_prefix(2);
  }
  while (!host.empty()) {
    const bool doubled = host.starts_with("--");
    name += doubled || host.front() != '-' ? host.front() : '.';
    host.remove_prefix(doubled ? 2 : 1);
  }
  const auto read = normalise_host(name, HostSource::person);
  if (!read || read->text().find('.') == std::string_view::npos) return std::nullopt;
  return CarriedUrl{*read, std::string(path), carrier.by};
}

std::optional<CarriedUrl> from_query(std::string_view query, const Carrier& carrier) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const auto key = decode(pair.substr(0, equals));
    auto keys = carrier.keys;
    bool known = false;
    while (!known && !keys.empty()) {
      const auto one = keys.substr(0, keys.find('|'));
      known = key == one;
      keys.remove_prefix(std::min(one.size() + 1, keys.size()));
    }
    if (!known) continue;
    const auto value = decode(pair.substr(equals + 1));
    std::string_view text = value;
    const bool is_cached = take_caseless(text, "cache:");
    if (key == "q" && carrier.by == kCache && !is_cached) continue;  // words of a search
    if (const auto colon = text.find(':'); is_cached && colon != std::string_view::npos &&
                                           text.substr(0, colon).find_first_of("./") == std::string_view::npos &&
                                           !text.starts_with("http"))
      text.remove_prefix(colon + 1);  // the cache's own number of the page
    if (auto url = read_url(text, carrier.by)) return url;
  }
  return std::nullopt;
}

bool is_word(std::string_view segment) {
  return std::ranges::find(kWords, segment) != std::end(kWords) ||
         (!segment.empty() && segment.find('.') == std::string_view::npos && segment.front() >= '0' &&
          segment.front() <= '9');
}

std::optional<CarriedUrl> from_path(std::string_view path, const Carrier& carrier) {
  bool found_word = false;
  for (int words = 0; words <= kMostWords; ++words) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const auto segment = path.substr(0, path.find_first_of("/?"));
    if (!is_word(decode(segment))) break;
    found_word = true;
    path.remove_prefix(segment.size());
  }
  if (path.empty() || path.front() == '?' || (!found_word && carrier.path == Path::carries_behind_word))
    return std::nullopt;
  if (auto url = read_url(path, carrier.by)) return url;
  return read_url(decode(path), carrier.by);
}

}  // namespace

std::optional<CarriedUrl> carried_url(const Host& host, std::string_view path_and_query) {
  if (host.is_literal()) return std::nullopt;
  const auto* const carrier = find_carrier(host.text());
  if (!carrier) return std::nullopt;
  const auto text = path_and_query.substr(0, path_and_query.find('#'));
  std::optional<CarriedUrl> found;
  if (carrier->path != Path::plain) found = from_path(text, *carrier);
  if (const auto query = text.find('?'); !found && query != std::string_view::npos)
    found = from_query(text.substr(query + 1), *carrier);
  if (!found && carrier->labels == Labels::carry) found = from_labels(host.text(), text, *carrier);
  return found;
}

}  // namespace breakwater::categories
