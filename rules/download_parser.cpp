#include "rules/download_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>

#include "categories/url.h"
#include "rules/quantity_reader.h"

namespace breakwater::rules {
namespace {

using categories::HostSource;

constexpr std::size_t kMaxUrl = 2048;
constexpr std::string_view kProxySchemes[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
constexpr Bounds kEvery{"1m", "8784h"};
constexpr Bounds kTimeout{"1s", "24h"};
constexpr Bounds kStall{"1s", "1h"};
constexpr Bounds kBytes{"1B", "64GiB"};

/// 42 bytes in base64: the letters "Ed", the number of the key, the key.
bool is_minisign_key(std::string_view text) {
  constexpr std::size_t kLength = 56;
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return text.size() == kLength && text.starts_with("RW") && text[2] >= 'Q' && text[2] <= 'T' &&
         std::all_of(text.begin(), text.end(), is_base64);
}

/// scheme://host[:port]
bool is_proxy(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return false;
  return std::find(std::begin(kProxySchemes), std::end(kProxySchemes), text.substr(0, colon)) !=
             std::end(kProxySchemes) &&
         categories::parse_authority(text.substr(colon + 3), HostSource::wire).has_value();
}

class DownloadParser {
 public:
  DownloadParser(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink)
      : table_(table), folder_(folder), sink_(sink) {}

  std::optional<Download> parse() {
    if (const auto flag = table_.flag("plain_http"); flag && flag->value) download_.transport = Transport::any;
    const bool sound = url("url", download_.url);
    url("sha256", download_.sha256_url);
    url("signature", download_.signature_url);
    every();
    minisign();
    proxy();
    ca();
    read(read_size(table_, "max_bytes", kBytes, sink_), download_.max_bytes);
    read(read_size(table_, "max_unpacked_bytes", kBytes, sink_), download_.max_unpacked_bytes);
    read(read_duration(table_, "timeout", kTimeout, sink_), download_.timeout);
    read(read_duration(table_, "stall", kStall, sink_), download_.stall);
    if (!table_.has("url")) needless();
    if (!sound) return std::nullopt;
    return std::move(download_);
  }

 private:
  template <class Value>
  static void read(std::optional<Value> value, Value& to) {
    if (value) to = *value;
  }

  void refuse(std::string_view key, const Text& text, std::string_view why) {
    sink_.error(text.place, std::string(key) + ": " + in_quotes(text.value) + ' ' + std::string(why));
  }

  /// False where there is none or a wrong one.
  bool url(std::string_view key, std::string& to) {
    auto text = table_.text(key);
    if (!text) return false;
    const auto parsed = categories::parse_url(text->value, HostSource::wire);
    if (text->value.size() > kMaxUrl)
      refuse(key, *text, "is longer than " + std::to_string(kMaxUrl) + " bytes");
    else if (!parsed && parsed.error() == categories::UrlError::userinfo)
      sink_.error(text->place, std::string(key) + ": no user name or password may stand in a URL");  // nor be shown
    else if (!parsed)
      refuse(key, *text, "is no URL: " + std::string(to_string(parsed.error())));
    else if (parsed->scheme == categories::Scheme::http && download_.transport == Transport::https)
      refuse(key, *text, "can be changed by anyone on the way (use https, or say plain_http = true)");
    else
      to = std::move(text->value);
    return !to.empty();
  }

  void every() {
    if (const auto text = table_.text("every"); text && text->value == "never") {
      download_.every = std::chrono::seconds{0};
    } else if (text) {
      const auto every = read_duration(table_, "every", kEvery, sink_);
      if (every) download_.every = std::chrono::duration_cast<std::chrono::seconds>(*every);
    }
  }

  void minisign() {
    if (auto text = table_.text("minisign")) {
      if (!is_minisign_key(text->value))
        refuse("minisign", *text, "is no public key (the second line of minisign.pub, 56 characters from RW on)");
      download_.minisign_key = std::move(text->value);
    } else if (table_.has("signature") && !table_.has("minisign")) {
      sink_.error(table_.place("signature"), "signature: there is no key to check it with (minisign = \"RW...\")");
    }
  }

  void proxy() {
    auto text = table_.text("proxy");
    if (!text) return;
    if (text->value.find('@') != std::string::npos)
      sink_.error(text->place, "proxy: no user name or password may stand in it");
    else if (!is_proxy(text->value))
      refuse("proxy", *text, "is no proxy (write http://proxy.example:3128 or socks5h://proxy.example:1080)");
    download_.proxy = std::move(text->value);
  }

  void ca() {
    const auto text = table_.label("ca");
    if (!text) return;
    download_.ca = (folder_ / text->value).lexically_normal();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(download_.ca, ignored))
      sink_.error(text->place, "ca: there is no file " + in_quotes(text->value));
  }

  void needless() {
    for (const std::string_view key : {"every", "sha256", "minisign", "signature", "plain_http", "proxy", "ca",
                                       "max_bytes", "max_unpacked_bytes", "timeout", "stall"})
      if (table_.has(key)) sink_.error(table_.place(key), std::string(key) + " is for a feed that comes by url");
  }

  TomlTable& table_;
  const std::filesystem::path& folder_;
  DiagnosticSink& sink_;
  Download download_;
};

}  // namespace

std::optional<Download> parse_download(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink) {
  return DownloadParser(table, folder, sink).parse();
}

}  // namespace breakwater::rules
