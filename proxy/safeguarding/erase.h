#pragma once

#include <span>
#include <vector>

#include "proxy/safeguarding/sqlite.h"

/// The parts of Store::erase, which holds the lock of writers for a slice at a time. Internal to this folder.
namespace breakwater::safeguarding::sqlite {

/// What `deletion` still has to take away, by seq, in order. Reads alone.
std::optional<StoreError> find_erasable(sqlite3* connection, const Deletion& deletion, std::vector<std::int64_t>& out);

/// `deletion` as its slice of these records, which stand in the order of seq, has it: its range, and who of it is held.
Deletion slice_of(const Deletion& deletion, std::span<const std::int64_t> records);

/// Takes it away from these records, and counts those that lost something. Within a transaction; fails where something
/// was held, or no longer is, since deletion.holds_known_to.
std::optional<StoreError> erase_records(sqlite3* connection, std::span<const std::int64_t> records, Deletion& deletion);

/// Brings the log into the file and makes it empty, so that nothing of what was deleted stays in it. Never waits with
/// the lock of writers in hand; fails where others read the log for too long.
std::optional<StoreError> empty_log(sqlite3* connection);

}  // namespace breakwater::safeguarding::sqlite
