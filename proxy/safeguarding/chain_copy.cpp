#include "proxy/safeguarding/chain_copy.h"

#include <utility>

#include "proxy/safeguarding/appender.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {

using sqlite::Statement;
using sqlite::Transaction;

Result<ChainCopy, std::string> ChainCopy::begin(const std::filesystem::path& state) {
  const auto file = state / "attempts.db";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return file.string() + ": is there already";
  // Made and closed by the one who knows how.
  if (const auto made = Store::open(state, Store::Mode::read_write); !made) return made.error().message;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite::Connection connection(opened);
  if (code != SQLITE_OK) return sqlite::error_of(opened).message;
  auto transaction = Transaction::begin(opened);
  if (!transaction) return transaction.error().message;
  // A part that was deleted, or never was, reads the same: its digest tells which.
  auto insert = Statement::prepare(opened, std::string("INSERT INTO records (") + sqlite::kColumns +
                                               ") VALUES (?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?, ?)");
  if (!insert) return insert.error().message;
  return ChainCopy(std::move(connection), *std::move(transaction), *std::move(insert));
}

ChainCopy::ChainCopy(sqlite::Connection connection, Transaction transaction, Statement insert)
    : connection_(std::move(connection)), transaction_(std::move(transaction)), insert_(std::move(insert)) {}

std::optional<std::string> ChainCopy::add(const Record& record) {
  const auto bound = {insert_.bind(0, record.seq),
                      insert_.bind(1, std::int64_t{record.time.time_since_epoch().count()}),
                      insert_.bind(2, to_string(record.kind)),
                      insert_.bind(3, record.reference),
                      insert_.bind(4, record.body.value_or("")),
                      insert_.bind_blob(5, record.sealed),
                      insert_.bind_blob(6, crypto::view(record.body_digest)),
                      insert_.bind_blob(7, crypto::view(record.sealed_digest)),
                      insert_.bind_blob(8, crypto::view(record.hash))};
  for (const auto& error : bound)
    if (error) return error->message;
  const auto step = insert_.step();
  insert_.reset();
  return step ? std::nullopt : std::optional(step.error().message);
}

std::optional<std::string> ChainCopy::finish() {
  const auto error = transaction_.commit();
  return error ? std::optional(error->message) : std::nullopt;
}

}  // namespace breakwater::safeguarding
