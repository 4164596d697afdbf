#include "proxy/safeguarding/forward_pass.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "proxy/safeguarding/central_schema.h"

namespace breakwater::safeguarding {
namespace {

using Clock = std::chrono::steady_clock;
using Failure = ForwardPass::Failure;
using State = Forwarder::State;

constexpr std::int64_t kBatchRecords = 500;     // of one statement
constexpr std::size_t kBatchBytes = 8U << 20U;  // about; the last record of a batch may go beyond it
constexpr std::chrono::minutes kHeardEvery{1};
/// A change of a folder that comes in the same tick of the clock as the one before does not show.
constexpr std::chrono::seconds kTick{1};

Failure held_up(std::string message) {
  return {State::waiting, std::move(message)};
}

Failure held_up(const postgres::Error& error) {
  return held_up(error.message);
}

std::optional<Failure> failure_of(const std::optional<postgres::Error>& error) {
  return error ? std::optional(held_up(*error)) : std::nullopt;
}

}  // namespace

std::optional<Failure> ForwardPass::run(const std::stop_token& stop) {
  auto failed = [&]() -> std::optional<Failure> {
    for (bool first = true;; first = false) {
      std::int64_t end = 0;
      if (auto failure = find_end(end)) return failure;
      counters_.waiting = static_cast<std::uint64_t>(std::max<std::int64_t>(end - counted_.value_or(0), 0));
      const bool is_due = Clock::now() - heard_ >= kHeardEvery;
      if (there_ == end && !(first && is_due)) return std::nullopt;
      if (!connection_)
        if (auto failure = connect(stop)) return failure;
      if (auto failure = bring(end)) return failure;
    }
  }();
  store_.reset();  // opened anew by the next: its file may be another by then
  if (failed) {
    connection_.reset();
    there_.reset();
  }
  return failed;
}

std::optional<Failure> ForwardPass::connect(const std::stop_token& stop) {
  const auto key = ChainKey::load_or_make(keys_folder(options_.state));
  if (!key) return held_up(key.error());
  auto opened = postgres::Connection::open(options_.central, stop);
  if (!opened) return held_up(opened.error());
  if (auto failure = failure_of(migrate_central(*opened))) return failure;
  gateway_ = key->public_key();
  connection_ = std::make_unique<postgres::Connection>(*std::move(opened));
  last_deletion_ = 0;
  keys_brought_.reset();
  return std::nullopt;
}

/// One transaction. It ends only where each deletion here is there too: what it took away has come without its parts,
/// and nothing there may miss what no deletion tells of.
std::optional<Failure> ForwardPass::bring(std::int64_t end) {
  auto transaction = postgres::Transaction::begin(*connection_, postgres::Transaction::Access::read_write);
  if (!transaction) return held_up(transaction.error());
  CentralWriter writer(*connection_, gateway_, options_.gateway);
  const auto there = writer.lock();
  if (!there) return held_up(there.error());
  if (auto fork = compare(*there, end)) {
    if (fork->state == State::forked && !writer.note_fork(fork->message)) static_cast<void>(transaction->commit());
    return fork;
  }
  auto position = *there;
  do {
    if (auto failure = bring_batch(writer, position, end)) return failure;
    if (auto failure = look_for_deletions()) return failure;
  } while (position.seq < last_deletion_);
  if (auto failure = bring_keys(writer)) return failure;
  if (auto failure = failure_of(writer.note(position, std::max<std::int64_t>(end - position.seq, 0)))) return failure;
  if (auto failure = failure_of(transaction->commit())) return failure;
  there_ = position.seq;
  counters_.forwarded += static_cast<std::uint64_t>(position.seq - counted_.value_or(there->seq));
  counted_ = position.seq;
  heard_ = Clock::now();
  return std::nullopt;
}

std::optional<Failure> ForwardPass::compare(const Position& there, std::int64_t end) {
  if (!counted_) counted_ = there.seq;
  if (there.seq == 0) return std::nullopt;
  const auto name = "record " + std::to_string(there.seq);
  if (there.seq > end)
    return Failure{State::forked, "the central store has " + name + " of this gateway, whose own records end with " +
                                      std::to_string(end) + ": an older copy of its state was put back"};
  std::optional<Digest> hash;
  const Filter that{.since = Milliseconds::min(), .after = there.seq - 1, .up_to = there.seq};
  if (auto failure = each(that, [&hash](const Record& record) { hash = record.hash; })) return failure;
  if (hash == there.hash) return std::nullopt;
  return Failure{State::forked, name +
                                    " is not the one that the central store has of this gateway: an older copy of "
                                    "its state was put back and went on, or two gateways use one key"};
}

std::optional<Failure> ForwardPass::bring_batch(CentralWriter& writer, Position& position, std::int64_t end) {
  std::vector<Record> batch;
  std::size_t bytes = 0;
  std::int64_t next = position.seq + 1;
  const auto take = [&](const Record& record) {
    if (bytes >= kBatchBytes || record.seq != next) return;
    bytes += record.body.value_or("").size() + record.sealed.size();
    batch.push_back(record);
    ++next;
  };
  const Filter following{.since = Milliseconds::min(), .after = position.seq, .up_to = position.seq + kBatchRecords};
  if (auto failure = each(following, take)) return failure;
  if (batch.empty() && position.seq < std::max(end, last_deletion_))
    return held_up("record " + std::to_string(next) + " is missing here: see `breakwater verify`");
  if (batch.empty()) return std::nullopt;
  position = {batch.back().seq, batch.back().hash};
  return failure_of(writer.add(batch));
}

std::optional<Failure> ForwardPass::look_for_deletions() {
  const Filter deletions{.kinds = {Kind::deletion}, .since = Milliseconds::min(), .after = last_deletion_};
  return each(deletions, [this](const Record& record) {
    last_deletion_ = record.seq;
    if (const auto deletion = parse_deletion(record); deletion && deletion->what == Deletion::What::names)
      names_deleted_before_ = std::max(names_deleted_before_, day_of(deletion->until));
  });
}

/// A key goes there once it has gone here, and the chain says that the names of its day were deleted: a folder that got
/// lost takes nothing with it.
std::optional<Failure> ForwardPass::bring_keys(CentralWriter& writer) {
  std::error_code ignored;  // a folder that is not there has no keys
  const auto changed = std::filesystem::last_write_time(days_folder(options_.state), ignored);
  if (keys_brought_ == changed) return std::nullopt;
  const bool is_settled = std::filesystem::file_time_type::clock::now() - changed > kTick;
  std::vector<std::string> damaged;
  const auto keys = read_day_keys(options_.state, damaged);
  // Again: a key that has gone since then has its deletion behind that look.
  if (auto failure = look_for_deletions()) return failure;
  if (auto failure = failure_of(writer.put(keys))) return failure;
  if (damaged.empty() && !names_deleted_before_.empty())
    if (auto failure = failure_of(writer.destroy_keys(names_deleted_before_, keys))) return failure;
  if (is_settled) keys_brought_ = changed;
  return std::nullopt;
}

std::optional<Failure> ForwardPass::open_store() {
  if (store_) return std::nullopt;
  auto opened = Store::open(options_.state, Store::Mode::read_only);
  if (!opened) return held_up(opened.error().message);
  store_ = *std::move(opened);
  return std::nullopt;
}

std::optional<Failure> ForwardPass::find_end(std::int64_t& end) {
  if (auto failure = open_store()) return failure;
  const auto error = store_->last_seq(end);
  return error ? std::optional(held_up(error->message)) : std::nullopt;
}

std::optional<Failure> ForwardPass::each(const Filter& filter, const std::function<void(const Record&)>& visit) {
  const auto error = store_->each(filter, visit);
  return error ? std::optional(held_up(error->message)) : std::nullopt;
}

}  // namespace breakwater::safeguarding
