#include <algorithm>
#include <string>

#include "categories/url.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::categories {
namespace {

using fuzz::require;

std::string as_written(const Host& host) {
  const std::string text{host.text()};
  return host.kind() == HostKind::ipv6 ? '[' + text + ']' : text;
}

void check_host(std::string_view raw, HostSource source) {
  const auto host = normalise_host(raw, source);
  if (!host) return;
  const auto text = host->text();
  require(!text.empty() && text.size() <= 253, "a normal form of a wrong length");
  require(std::all_of(text.begin(), text.end(),
                      [](char c) {
                        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                               c == ':';
                      }),
          "a byte that is not of the normal form");
  for (const auto again : {HostSource::wire, HostSource::person}) {
    const auto second = normalise_host(as_written(*host), again);
    require(second && *second == *host && second->kind() == host->kind(), "normalisation is not idempotent");
  }
  require(!host->is_literal() || host->address().to_string() == text, "a literal with another address");
  require(host->is_literal() || !IpAddress::parse(text), "an address that passes for a domain");
}

void check_url(std::string_view text, HostSource source) {
  const auto url = parse_url(text, source);
  if (!url) return;
  require(url->port != 0, "port 0");
  require(url->path.empty() || url->path.front() == '/' || url->path.front() == '?',
          "a path that does not begin as one");
  const auto normal = (url->scheme == Scheme::http ? "http://" : "https://") + as_written(url->host) + ':' +
                      std::to_string(url->port) + std::string{url->path};
  const auto again = parse_url(normal, source);
  require(again && again->host == url->host && again->port == url->port && again->path == url->path,
          "another URL when written");
}

void check_match_text(std::string_view path) {
  const auto host = normalise_host("h", HostSource::wire);
  std::string text;
  append_match_text(text, *host, path);
  require(text.size() <= path.size() + 2 && text.starts_with("h/"), "match text that grew");
  const auto end = text.find('?');
  const auto only_path = '/' + text.substr(2, end == std::string::npos ? end : end - 2) + '/';
  require(only_path.find("/../") == std::string::npos && only_path.find("/./") == std::string::npos,
          "a dot segment is left");
}

void run(std::span<const std::uint8_t> input) {
  const auto text = fuzz::as_text(input);
  for (const auto source : {HostSource::wire, HostSource::person}) {
    check_host(text, source);
    check_url(text, source);
  }
  check_match_text(text);
  if (const auto network = Network::parse(text)) {
    require(Network::parse(network->to_string()) == network, "a network that does not read back");
    require(network->contains(network->address), "a network without its own address");
  }
}

const fuzz::Registration registered{"url", &run};

}  // namespace
}  // namespace breakwater::categories
