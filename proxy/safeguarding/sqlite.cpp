#include "proxy/safeguarding/sqlite.h"

#include <chrono>
#include <thread>

namespace breakwater::safeguarding::sqlite {
namespace {

constexpr std::chrono::milliseconds kLockPause{1};
constexpr int kLockTries = 1000;  // 1 s: a caller waits for its answer meanwhile

/// SQLite's own handler sleeps up to 100 ms while another writer is done in one: a learner would wait for that.
int wait_for_lock(void* /*unused*/, int tries) {
  if (tries >= kLockTries) return 0;
  std::this_thread::sleep_for(kLockPause);
  return 1;
}

}  // namespace

int set_waiting(sqlite3* connection, Waiting waiting) {
  return sqlite3_busy_handler(connection, waiting == Waiting::no ? nullptr : wait_for_lock, nullptr);
}

StoreError error_of(sqlite3* connection) {
  constexpr int kPrimary = 0xff;
  if (connection == nullptr) return {SQLITE_NOMEM, sqlite3_errstr(SQLITE_NOMEM)};
  return {sqlite3_errcode(connection) & kPrimary, sqlite3_errmsg(connection)};
}

std::string names_of(const std::vector<Kind>& kinds) {
  std::string names;
  for (const auto kind : kinds)
    names.append(names.empty() ? "'" : ", '").append(to_string(kind)).append("'");
  return names;
}

std::optional<StoreError> execute(sqlite3* connection, const char* sql) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return std::nullopt;
  return error_of(connection);
}

Result<Statement, StoreError> Statement::prepare(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int length = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(connection, sql.data(), length, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    return error_of(connection);
  return Statement(statement);
}

std::optional<StoreError> Statement::bind(int index, std::string_view text) {
  const char* data = text.data() ? text.data() : "";  // a null pointer would bind NULL
  if (sqlite3_bind_text64(statement_.get(), index + 1, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK)
    return std::nullopt;
  return error_of(connection());
}

std::optional<StoreError> Statement::bind(int index, std::int64_t number) {
  if (sqlite3_bind_int64(statement_.get(), index + 1, number) == SQLITE_OK) return std::nullopt;
  return error_of(connection());
}

std::optional<StoreError> Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.data() ? bytes.data() : "";  // a null pointer would bind NULL
  if (sqlite3_bind_blob64(statement_.get(), index + 1, data, bytes.size(), SQLITE_TRANSIENT) == SQLITE_OK)
    return std::nullopt;
  return error_of(connection());
}

Result<Statement::Step, StoreError> Statement::step() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return Step::row;
    case SQLITE_DONE:
      return Step::done;
    default:
      return error_of(connection());
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}  // its code repeats what step() has answered

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes ? std::string(bytes, size) : std::string();
}

std::optional<StoreError> read_number(sqlite3* connection, std::string_view sql, std::int64_t& out) {
  auto statement = Statement::prepare(connection, sql);
  if (!statement) return statement.error();
  if (const auto step = statement->step(); !step) return step.error();
  out = statement->number(0);
  return std::nullopt;
}

Result<Transaction, StoreError> Transaction::begin(sqlite3* connection) {
  // IMMEDIATE: a database that is locked says so here, and not at the commit.
  if (auto error = execute(connection, "BEGIN IMMEDIATE")) return *std::move(error);
  return Transaction(connection);
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some errors; where this fails, the next BEGIN says so.
  if (connection_ && sqlite3_get_autocommit(connection_) == 0) static_cast<void>(execute(connection_, "ROLLBACK"));
}

std::optional<StoreError> Transaction::commit() {
  return execute(connection_, "COMMIT");
}

}  // namespace breakwater::safeguarding::sqlite
