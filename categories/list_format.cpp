#include "categories/list_format.h"

#include <algorithm>
#include <array>
#include <utility>

namespace breakwater::categories {
namespace {

constexpr auto kNames = std::to_array<std::pair<ListFormat, std::string_view>>({
    {ListFormat::automatic, "auto"},
    {ListFormat::squidguard, "squidguard"},
    {ListFormat::domains, "domains"},
    {ListFormat::hosts, "hosts"},
    {ListFormat::urls, "urls"},
    {ListFormat::expressions, "expressions"},
    {ListFormat::keywords, "keywords"},
    {ListFormat::adblock, "adblock"},
    {ListFormat::rpz, "rpz"},
    {ListFormat::dnsmasq, "dnsmasq"},
    {ListFormat::unbound, "unbound"},
    {ListFormat::addresses, "addresses"},
    {ListFormat::e2guardian, "e2guardian"},
    {ListFormat::v2fly, "v2fly"},
});

}  // namespace

std::string_view to_string(ListFormat format) {
  return kNames[static_cast<std::size_t>(format)].second;
}

std::optional<ListFormat> find_list_format(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &std::pair<ListFormat, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

std::string list_format_names() {
  std::string names;
  for (const auto& [format, name] : kNames)
    names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace breakwater::categories
