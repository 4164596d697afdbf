#include "proxy/safeguarding/appender.h"

#include <algorithm>
#include <array>

namespace breakwater::safeguarding::sqlite {
namespace {

constexpr std::size_t kSaltBytes = 16;

/// The body with a salt as its first member; "" where it is no object.
std::string salted(std::string_view body) {
  if (body.size() < 2 || body.front() != '{' || body.back() != '}') return {};
  std::string text = R"({"salt":")";
  text += crypto::to_text(crypto::random_bytes(kSaltBytes));
  text += body == "{}" ? "\"" : "\",";
  return text += body.substr(1);
}

bool read_digest(const Statement& statement, int column, Digest& digest) {
  const auto bytes = statement.text(column);
  if (bytes.size() != digest.size()) return false;
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return true;
}

}  // namespace

std::optional<Record> read_record(const Statement& statement) {
  Record record;
  const auto kind = parse_kind(statement.text(2));
  if (!kind) return std::nullopt;
  record.seq = statement.number(0);
  record.time = Milliseconds(std::chrono::milliseconds(statement.number(1)));
  record.kind = *kind;
  record.reference = statement.text(3);
  if (!statement.is_null(4)) record.body = statement.text(4);
  record.sealed = statement.text(5);
  if (!read_digest(statement, 6, record.body_digest) || !read_digest(statement, 7, record.sealed_digest) ||
      !read_digest(statement, 8, record.hash))
    return std::nullopt;
  return record;
}

Result<Appender, StoreError> Appender::prepare(sqlite3* connection, std::shared_ptr<Sealer> sealer) {
  if (!crypto::ready()) return StoreError{SQLITE_INTERNAL, "libsodium cannot be used"};
  auto last = Statement::prepare(connection, "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1");
  auto same = Statement::prepare(connection,
                                 "SELECT 1 FROM records WHERE reference = ? AND time = ? AND kind = 'attempt' LIMIT 1");
  auto insert = Statement::prepare(
      connection, std::string("INSERT INTO records (") + kColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto* const statement : {&last, &same, &insert})
    if (!*statement) return statement->error();
  return Appender(std::move(sealer), *std::move(last), *std::move(same), *std::move(insert));
}

Appender::Appender(std::shared_ptr<Sealer> sealer, Statement last, Statement same, Statement insert)
    : sealer_(std::move(sealer)), last_(std::move(last)), same_(std::move(same)), insert_(std::move(insert)) {}

std::optional<StoreError> Appender::find_end() {
  seq_ = 0;
  hash_ = kNoRecord;
  const auto step = last_.step();
  const bool found = step && *step == Statement::Step::row;
  const bool sound = !found || read_digest(last_, 1, hash_);
  if (found) seq_ = last_.number(0);
  last_.reset();
  if (!step) return step.error();
  return sound ? std::nullopt : std::optional(StoreError{SQLITE_CORRUPT, "the last record has no hash"});
}

std::optional<StoreError> Appender::is_there(const Entry& entry, bool& there) {
  if (auto error = same_.bind(0, entry.reference)) return error;
  if (auto error = same_.bind(1, std::int64_t{entry.time.time_since_epoch().count()})) return error;
  const auto step = same_.step();
  same_.reset();
  if (!step) return step.error();
  there = *step == Statement::Step::row;
  return std::nullopt;
}

std::optional<StoreError> Appender::add(const Entry& entry) {
  if (entry.kind == Kind::attempt) {
    bool there = false;
    if (auto error = is_there(entry, there); error || there) return error;
  }
  Record record{seq_ + 1, entry.time, entry.kind, entry.reference, salted(entry.body), {}};
  if (record.body->empty()) return StoreError{SQLITE_MISUSE, "the body of a record is no JSON object"};
  if (!entry.sealed.empty()) {
    if (const auto error = sealer_->seal(record, entry.sealed, record.sealed); !error.empty())
      return StoreError{SQLITE_CANTOPEN, "names cannot be sealed: " + error};
  }
  record.body_digest = crypto::digest(*record.body);
  record.sealed_digest = crypto::digest(record.sealed);
  record.hash = link(hash_, record);
  if (auto error = insert(record)) return error;
  seq_ = record.seq;
  hash_ = record.hash;
  return std::nullopt;
}

std::optional<StoreError> Appender::insert(const Record& record) {
  const std::array<std::optional<StoreError>, 9> bound{
      insert_.bind(0, record.seq),
      insert_.bind(1, std::int64_t{record.time.time_since_epoch().count()}),
      insert_.bind(2, to_string(record.kind)),
      insert_.bind(3, record.reference),
      insert_.bind(4, *record.body),
      insert_.bind_blob(5, record.sealed),
      insert_.bind_blob(6, crypto::view(record.body_digest)),
      insert_.bind_blob(7, crypto::view(record.sealed_digest)),
      insert_.bind_blob(8, crypto::view(record.hash))};
  for (const auto& error : bound)
    if (error) return error;
  const auto step = insert_.step();
  insert_.reset();
  return step ? std::nullopt : std::optional(step.error());
}

}  // namespace breakwater::safeguarding::sqlite
