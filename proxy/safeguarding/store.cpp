#include "proxy/safeguarding/store.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/safeguarding/sqlite.h"

namespace breakwater::safeguarding {
namespace {

using sqlite::Statement;
using std::chrono::milliseconds;

constexpr const char* kFileName = "attempts.db";
constexpr std::int64_t kApplicationId = 0x42574B52;  // "BWKR"
constexpr std::int64_t kSchemaVersion = 2;
constexpr int kBusyTimeoutMs = 1000;  // a caller waits for its answer meanwhile

// From version 0, an empty file, to version 1. `seq` is the order of arrival; the same id at another time is another
// attempt.
constexpr const char* kSchema1 = R"(
  CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL, -- milliseconds since 1970-01-01 UTC
    civil TEXT NOT NULL, id TEXT NOT NULL, client TEXT NOT NULL, device TEXT NOT NULL, user TEXT NOT NULL,
    "group" TEXT NOT NULL, host TEXT NOT NULL, url TEXT NOT NULL, method TEXT NOT NULL, sni TEXT NOT NULL,
    category TEXT NOT NULL, concern TEXT NOT NULL, list TEXT NOT NULL, rule TEXT NOT NULL, period TEXT NOT NULL,
    reason TEXT NOT NULL,
    line INTEGER NOT NULL,
    UNIQUE (id, time)
  ) STRICT;
  CREATE INDEX attempts_by_time ON attempts (time);
  PRAGMA application_id = 0x42574B52;
  PRAGMA user_version = 1;
)";

// From version 1 to version 2: the words of a search.
constexpr const char* kSchema2 = R"(
  ALTER TABLE attempts ADD COLUMN search TEXT NOT NULL DEFAULT '';
  PRAGMA user_version = 2;
)";

constexpr auto kSchemas = std::to_array({kSchema1, kSchema2});  // each brings a file of the version of its index on

constexpr auto kColumnFields = std::to_array<std::string Attempt::*>(
    {&Attempt::civil, &Attempt::id, &Attempt::client, &Attempt::device, &Attempt::user, &Attempt::group, &Attempt::host,
     &Attempt::url, &Attempt::method, &Attempt::sni, &Attempt::category, &Attempt::concern, &Attempt::list,
     &Attempt::rule, &Attempt::period, &Attempt::reason, &Attempt::search});

// `time`, kColumnFields, `line`.
constexpr std::string_view kColumns =
    "time, civil, id, client, device, user, \"group\", host, url, method, sni, category, concern, list, rule, period, "
    "reason, search, line";
constexpr std::string_view kPlaces = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
constexpr int kLineColumn = static_cast<int>(kColumnFields.size()) + 1;

std::string insert_sql() {
  return "INSERT INTO attempts (" + std::string(kColumns) + ") VALUES (" + std::string(kPlaces) +
         ") ON CONFLICT (id, time) DO NOTHING";
}

/// A reader may meet a file that no gateway of this version has migrated yet.
std::string select_sql(std::int64_t version) {
  std::string columns(kColumns);
  constexpr std::string_view kSearch = " search,";
  if (version < 2) columns.replace(columns.find(kSearch), kSearch.size(), " '',");
  return "SELECT " + columns + " FROM attempts WHERE time >= ? ORDER BY time, seq";
}

StoreError system_error() {
  return {SQLITE_CANTOPEN, std::generic_category().message(errno)};
}

