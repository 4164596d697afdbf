#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace breakwater::categories {

using CategoryId = std::uint16_t;
inline constexpr std::size_t kMaxCategories = 512;  ///< built-in ones, a full UT1 and plenty of local ones
using CategorySet = std::bitset<kMaxCategories>;

/// Names and parents of categories, `parent/child` in lower case with hyphens. A name once added keeps its id. Starts
/// with the built-in taxonomy. Immutable once its catalogue is built, then safe to read from any thread.
class CategoryTable {
 public:
  CategoryTable();  ///< holds the built-in taxonomy

  /// Finds or adds; a child adds its parent. nullopt: the name is malformed, or kMaxCategories are in use.
  std::optional<CategoryId> add(std::string_view name);
  std::optional<CategoryId> find(std::string_view name) const;
  std::string_view name(CategoryId id) const { return names_[id]; }
  std::optional<CategoryId> parent(CategoryId id) const;
  std::size_t size() const { return names_.size(); }
  /// The category itself and its children.
  CategorySet family(CategoryId id) const;
  std::vector<std::string_view> names() const;
  /// Of the categories of `set`, in the order of their ids; they live as long as the table. Of an empty set it costs
  /// nothing, else one allocation.
  std::vector<std::string_view> names(const CategorySet& set) const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, CategoryId> ids_;
};

/// The category that a folder of a feed stands for: by the map of a known feed ("ut1", "agressif" -> "extremism"), else
/// the built-in category of the same name; "" where there is none.
std::string_view built_in_mapping(std::string_view feed, std::string_view folder);

}  // namespace breakwater::categories
