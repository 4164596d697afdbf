#include "proxy/safeguarding/tally_table.h"

#include "proxy/safeguarding/attempt_json.h"

namespace breakwater::safeguarding::sqlite {
namespace {

/// Runs a statement that takes a reference, a time and a body, or the first of these.
std::optional<StoreError> run(sqlite3* connection, std::string_view sql, const Entry& entry, int values) {
  auto statement = Statement::prepare(connection, sql);
  if (!statement) return statement.error();
  if (auto error = statement->bind(0, entry.reference)) return error;
  if (values > 1) {
    if (auto error = statement->bind(1, std::int64_t{entry.time.time_since_epoch().count()})) return error;
    if (auto error = statement->bind(2, entry.body)) return error;
  }
  const auto step = statement->step();
  return step ? std::nullopt : std::optional(step.error());
}

}  // namespace

std::optional<StoreError> put_sheet(sqlite3* connection, const Attempt& sheet) {
  return run(connection, "INSERT OR REPLACE INTO tallies (reference, time, body) VALUES (?, ?, ?)", to_entry(sheet), 3);
}

std::optional<StoreError> remove_sheet(sqlite3* connection, const Attempt& sheet) {
  return run(connection, "DELETE FROM tallies WHERE reference = ?", to_entry(sheet), 1);
}

std::optional<StoreError> read_sheets(sqlite3* connection, std::vector<Attempt>& sheets) {
  auto select = Statement::prepare(connection, "SELECT reference, time, body FROM tallies ORDER BY time");
  if (!select) return select.error();
  for (;;) {
    const auto step = select->step();
    if (!step) return step.error();
    if (*step == Statement::Step::done) return std::nullopt;
    Record row;
    row.reference = select->text(0);
    row.time = Milliseconds(std::chrono::milliseconds(select->number(1)));
    row.body = select->text(2);
    auto sheet = parse_attempt(row, "");
    if (!sheet) return StoreError{SQLITE_CORRUPT, "a count of attempts is damaged"};
    sheets.push_back(*std::move(sheet));
  }
}

}  // namespace breakwater::safeguarding::sqlite