/// Makes the folder (0700) and the file (0600), so that neither is ever wider; SQLite gives its other files the same
/// mode, and syncs the folder with them. A folder that is there already stays as it is.
std::optional<StoreError> make_file(const std::filesystem::path& state, const std::string& file) {
  std::error_code ignored;  // mkdir() says it again
  std::filesystem::create_directories(state.parent_path(), ignored);
  if (::mkdir(state.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_error();
  // Only a file that is new is opened here: closing a descriptor drops the locks that SQLite holds on it in this
  // process.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) {
    ::close(descriptor);
  } else if (errno != EEXIST || ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return system_error();
  }
  return std::nullopt;
}

/// The version of a file that is ours, or 0 for one that is empty and may be made so. Reads only.
std::optional<StoreError> read_version(sqlite3* connection, std::int64_t& version) {
  std::int64_t application = 0;
  std::int64_t objects = 0;
  if (auto error = sqlite::read_number(connection, "PRAGMA application_id", application)) return error;
  if (auto error = sqlite::read_number(connection, "PRAGMA user_version", version)) return error;
  if (auto error = sqlite::read_number(connection, "SELECT count(*) FROM sqlite_schema", objects)) return error;
  if (application == 0 && version == 0 && objects == 0) return std::nullopt;
  if (application != kApplicationId) return StoreError{SQLITE_NOTADB, "this is the database of another program"};
  if (version > kSchemaVersion) return StoreError{SQLITE_MISMATCH, "written by a later version of Breakwater"};
  if (version < 1) return StoreError{SQLITE_CORRUPT, "it has no version"};
  return std::nullopt;
}

std::optional<StoreError> use_wal(sqlite3* connection) {
  auto statement = Statement::prepare(connection, "PRAGMA journal_mode = WAL");
  if (!statement) return statement.error();
  if (const auto step = statement->step(); !step) return step.error();
  // A file system that cannot do it says so by naming another mode.
  return statement->text(0) == "wal" ? std::nullopt
                                     : std::optional(StoreError{SQLITE_CANTOPEN, "WAL is not possible here"});
}

std::optional<StoreError> migrate(sqlite3* connection) {
  auto transaction = sqlite::Transaction::begin(connection);
  if (!transaction) return transaction.error();
  std::int64_t version = 0;
  if (auto error = read_version(connection, version)) return error;  // again: another process may have been quicker
  for (const auto* const schema : std::span(kSchemas).subspan(static_cast<std::size_t>(version)))
    if (auto error = sqlite::execute(connection, schema)) return error;
  return transaction->commit();
}

/// `version` becomes that of the schema, which is the latest in read_write.
std::optional<StoreError> configure(sqlite3* connection, Store::Mode mode, std::int64_t& version) {
  if (sqlite3_busy_timeout(connection, kBusyTimeoutMs) != SQLITE_OK ||
      sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr) != SQLITE_OK)
    return sqlite::error_of(connection);
  if (auto error = sqlite::execute(connection,
                                   "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                                   "PRAGMA synchronous = FULL"))
    return error;
  if (auto error = read_version(connection, version)) return error;
  if (mode == Store::Mode::read_only)
    return version == 0 ? std::optional(StoreError{SQLITE_NOTADB, "it is empty"}) : std::nullopt;
  if (auto error = use_wal(connection)) return error;
  return std::exchange(version, kSchemaVersion) < kSchemaVersion ? migrate(connection) : std::nullopt;
}

}  // namespace

struct Store::Impl {
  std::string file;
  sqlite::Connection connection;
  std::optional<Statement> select;
  std::optional<Statement> insert;  // none in read_only

  std::optional<StoreError> open(const std::filesystem::path& state, Mode mode);
  std::optional<StoreError> insert_one(const Attempt& attempt);
  std::optional<StoreError> insert_all(std::span<const Attempt> attempts);
  std::optional<StoreError> select_since(std::int64_t since, const std::function<void(const Attempt&)>& visit);

  std::optional<StoreError> named(std::optional<StoreError> error) const {
    if (error) error->message = file + ": " + error->message;
    return error;
  }
};

std::optional<StoreError> Store::Impl::open(const std::filesystem::path& state, Mode mode) {
  const bool writes = mode == Mode::read_write;
  if (writes)
    if (auto error = make_file(state, file)) return error;

  sqlite3* opened = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
  connection.reset(opened);
  if (code != SQLITE_OK) return sqlite::error_of(opened);
  std::int64_t version = 0;
  if (auto error = configure(opened, mode, version)) return error;

  auto reading = Statement::prepare(opened, select_sql(version));
  if (!reading) return reading.error();
  select = *std::move(reading);
  if (!writes) return std::nullopt;
  auto writing = Statement::prepare(opened, insert_sql());
  if (!writing) return writing.error();
  insert = *std::move(writing);
  return std::nullopt;
}

std::optional<StoreError> Store::Impl::insert_one(const Attempt& attempt) {
  int column = 0;
  if (auto error = insert->bind(column, std::int64_t{attempt.time.time_since_epoch().count()})) return error;
  for (const auto field : kColumnFields)
    if (auto error = insert->bind(++column, clean_text(attempt.*field))) return error;
  if (auto error = insert->bind(kLineColumn, std::int64_t{attempt.line})) return error;
  const auto step = insert->step();
  insert->reset();
  return step ? std::nullopt : std::optional(step.error());
}

std::optional<StoreError> Store::Impl::insert_all(std::span<const Attempt> attempts) {
  if (!insert) return StoreError{SQLITE_READONLY, "opened for reading"};
  // A file that was deleted or replaced takes writes that nobody will ever read.
  int moved = 0;
  if (sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved != 0)
    return StoreError{SQLITE_READONLY, "it was moved or deleted"};
  auto transaction = sqlite::Transaction::begin(connection.get());
  if (!transaction) return transaction.error();
  for (const Attempt& attempt : attempts)
    if (auto error = insert_one(attempt)) return error;
  return transaction->commit();
}

std::optional<StoreError> Store::Impl::select_since(std::int64_t since,
                                                    const std::function<void(const Attempt&)>& visit) {
  struct Reset {
    Statement& statement;
    ~Reset() { statement.reset(); }
  } const reset{*select};
  if (auto error = select->bind(0, since)) return error;
  for (;;) {
    const auto step = select->step();
    if (!step) return step.error();
    if (*step == Statement::Step::done) return std::nullopt;
    Attempt attempt;
    int column = 0;
    attempt.time = std::chrono::sys_time<milliseconds>(milliseconds(select->number(column)));
    for (const auto field : kColumnFields)
      attempt.*field = select->text(++column);
    attempt.line = static_cast<std::uint32_t>(select->number(kLineColumn));
    visit(attempt);
  }
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>, StoreError> Store::open(const std::filesystem::path& state, Mode mode) {
  auto impl = std::make_unique<Impl>();
  impl->file = (state / kFileName).string();
  if (auto error = impl->named(impl->open(state, mode))) return *std::move(error);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

std::optional<StoreError> Store::append(std::span<const Attempt> attempts) {
  return impl_->named(impl_->insert_all(attempts));
}

std::optional<StoreError> Store::each(std::chrono::sys_time<milliseconds> since,
                                      const std::function<void(const Attempt&)>& visit) {
  return impl_->named(impl_->select_since(since.time_since_epoch().count(), visit));
}

}  // namespace breakwater::safeguarding
