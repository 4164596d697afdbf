#include "proxy/safeguarding/erase.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace breakwater::safeguarding::sqlite {
namespace {

constexpr std::chrono::milliseconds kLogPause{20};
constexpr int kLogTries = 500;  // 10 s: a report reads for that long

std::string_view what_is_left(const Deletion& deletion) {
  return deletion.what == Deletion::What::all ? "(length(sealed) > 0 OR body IS NOT NULL)" : "length(sealed) > 0";
}

}  // namespace

std::optional<StoreError> find_erasable(sqlite3* connection, const Deletion& deletion, std::vector<std::int64_t>& out) {
  std::string sql("SELECT seq FROM records WHERE time < ?1 AND kind IN (");
  sql.append(names_of(deletion.kinds)).append(") AND ").append(what_is_left(deletion));
  auto select = Statement::prepare(connection, sql);
  if (!select) return select.error();
  if (auto error = select->bind(0, std::int64_t{deletion.until.time_since_epoch().count()})) return error;
  for (;;) {
    const auto step = select->step();
    if (!step) return step.error();
    if (*step == Statement::Step::done) break;
    if (!deletion.held.contains(select->number(0))) out.push_back(select->number(0));
  }
  std::sort(out.begin(), out.end());  // the index has one kind after the other
  return std::nullopt;
}

Deletion slice_of(const Deletion& deletion, std::span<const std::int64_t> records) {
  auto slice = deletion;
  slice.from = records.front();
  slice.to = records.back();
  slice.held = {deletion.held.lower_bound(slice.from), deletion.held.upper_bound(slice.to)};
  slice.count = 0;
  return slice;
}

std::optional<StoreError> erase_records(sqlite3* connection, std::span<const std::int64_t> records,
                                        Deletion& deletion) {
  std::int64_t last_hold = 0;
  if (auto error = read_number(connection, "SELECT max(seq) FROM records WHERE kind = 'hold'", last_hold)) return error;
  if (last_hold > deletion.holds_known_to) return StoreError{SQLITE_BUSY, "what is held has changed meanwhile"};
  std::string sql("UPDATE records SET sealed = NULL");
  if (deletion.what == Deletion::What::all) sql += ", body = NULL";
  sql.append(" WHERE seq = ?1 AND ").append(what_is_left(deletion));
  auto update = Statement::prepare(connection, sql);
  if (!update) return update.error();
  for (const auto seq : records) {
    if (auto error = update->bind(0, seq)) return error;
    if (const auto step = update->step(); !step) return step.error();
    deletion.count += sqlite3_changes64(connection);
    update->reset();
  }
  return std::nullopt;
}

/// TRUNCATE would wait for readers with the lock of writers in hand: so it may not wait, and comes after a PASSIVE one,
/// which needs no lock and leaves it next to nothing to do.
std::optional<StoreError> empty_log(sqlite3* connection) {
  const auto checkpoint = [connection](int mode) {
    return sqlite3_wal_checkpoint_v2(connection, nullptr, mode, nullptr, nullptr);
  };
  for (int tries = 0; tries < kLogTries; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(kLogPause);
    set_waiting(connection, Waiting::no);
    auto code = checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    if (code == SQLITE_OK) code = checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    set_waiting(connection, Waiting::a_second);
    if (code == SQLITE_OK) return std::nullopt;
    if (code != SQLITE_BUSY) return error_of(connection);
  }
  return StoreError{SQLITE_BUSY, "what was deleted may still stand in its log, which others read without a pause"};
}

}  // namespace breakwater::safeguarding::sqlite
