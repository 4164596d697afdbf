#pragma once

#include <optional>
#include <vector>

#include "proxy/safeguarding/sqlite.h"

/// Where sheets of a Tally are on disk as long as they go on; without names. Internal to this folder.
namespace breakwater::safeguarding::sqlite {

/// Writes the sheet, or its new count, under the reference of its first attempt.
std::optional<StoreError> put_sheet(sqlite3* connection, const Attempt& sheet);
std::optional<StoreError> remove_sheet(sqlite3* connection, const Attempt& sheet);
/// All of them. One that cannot be read is an error.
std::optional<StoreError> read_sheets(sqlite3* connection, std::vector<Attempt>& sheets);

}  // namespace breakwater::safeguarding::sqlite
