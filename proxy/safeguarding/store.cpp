#include "proxy/safeguarding/store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/safeguarding/appender.h"
#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/erase.h"
#include "proxy/safeguarding/heads_file.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/record_text.h"
#include "proxy/safeguarding/schema.h"
#include "proxy/safeguarding/sqlite.h"
#include "proxy/safeguarding/tally_table.h"

namespace breakwater::safeguarding {
namespace {

using sqlite::Appender;
using sqlite::Statement;

constexpr const char* kFileName = "attempts.db";
constexpr std::chrono::milliseconds kSlicePause{10};  // at least: who waits for the lock looks every millisecond

StoreError system_error() {
  return {SQLITE_CANTOPEN, std::generic_category().message(errno)};
}

/// Makes the folder (0700) and the file (0600), so that neither is ever wider; SQLite gives its other files the same
/// mode, and syncs the folder with them. A folder that is there already stays as it is.
std::optional<StoreError> make_file(const std::filesystem::path& state, const std::string& file) {
  make_private_folder(state);
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

std::optional<StoreError> use_wal(sqlite3* connection) {
  auto statement = Statement::prepare(connection, "PRAGMA journal_mode = WAL");
  if (!statement) return statement.error();
  if (const auto step = statement->step(); !step) return step.error();
  // A file system that cannot do it says so by naming another mode.
  return statement->text(0) == "wal" ? std::nullopt
                                     : std::optional(StoreError{SQLITE_CANTOPEN, "WAL is not possible here"});
}

/// The tables of this version; attempts of an earlier one become sealed records.
std::optional<StoreError> migrate(sqlite3* connection, const std::shared_ptr<Sealer>& sealer) {
  auto transaction = sqlite::Transaction::begin(connection);
  if (!transaction) return transaction.error();
  std::int64_t version = 0;
  if (auto error = sqlite::read_version(connection, version)) return error;
  if (version == sqlite::kSchemaVersion) return std::nullopt;  // another process was quicker
  if (auto error = sqlite::make_tables(connection, version)) return error;
  const bool has_old_attempts = version > 0 && version < sqlite::kFirstWithRecords;
  if (has_old_attempts) {
    auto appender = Appender::prepare(connection, sealer);
    if (!appender) return appender.error();
    const auto add = [&appender](const Attempt& attempt) { return appender->add(to_entry(attempt)); };
    if (auto error = sqlite::each_old_attempt(connection, version, add)) return error;
    if (auto error = sqlite::execute(connection, "DROP TABLE attempts")) return error;
  }
  if (auto error = transaction->commit()) return error;
  // Names stood in clear in the file and in its log: neither keeps a page of them.
  if (has_old_attempts) return sqlite::execute(connection, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  return std::nullopt;
}

std::optional<StoreError> configure(sqlite3* connection, Store::Mode mode, const std::shared_ptr<Sealer>& sealer) {
  if (sqlite::set_waiting(connection, sqlite::Waiting::a_second) != SQLITE_OK ||
      sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr) != SQLITE_OK)
    return sqlite::error_of(connection);
  // secure_delete: what retention deletes is overwritten.
  if (auto error = sqlite::execute(connection,
                                   "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                                   "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON"))
    return error;
  std::int64_t version = 0;
  if (auto error = sqlite::read_version(connection, version)) return error;
  if (mode == Store::Mode::read_only) {
    if (version == 0) return StoreError{SQLITE_NOTADB, "it is empty"};
    if (version >= sqlite::kFirstWithRecords) return std::nullopt;
    return StoreError{SQLITE_MISMATCH, "written by an earlier version of Breakwater: start the gateway once"};
  }
  if (auto error = use_wal(connection)) return error;
  return version < sqlite::kSchemaVersion ? migrate(connection, sealer) : std::nullopt;
}

/// The inner query reads indexes alone, so that only small numbers are sorted.
std::string select_sql(const Filter& filter) {
  std::string where = "time >= ?1 AND time < ?2 AND seq > ?3 AND seq <= ?4";
  if (!filter.reference.empty()) where += " AND reference = ?5";
  if (!filter.kinds.empty()) where.append(" AND kind IN (").append(sqlite::names_of(filter.kinds)).append(")");
  std::string sql("SELECT ");
  sql += sqlite::kColumns;
  sql += " FROM records WHERE ";
  if (filter.kinds.empty() && filter.reference.empty())
    sql += where;
  else
    sql.append("seq IN (SELECT seq FROM records WHERE ").append(where).append(")");
  return sql += " ORDER BY seq";
}

std::string object_of(const char* key, const std::string& text) {
  return nlohmann::json{{key, text}}.dump();
}

}  // namespace

struct Store::Impl {
  std::filesystem::path state;
  std::string file;
  std::shared_ptr<Sealer> sealer;
  sqlite::Connection connection;
  std::optional<Appender> appender;  // none in read_only

  std::optional<StoreError> open(Mode mode);
  /// Begins a transaction in which the end of the chain is known.
  Result<sqlite::Transaction, StoreError> begin();
  template <class Item, class ToEntry>
  std::optional<StoreError> append(std::span<const Item> items, const ToEntry& to_entry_of, const Sheets& sheets = {});
  std::optional<StoreError> close_sheets(std::vector<Attempt>& left);
  std::optional<StoreError> erase(Deletion& deletion, Milliseconds now, const Slices& slices);
  Result<std::chrono::milliseconds, StoreError> erase_slice(Deletion& deletion, Milliseconds now,
                                                            std::span<const std::int64_t> records);
  std::optional<StoreError> each(const Filter& filter, const std::function<void(const Record&)>& visit);
  std::optional<StoreError> last_seq(std::int64_t& seq);
  std::optional<StoreError> last_of(Kind kind, Record& record);
  std::optional<StoreError> last_head(std::optional<Head>& head);
  std::optional<StoreError> sign_head(const ChainKey& key, Head& head);

  std::optional<StoreError> named(std::optional<StoreError> error) const {
    if (error) error->message = file + ": " + error->message;
    return error;
  }
};

std::optional<StoreError> Store::Impl::open(Mode mode) {
  const bool writes = mode == Mode::read_write;
  if (writes)
    if (auto error = make_file(state, file)) return error;

  sqlite3* opened = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
  connection.reset(opened);
  if (code != SQLITE_OK) return sqlite::error_of(opened);
  if (auto error = configure(opened, mode, sealer)) return error;
  if (!writes) return std::nullopt;
  auto prepared = Appender::prepare(opened, sealer);
  if (!prepared) return prepared.error();
  appender = *std::move(prepared);
  static_cast<void>(mend_heads(state / kHeadsFile));  // where that fails, the next head says so
  return std::nullopt;
}

Result<sqlite::Transaction, StoreError> Store::Impl::begin() {
  if (!appender) return StoreError{SQLITE_READONLY, "opened for reading"};
  // A file that was deleted or replaced takes writes that nobody will ever read.
  int moved = 0;
  if (sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved != 0)
    return StoreError{SQLITE_READONLY, "it was moved or deleted"};
  auto transaction = sqlite::Transaction::begin(connection.get());
  if (!transaction) return transaction;
  if (auto error = appender->find_end()) return *std::move(error);
  return transaction;
}

template <class Item, class ToEntry>
std::optional<StoreError> Store::Impl::append(std::span<const Item> items, const ToEntry& to_entry_of,
                                              const Sheets& sheets) {
  auto transaction = begin();
  if (!transaction) return transaction.error();
  for (const Item& item : items)
    if (auto error = appender->add(to_entry_of(item))) return error;
  for (const auto& sheet : sheets.open)
    if (auto error = sqlite::put_sheet(connection.get(), sheet)) return error;
  for (const auto& sheet : sheets.closed) {
    if (auto error = appender->add(to_entry(sheet))) return error;
    if (auto error = sqlite::remove_sheet(connection.get(), sheet)) return error;
  }
  return transaction->commit();
}

std::optional<StoreError> Store::Impl::close_sheets(std::vector<Attempt>& left) {
  auto transaction = begin();
  if (!transaction) return transaction.error();
  if (auto error = sqlite::read_sheets(connection.get(), left); error || left.empty()) return error;
  for (const auto& sheet : left) {
    // No name was with it on the disk: it is the pseudonym that says whose it is.
    auto entry = to_entry(sheet);
    entry.sealed.clear();
    if (auto error = appender->add(entry)) return error;
    if (auto error = sqlite::remove_sheet(connection.get(), sheet)) return error;
  }
  return transaction->commit();
}

/// How long the slice took.
Result<std::chrono::milliseconds, StoreError> Store::Impl::erase_slice(Deletion& deletion, Milliseconds now,
                                                                       std::span<const std::int64_t> records) {
  const auto begun = std::chrono::steady_clock::now();
  auto slice = sqlite::slice_of(deletion, records);
  auto transaction = begin();
  if (!transaction) return transaction.error();
  if (auto error = sqlite::erase_records(connection.get(), records, slice)) return *std::move(error);
  if (slice.count > 0) {
    if (auto error = appender->add({now, Kind::deletion, "", to_json(slice), ""})) return *std::move(error);
    if (auto error = transaction->commit()) return *std::move(error);
    deletion.seq = appender->seq();
    deletion.count += slice.count;
  }
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
}

std::optional<StoreError> Store::Impl::erase(Deletion& deletion, Milliseconds now, const Slices& slices) {
  for (const auto kind : deletion.kinds)
    if (kind == Kind::head || kind == Kind::key || kind == Kind::deletion)
      return StoreError{SQLITE_MISUSE, "what proves the chain is not deleted"};
  deletion.count = 0;
  std::vector<std::int64_t> found;
  if (auto error = sqlite::find_erasable(connection.get(), deletion, found)) return error;
  std::span<const std::int64_t> left(found);
  std::optional<StoreError> failure;
  while (!left.empty() && !failure) {
    if (slices.stop.stop_requested()) return StoreError{SQLITE_INTERRUPT, "broken off at the end"};
    const auto count = std::min(slices.records, left.size());
    if (const auto took = erase_slice(deletion, now, left.first(count)))
      std::this_thread::sleep_for(std::max(*took, kSlicePause));
    else
      failure = took.error();
    left = left.subspan(count);
  }
  if (deletion.count > 0)
    if (auto error = sqlite::empty_log(connection.get()); !failure) failure = std::move(error);
  return failure;
}

std::optional<StoreError> Store::Impl::each(const Filter& filter, const std::function<void(const Record&)>& visit) {
  auto select = Statement::prepare(connection.get(), select_sql(filter));
  if (!select) return select.error();
  if (auto error = select->bind(0, std::int64_t{filter.since.time_since_epoch().count()})) return error;
  if (auto error = select->bind(1, std::int64_t{filter.until.time_since_epoch().count()})) return error;
  if (auto error = select->bind(2, filter.after)) return error;
  if (auto error = select->bind(3, filter.up_to)) return error;
  if (!filter.reference.empty())
    if (auto error = select->bind(4, filter.reference)) return error;
  for (;;) {
    const auto step = select->step();
    if (!step) return step.error();
    if (*step == Statement::Step::done) return std::nullopt;
    const auto record = sqlite::read_record(*select);
    if (!record)
      return StoreError{SQLITE_CORRUPT, "record " + std::to_string(select->number(0)) + " is damaged: see verify"};
    visit(*record);
  }
}

std::optional<StoreError> Store::Impl::last_seq(std::int64_t& seq) {
  auto select = Statement::prepare(connection.get(), "SELECT max(seq) FROM records");
  if (!select) return select.error();
  if (const auto step = select->step(); !step) return step.error();
  seq = select->number(0);
  return std::nullopt;
}

/// `record` stays as it is where there is none. A look-up in the index by kind.
std::optional<StoreError> Store::Impl::last_of(Kind kind, Record& record) {
  std::int64_t seq = 0;
  if (auto error = sqlite::read_number(
          connection.get(), "SELECT max(seq) FROM records WHERE kind IN (" + sqlite::names_of({kind}) + ")", seq))
    return error;
  if (seq == 0) return std::nullopt;
  return each({.since = Milliseconds::min(), .after = seq - 1, .up_to = seq},
              [&record](const Record& one) { record = one; });
}

std::optional<StoreError> Store::Impl::last_head(std::optional<Head>& head) {
  Record record;
  if (auto error = last_of(Kind::head, record)) return error;
  head = parse_head(text_in(record.body.value_or(""), kHeadMember));
  return std::nullopt;
}

std::optional<StoreError> Store::Impl::sign_head(const ChainKey& key, Head& head) {
  auto transaction = begin();
  if (!transaction) return transaction.error();
  Record recorded;
  if (auto error = last_of(Kind::key, recorded)) return error;
  const auto key_text = crypto::to_text(crypto::view(key.public_key()));
  if (text_in(recorded.body.value_or(""), kKeyMember) != key_text)
    if (auto error = appender->add({head.time, Kind::key, "", object_of(kKeyMember, key_text), ""})) return error;
  Record before;
  if (auto error = last_of(Kind::head, before)) return error;
  const auto known =
      before.seq == appender->seq() ? parse_head(text_in(before.body.value_or(""), kHeadMember)) : std::nullopt;
  if (known) {
    head = *known;
    return std::nullopt;
  }
  head.seq = appender->seq();
  head.hash = appender->hash();
  key.sign(head);
  if (auto error = appender->add({head.time, Kind::head, "", object_of(kHeadMember, to_text(head)), ""})) return error;
  if (auto error = transaction->commit()) return error;
  // Where the file cannot be written the head is still in the chain.
  const auto failure = append_head(state / kHeadsFile, head);
  return failure.empty() ? std::nullopt : std::optional(StoreError{SQLITE_CANTOPEN, failure});
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>, StoreError> Store::open(const std::filesystem::path& state, Mode mode,
                                                       std::shared_ptr<Sealer> sealer) {
  auto impl = std::make_unique<Impl>();
  impl->state = state;
  impl->file = (state / kFileName).string();
  impl->sealer = sealer ? std::move(sealer) : std::make_shared<Sealer>(state);
  if (auto error = impl->named(impl->open(mode))) return *std::move(error);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

std::optional<StoreError> Store::append(std::span<const Entry> entries) {
  return impl_->named(impl_->append(entries, [](const Entry& entry) -> const Entry& { return entry; }));
}

std::optional<StoreError> Store::append(std::span<const Attempt> attempts) {
  return impl_->named(impl_->append(attempts, to_entry));
}

std::optional<StoreError> Store::append(std::span<const Attempt> attempts, const Sheets& sheets) {
  return impl_->named(impl_->append(attempts, to_entry, sheets));
}

std::optional<StoreError> Store::close_sheets(std::vector<Attempt>& left) {
  return impl_->named(impl_->close_sheets(left));
}

std::optional<StoreError> Store::erase(Deletion& deletion, Milliseconds now, const Slices& slices) {
  return impl_->named(impl_->erase(deletion, now, slices));
}

std::optional<StoreError> Store::each(const Filter& filter, const std::function<void(const Record&)>& visit) {
  return impl_->named(impl_->each(filter, visit));
}

std::optional<StoreError> Store::last_seq(std::int64_t& seq) {
  return impl_->named(impl_->last_seq(seq));
}

Result<Head, StoreError> Store::sign_head(Milliseconds now) {
  const auto key = ChainKey::load_or_make(keys_folder(impl_->state));
  if (!key) return StoreError{SQLITE_CANTOPEN, key.error()};
  Head head;
  head.time = now;
  if (auto error = impl_->named(impl_->sign_head(*key, head))) return *std::move(error);
  return head;
}

std::optional<StoreError> Store::last_head(std::optional<Head>& head) {
  return impl_->named(impl_->last_head(head));
}

}  // namespace breakwater::safeguarding
