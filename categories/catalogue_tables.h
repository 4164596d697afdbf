#pragma once

#include <cstddef>
#include <vector>

#include "categories/catalogue.h"
#include "categories/image.h"

namespace breakwater::categories {

/// Writes the sections of a catalogue that name its categories and lists.
void write_tables(const CategoryTable& table, const std::vector<ListInfo>& lists, ImageWriter& image);

/// False where the names are not those that this program would give their ids to.
bool load_categories(const Image& image, CategoryTable& table);
/// False where a list is none, or of none of the `categories`.
bool load_lists(const Image& image, std::size_t categories, std::vector<ListInfo>& lists);

}  // namespace breakwater::categories
