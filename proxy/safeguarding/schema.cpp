#include "proxy/safeguarding/schema.h"

#include <array>

namespace breakwater::safeguarding::sqlite {
namespace {

constexpr std::int64_t kApplicationId = 0x42574B52;  // "BWKR"

// `seq` is the order of the chain, without a gap. A body or a sealed part that is NULL was deleted; its digest stays.
constexpr const char* kTables = R"(
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL, -- milliseconds since 1970-01-01 UTC
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    body TEXT,
    sealed BLOB,
    body_digest BLOB NOT NULL, sealed_digest BLOB NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE INDEX records_by_reference ON records (reference, time);
  CREATE INDEX records_by_kind ON records (kind, seq, time);
  PRAGMA application_id = 0x42574B52;
)";

// What is counted in place of being recorded, until that becomes a record; its body as that will have it.
constexpr const char* kTallies = R"(
  CREATE TABLE tallies (
    reference TEXT PRIMARY KEY,
    time INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = 4;
)";

constexpr auto kOldFields = std::to_array<std::string Attempt::*>(
    {&Attempt::civil, &Attempt::id, &Attempt::client, &Attempt::device, &Attempt::user, &Attempt::group, &Attempt::host,
     &Attempt::url, &Attempt::method, &Attempt::sni, &Attempt::category, &Attempt::concern, &Attempt::list,
     &Attempt::rule, &Attempt::period, &Attempt::reason, &Attempt::search});

/// Version 1 knew no words of a search.
std::string select_old(std::int64_t version) {
  std::string sql =
      "SELECT time, line, civil, id, client, device, user, \"group\", host, url, method, sni, category, concern, list, "
      "rule, period, reason, ";
  sql += version < 2 ? "''" : "search";
  return sql += " FROM attempts ORDER BY seq";
}

}  // namespace

std::optional<StoreError> read_version(sqlite3* connection, std::int64_t& version) {
  std::int64_t application = 0;
  std::int64_t objects = 0;
  if (auto error = read_number(connection, "PRAGMA application_id", application)) return error;
  if (auto error = read_number(connection, "PRAGMA user_version", version)) return error;
  if (auto error = read_number(connection, "SELECT count(*) FROM sqlite_schema", objects)) return error;
  if (application == 0 && version == 0 && objects == 0) return std::nullopt;
  if (application != kApplicationId) return StoreError{SQLITE_NOTADB, "this is the database of another program"};
  if (version > kSchemaVersion) return StoreError{SQLITE_MISMATCH, "written by a later version of Breakwater"};
  if (version < 1) return StoreError{SQLITE_CORRUPT, "it has no version"};
  return std::nullopt;
}

std::optional<StoreError> make_tables(sqlite3* connection, std::int64_t version) {
  if (version < kFirstWithRecords)
    if (auto error = execute(connection, kTables)) return error;
  return execute(connection, kTallies);
}

std::optional<StoreError> each_old_attempt(sqlite3* connection, std::int64_t version,
                                           const std::function<std::optional<StoreError>(const Attempt&)>& visit) {
  auto select = Statement::prepare(connection, select_old(version));
  if (!select) return select.error();
  for (;;) {
    const auto step = select->step();
    if (!step) return step.error();
    if (*step == Statement::Step::done) return std::nullopt;
    Attempt attempt;
    attempt.time = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(select->number(0)));
    attempt.line = static_cast<std::uint32_t>(select->number(1));
    int column = 1;
    for (const auto field : kOldFields)
      attempt.*field = select->text(++column);
    if (auto error = visit(attempt)) return error;
  }
}

}  // namespace breakwater::safeguarding::sqlite
