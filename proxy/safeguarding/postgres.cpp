#include "proxy/safeguarding/postgres.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include <poll.h>

#include "proxy/safeguarding/crypto.h"
#include "proxy/safeguarding/postgres_text.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::safeguarding::postgres {
namespace {

constexpr std::chrono::milliseconds kLookAtStop{100};
constexpr std::size_t kMaxPassword = 1024;
constexpr int kBinary = 1;

// Of src/include/catalog/pg_type.dat: they never change. By Array::Of.
constexpr std::array<Oid, 3> kTypes{17, 20, 25};  // bytea, bigint, text
constexpr std::array<Oid, 3> kArrays{1001, 1016, 1009};
constexpr Oid type_of(Array::Of of) {
  return kTypes[static_cast<std::size_t>(of)];
}

/// Big-endian, as all numbers in binary parameters and answers are.
template <class Integer>
std::string encoded(Integer number) {
  std::string bytes;
  for (unsigned shift = sizeof(Integer) * 8; shift > 0; shift -= 8)
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> (shift - 8) & 0xffU);
  return bytes;
}

Error not_opened(std::string message) {
  return {"", std::move(message)};
}

/// Their pointers last as long as what was given.
struct Keywords {
  std::vector<const char*> names, values;
  void add(const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  }
};

}  // namespace

void Parameters::add(Oid type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
}

Parameters& Parameters::number(std::int64_t value) {
  add(type_of(Array::Of::numbers), encoded(value));
  return *this;
}

Parameters& Parameters::text(std::string_view value) {
  add(type_of(Array::Of::texts), std::string(value));
  return *this;
}

Parameters& Parameters::bytes(std::string_view value) {
  add(type_of(Array::Of::bytes), std::string(value));
  return *this;
}

/// Dimensions, whether there are NULLs, type; of the one dimension its length and first index; then the elements, each
/// behind its length.
Parameters& Parameters::array(const Array& value) {
  std::string bytes = encoded(std::int32_t{value.count_ > 0 ? 1 : 0});
  bytes += encoded(std::int32_t{1}) + encoded(std::uint32_t{type_of(value.of_)});
  if (value.count_ > 0) bytes += encoded(value.count_) + encoded(std::int32_t{1}) + value.elements_;
  add(kArrays[static_cast<std::size_t>(value.of_)], std::move(bytes));
  return *this;
}

void Array::add(std::int64_t value) {
  add(encoded(value));
}

void Array::add(std::string_view value) {
  elements_.append(encoded(static_cast<std::uint32_t>(value.size()))).append(value);
  ++count_;
}

void Array::add_null() {
  elements_ += encoded(std::int32_t{-1});
  ++count_;
}

std::optional<std::string_view> Rows::bytes(std::size_t row, std::size_t column) const {
  const int at = static_cast<int>(row);
  const int in = static_cast<int>(column);
  if (row >= count() || in >= PQnfields(result_.get()) || PQgetisnull(result_.get(), at, in) != 0) return std::nullopt;
  return std::string_view(PQgetvalue(result_.get(), at, in),
                          static_cast<std::size_t>(PQgetlength(result_.get(), at, in)));
}

