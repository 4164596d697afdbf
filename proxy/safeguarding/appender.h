#pragma once

#include <memory>
#include <optional>

#include "proxy/safeguarding/sealer.h"
#include "proxy/safeguarding/sqlite.h"

/// Links records to the end of the chain. Internal to this folder.
namespace breakwater::safeguarding::sqlite {

class Appender {
 public:
  static Result<Appender, StoreError> prepare(sqlite3* connection, std::shared_ptr<Sealer> sealer);

  /// Finds the end of the chain: first thing in a transaction, since other processes append too.
  std::optional<StoreError> find_end();
  /// Links one record to it, within the same transaction.
  std::optional<StoreError> add(const Entry& entry);

  /// The end of the chain; its `seq` is 0 where there is no record.
  std::int64_t seq() const { return seq_; }
  const Digest& hash() const { return hash_; }

 private:
  Appender(std::shared_ptr<Sealer> sealer, Statement last, Statement same, Statement insert);
  std::optional<StoreError> is_there(const Entry& entry, bool& there);
  std::optional<StoreError> insert(const Record& record);

  std::shared_ptr<Sealer> sealer_;
  Statement last_;
  Statement same_;
  Statement insert_;
  std::int64_t seq_ = 0;
  Digest hash_ = kNoRecord;
};

/// The record in the row at hand of a statement that selects kColumns.
inline constexpr const char* kColumns = "seq, time, kind, reference, body, sealed, body_digest, sealed_digest, hash";
/// nullopt: a column that the chain needs is not what it may be.
std::optional<Record> read_record(const Statement& statement);

}  // namespace breakwater::safeguarding::sqlite
