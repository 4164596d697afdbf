#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "proxy/safeguarding/store.h"

/// What of SQLite the store uses, with every result code checked at its call. Internal to this folder.
namespace breakwater::safeguarding::sqlite {

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

/// The error that the connection has just met; of one that could not be made where it is null.
StoreError error_of(sqlite3* connection);

/// What happens where another connection holds a lock that is needed.
enum class Waiting : std::uint8_t { no, a_second };
int set_waiting(sqlite3* connection, Waiting waiting);

/// "'attempt', 'episode'", for SQL: the names of kinds are no text of anybody's.
std::string names_of(const std::vector<Kind>& kinds);

/// Runs statements that answer nothing.
std::optional<StoreError> execute(sqlite3* connection, const char* sql);

/// A prepared statement. bind() and column() count from 0.
class Statement {
 public:
  static Result<Statement, StoreError> prepare(sqlite3* connection, std::string_view sql);

  std::optional<StoreError> bind(int index, std::string_view text);
  std::optional<StoreError> bind(int index, std::int64_t number);
  std::optional<StoreError> bind_blob(int index, std::string_view bytes);

  enum class Step : std::uint8_t { row, done };
  Result<Step, StoreError> step();
  /// To be stepped again; its bindings stay.
  void reset();

  std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  /// Of a text or a blob; "" of NULL.
  std::string text(int column) const;
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3* connection() const { return sqlite3_db_handle(statement_.get()); }
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A number that the database knows of itself, such as "PRAGMA user_version".
std::optional<StoreError> read_number(sqlite3* connection, std::string_view sql, std::int64_t& out);

/// Rolls back at its end what was not committed.
class Transaction {
 public:
  static Result<Transaction, StoreError> begin(sqlite3* connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  std::optional<StoreError> commit();

 private:
  explicit Transaction(sqlite3* connection) : connection_(connection) {}
  sqlite3* connection_;
};

}  // namespace breakwater::safeguarding::sqlite