std::optional<std::int64_t> Rows::number(std::size_t row, std::size_t column) const {
  const auto field = bytes(row, column);
  if (!field || field->size() != sizeof(std::int64_t)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char byte : *field)
    number = number << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

Result<Connection, Error> Connection::open(const CentralOptions& options, std::stop_token stop) {
  if (auto wrong = check_database(options.database); !wrong.empty()) return not_opened(std::move(wrong));
  std::string password;
  const crypto::Wipe wipe(password);
  if (!options.password_file.empty()) {
    std::string why;
    auto text = read_private(options.password_file, kMaxPassword, why);
    if (!text) return not_opened("the password file cannot be read" + (why.empty() ? why : ": " + why));
    password = std::move(*text);
    password.erase(std::min(password.find_first_of("\r\n"), password.size()));
  }
  const auto parsed = parse_database(options.database);
  const auto silence = std::to_string(options.statement.count());
  Keywords keywords;
  // GSSAPI is tried before TLS, and would take its place unasked. A line that is dead is noticed by the kernel too.
  for (const auto& [name, value] : {std::pair{"gssencmode", "disable"}, std::pair{"client_encoding", "UTF8"},
                                    std::pair{"fallback_application_name", "breakwater"}})
    keywords.add(name, value);
  keywords.add("tcp_user_timeout", silence.c_str());
  for (const auto& [name, value] : parsed)
    keywords.add(name.c_str(), value.c_str());
  if (!password.empty()) keywords.add("password", password.c_str());
  keywords.add(nullptr, nullptr);

  Connection made(PQconnectStartParams(keywords.names.data(), keywords.values.data(), 0), options, std::move(stop));
  if (!made.connection_) return not_opened("out of memory");
  if (auto error = made.finish_opening(options.connect)) return *std::move(error);
  PQsetNoticeProcessor(
      made.connection_.get(), [](void*, const char*) {}, nullptr);
  // What a gateway holds is let go where the gateway has gone, and a lock is not waited for without end.
  const auto set = made.run(
      "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),"
      " set_config('idle_in_transaction_session_timeout', $1, false), set_config('timezone', 'UTC', false)",
      Parameters().text(silence));
  if (!set) return set.error();
  return made;
}

std::optional<Error> Connection::finish_opening(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  auto polled = PGRES_POLLING_WRITING;  // as the manual has it: before the first PQconnectPoll()
  while (PQstatus(connection_.get()) != CONNECTION_BAD) {
    const bool reads = polled == PGRES_POLLING_READING;
    if (auto error = wait(reads ? POLLIN : POLLOUT, deadline)) return error;
    polled = PQconnectPoll(connection_.get());
    if (polled == PGRES_POLLING_FAILED) break;
    if (polled != PGRES_POLLING_OK) continue;
    if (PQsetnonblocking(connection_.get(), 1) == 0) return std::nullopt;
    break;
  }
  return lost();
}

/// By slices, since a stop has no descriptor.
std::optional<Error> Connection::wait(short events, Clock::time_point deadline) {
  for (;;) {
    if (stop_.stop_requested()) return not_opened("stopped");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return not_opened("the server does not answer in time");
    pollfd descriptor{PQsocket(connection_.get()), events, 0};
    const int ready = ::poll(&descriptor, 1, static_cast<int>(std::min(left, kLookAtStop).count()));
    if (ready > 0) return std::nullopt;
    if (ready < 0 && errno != EINTR) return not_opened("poll fails");
  }
}

Result<Rows, Error> Connection::run(const char* sql, const Parameters& parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const auto& value : parameters.values_) {
    if (value.size() > std::numeric_limits<std::int32_t>::max()) return not_opened("a parameter is too large");
    values.push_back(value.c_str());
    lengths.push_back(static_cast<int>(value.size()));
  }
  const std::vector<int> formats(values.size(), kBinary);
  if (PQsendQueryParams(connection_.get(), sql, static_cast<int>(values.size()), parameters.types_.data(),
                        values.data(), lengths.data(), formats.data(), kBinary) != 1)
    return lost();
  return answer();
}

std::optional<Error> Connection::script(const char* sql) {
  if (PQsendQuery(connection_.get(), sql) != 1) return lost();
  auto rows = answer();
  return rows ? std::nullopt : std::optional(rows.error());
}

/// The last answer, or the first error.
Result<Rows, Error> Connection::answer() {
  const auto deadline = Clock::now() + limit_;
  auto* const connection = connection_.get();
  for (int unsent = PQflush(connection); unsent != 0; unsent = PQflush(connection)) {
    if (unsent < 0) return lost();
    if (auto error = wait(POLLIN | POLLOUT, deadline)) return *std::move(error);
    if (PQconsumeInput(connection) != 1) return lost();  // a server that cannot send does not receive
  }
  Rows last(nullptr);
  std::optional<Error> failed;
  for (;;) {
    while (PQisBusy(connection) == 1) {
      if (auto error = wait(POLLIN, deadline)) return *std::move(error);
      if (PQconsumeInput(connection) != 1) return lost();
    }
    Rows next(PQgetResult(connection));
    if (!next.result_) break;
    const auto status = PQresultStatus(next.result_.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && !failed) {
      const auto* const state = PQresultErrorField(next.result_.get(), PG_DIAG_SQLSTATE);
      const auto* const words = PQresultErrorField(next.result_.get(), PG_DIAG_MESSAGE_PRIMARY);
      failed = Error{state ? state : "", clean_message(words ? words : PQresultErrorMessage(next.result_.get()))};
    }
    last = std::move(next);
  }
  if (PQstatus(connection) == CONNECTION_BAD) return lost();
  if (failed) return *std::move(failed);
  return last;
}

Error Connection::lost() {
  return not_opened(clean_message(PQerrorMessage(connection_.get())));
}

Result<Transaction, Error> Transaction::begin(Connection& connection, Access access) {
  const auto begun = connection.run(access == Access::snapshot ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                                               : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  if (!begun) return begun.error();
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_) static_cast<void>(connection_->run("ROLLBACK"));  // of a lost connection the server does it
}

std::optional<Error> Transaction::commit() {
  const auto committed = std::exchange(connection_, nullptr)->run("COMMIT");
  return committed ? std::nullopt : std::optional(committed.error());
}

}  // namespace breakwater::safeguarding::postgres
