#include "categories/category.h"

#include <algorithm>

#include "categories/built_in_categories.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxName = 64;

/// [a-z0-9-]+ with at most one slash between two such parts.
bool is_well_formed(std::string_view name) {
  const auto is_part = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
  };
  if (name.size() > kMaxName) return false;
  const auto slash = name.find('/');
  return is_part(name.substr(0, slash)) && (slash == std::string_view::npos || is_part(name.substr(slash + 1)));
}

}  // namespace

CategoryTable::CategoryTable() {
  for (const auto name : built_in_categories())
    add(name);
}

std::optional<CategoryId> CategoryTable::add(std::string_view name) {
  if (!is_well_formed(name)) return std::nullopt;
  if (const auto known = find(name)) return known;
  if (const auto slash = name.find('/'); slash != std::string_view::npos && !add(name.substr(0, slash)))
    return std::nullopt;
  if (names_.size() == kMaxCategories) return std::nullopt;
  const auto id = static_cast<CategoryId>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(name, id);
  return id;
}

std::optional<CategoryId> CategoryTable::find(std::string_view name) const {
  const auto found = ids_.find(std::string{name});
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::optional<CategoryId> CategoryTable::parent(CategoryId id) const {
  const auto text = name(id);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return find(text.substr(0, slash));
}

CategorySet CategoryTable::family(CategoryId id) const {
  const std::string prefix = names_[id] + '/';
  CategorySet set;
  set.set(id);
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (names_[i].starts_with(prefix)) set.set(i);
  return set;
}

std::vector<std::string_view> CategoryTable::names() const {
  return {names_.begin(), names_.end()};
}

std::vector<std::string_view> CategoryTable::names(const CategorySet& set) const {
  std::vector<std::string_view> found;
  const auto count = set.count();
  found.reserve(count);
  for (std::size_t id = 0; found.size() < count && id < names_.size(); ++id)
    if (set[id]) found.push_back(names_[id]);
  return found;
}

}  // namespace breakwater::categories
