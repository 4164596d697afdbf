#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "categories/result.h"
#include "proxy/safeguarding/central_options.h"

/// What of libpq the central store uses: every call has a deadline and can be stopped, every value is a parameter, and
/// no length that the server gives is taken on trust. Internal to this folder.
namespace breakwater::safeguarding::postgres {

/// Why something failed.
struct Error {
  std::string state;    ///< SQLSTATE; "": the server was not reached, or went away
  std::string message;  ///< printable ASCII, one line
};
inline constexpr std::string_view kNotPermitted = "42501";

/// An array of one dimension, to be a parameter.
class Array {
 public:
  enum class Of : std::uint8_t { bytes, numbers, texts };
  explicit Array(Of of) : of_(of) {}
  void add(std::int64_t value);
  void add(std::string_view value);
  void add_null();

 private:
  friend class Parameters;
  Of of_;
  std::int32_t count_ = 0;
  std::string elements_;
};

/// The parameters of one statement, in the order of $1, $2, ...
class Parameters {
 public:
  Parameters& number(std::int64_t value);     ///< bigint
  Parameters& text(std::string_view value);   ///< text
  Parameters& bytes(std::string_view value);  ///< bytea
  Parameters& array(const Array& value);

 private:
  friend class Connection;
  void add(Oid type, std::string value);
  std::vector<Oid> types_;
  std::vector<std::string> values_;
};

/// What a statement answered.
class Rows {
 public:
  std::size_t count() const { return static_cast<std::size_t>(PQntuples(result_.get())); }
  /// nullopt: it is NULL, or no bigint.
  std::optional<std::int64_t> number(std::size_t row, std::size_t column) const;
  /// Of a text or a bytea, as long as the rows; nullopt: it is NULL.
  std::optional<std::string_view> bytes(std::size_t row, std::size_t column) const;

 private:
  friend class Connection;
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  explicit Rows(PGresult* result) : result_(result) {}
  std::unique_ptr<PGresult, Clear> result_;
};

/// A connection. One thread at a time. After an error without SQLSTATE it is of no more use.
class Connection {
 public:
  /// `stop` ends what waits for the server, there and in each call; a name is looked up before it is seen.
  static Result<Connection, Error> open(const CentralOptions& options, std::stop_token stop);

  /// One statement.
  Result<Rows, Error> run(const char* sql, const Parameters& parameters = {});
  /// Several, without parameters and answers.
  std::optional<Error> script(const char* sql);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Clock = std::chrono::steady_clock;

  Connection(PGconn* connection, const CentralOptions& options, std::stop_token stop)
      : connection_(connection), limit_(options.statement), stop_(std::move(stop)) {}
  std::optional<Error> finish_opening(std::chrono::milliseconds limit);
  std::optional<Error> wait(short events, Clock::time_point deadline);
  Result<Rows, Error> answer();
  Error lost();

  std::unique_ptr<PGconn, Finish> connection_;
  std::chrono::milliseconds limit_;
  std::stop_token stop_;
};

/// Rolls back at its end what was not committed.
class Transaction {
 public:
  enum class Access : std::uint8_t { read_write, snapshot };  ///< snapshot: read only, all as of one moment
  static Result<Transaction, Error> begin(Connection& connection, Access access);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// An error without SQLSTATE leaves open whether it was committed.
  std::optional<Error> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace breakwater::safeguarding::postgres
