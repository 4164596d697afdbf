#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "proxy/safeguarding/sqlite.h"

/// The tables of `attempts.db` and how they came to be. Internal to this folder.
namespace breakwater::safeguarding::sqlite {

inline constexpr std::int64_t kSchemaVersion = 4;
/// The first with `records`; a reader needs no more.
inline constexpr std::int64_t kFirstWithRecords = 3;

/// The version of a file that is ours, or 0 for one that is empty and may be made so. Reads only.
std::optional<StoreError> read_version(sqlite3* connection, std::int64_t& version);

/// Makes the tables of this version that `version` does not have, within the transaction that is open.
std::optional<StoreError> make_tables(sqlite3* connection, std::int64_t version);

/// The attempts of version 1 or 2, in the order of arrival. An error that `visit` answers ends it.
std::optional<StoreError> each_old_attempt(sqlite3* connection, std::int64_t version,
                                           const std::function<std::optional<StoreError>(const Attempt&)>& visit);

}  // namespace breakwater::safeguarding::sqlite
