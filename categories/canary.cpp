#include "categories/canary.h"

#include <algorithm>

namespace breakwater::categories {
namespace {

constexpr std::string_view kList = "canary/";

}  // namespace

std::string canary_host(std::string_view category) {
  std::string host(category);
  std::replace(host.begin(), host.end(), '/', '-');
  return host.append(".canary.breakwater.test");
}

std::string canary_list(std::string_view category) {
  return std::string(kList).append(category);
}

bool is_canary(const ListInfo& list) {
  return list.role == ListRole::feed && list.entries == 0 && list.name.starts_with(kList);
}

std::size_t count_real(const std::vector<ListInfo>& lists) {
  return static_cast<std::size_t>(
      std::count_if(lists.begin(), lists.end(), [](const ListInfo& list) { return !is_canary(list); }));
}

}  // namespace breakwater::categories
