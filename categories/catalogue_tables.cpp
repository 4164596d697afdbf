#include "categories/catalogue_tables.h"

#include <string>

namespace breakwater::categories {

void write_tables(const CategoryTable& table, const std::vector<ListInfo>& lists, ImageWriter& image) {
  SectionWriter names;
  for (const auto name : table.names())
    names.text(name);
  image.add(Section::categories, names.bytes());
  SectionWriter written;
  for (const auto& list : lists) {
    written.text(list.name);
    written.number(list.category);
    written.number(static_cast<std::uint8_t>(list.role));
    written.number(list.entries);
    written.number(list.rejected);
    written.number(list.skipped);
    written.number(list.expired);
    written.number(static_cast<std::uint8_t>(list.format));
  }
  image.add(Section::lists, written.bytes());
}

bool load_categories(const Image& image, CategoryTable& table) {
  SectionReader reader{image.section(Section::categories)};
  std::size_t count = 0;
  for (; !reader.at_end(); ++count) {
    const auto name = reader.text();
    if (!name || table.add(*name) != count) return false;
  }
  return count == table.size();
}

bool load_lists(const Image& image, std::size_t categories, std::vector<ListInfo>& lists) {
  SectionReader reader{image.section(Section::lists)};
  while (!reader.at_end()) {
    const auto name = reader.text();
    const auto category = reader.number<CategoryId>();
    const auto role = reader.number<ListRole>();
    const auto entries = reader.number<std::uint32_t>();
    const auto rejected = reader.number<std::uint32_t>();
    const auto skipped = reader.number<std::uint32_t>();
    const auto expired = reader.number<std::uint32_t>();
    const auto format = reader.number<ListFormat>();
    if (!format || *category >= categories || static_cast<std::size_t>(*role) >= kListRoles ||
        *format > ListFormat::v2fly)
      return false;
    lists.push_back({std::string{*name}, *category, *role, *entries, *rejected, *skipped, *expired, *format});
  }
  return true;
}

}  // namespace breakwater::categories
