#include "proxy/safeguarding/central.h"

#include <algorithm>
#include <functional>
#include <set>

#include "proxy/safeguarding/central_schema.h"
#include "proxy/safeguarding/chain_copy.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/postgres.h"
#include "proxy/safeguarding/record_text.h"

namespace breakwater::safeguarding {
namespace {

using postgres::Connection;
using postgres::Error;
using postgres::Parameters;
using postgres::Rows;
using postgres::Transaction;

constexpr std::int64_t kPage = 2000;  // records of one answer

Milliseconds time_of(std::int64_t number) {
  return Milliseconds(std::chrono::milliseconds(number));
}

std::string text_of(const Rows& rows, std::size_t row, std::size_t column) {
  return std::string(rows.bytes(row, column).value_or(""));
}

template <std::size_t size>
bool read_bytes(const Rows& rows, std::size_t row, std::size_t column, std::array<std::uint8_t, size>& out) {
  const auto bytes = rows.bytes(row, column);
  if (!bytes || bytes->size() != size) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

/// Columns in the order of kSelect.
std::optional<Record> read_record(const Rows& rows, std::size_t row) {
  const auto seq = rows.number(row, 0);
  const auto time = rows.number(row, 1);
  const auto kind = parse_kind(text_of(rows, row, 2));
  if (!seq || !time || !kind) return std::nullopt;
  Record record{*seq, time_of(*time), *kind, text_of(rows, row, 3), {}, text_of(rows, row, 5)};
  if (const auto body = rows.bytes(row, 4)) record.body = *body;
  if (!read_bytes(rows, row, 6, record.body_digest) || !read_bytes(rows, row, 7, record.sealed_digest) ||
      !read_bytes(rows, row, 8, record.hash))
    return std::nullopt;
  return record;
}

/// By a range and not by a LIMIT: a server that has no statistics yet would sort all that is left for each page.
constexpr const char* kSelect =
    "WITH next AS (SELECT min(seq) AS seq FROM breakwater.record WHERE gateway = $1 AND seq > $2)"
    " SELECT one.seq, time, kind, reference, body, sealed, body_digest, sealed_digest, hash"
    " FROM breakwater.record AS one, next"
    " WHERE gateway = $1 AND one.seq >= next.seq AND one.seq < next.seq + $3 ORDER BY one.seq";

/// In the order of the chain, as one transaction sees it. False: record `damaged` is none that a gateway writes.
Result<bool, Error> each(Connection& connection, const crypto::PublicKey& gateway, std::int64_t& damaged,
                         const std::function<void(const Record&)>& visit) {
  for (std::int64_t after = 0;;) {
    const auto rows = connection.run(kSelect, Parameters().bytes(crypto::view(gateway)).number(after).number(kPage));
    if (!rows) return rows.error();
    if (rows->count() == 0) return true;
    for (std::size_t row = 0; row < rows->count(); ++row) {
      const auto record = read_record(*rows, row);
      damaged = rows->number(row, 0).value_or(after + 1);
      if (!record) return false;
      visit(*record);
      after = record->seq;
    }
  }
}

constexpr const char* kGateways =
    "SELECT id, name, seq, waiting, (extract(epoch FROM heard) * 1000)::bigint,"
    " (extract(epoch FROM forwarded) * 1000)::bigint, fork, (extract(epoch FROM forked) * 1000)::bigint"
    " FROM breakwater.gateway ORDER BY name, id";

Result<std::vector<CentralGateway>, Error> read_gateways(Connection& connection) {
  const auto rows = connection.run(kGateways);
  if (!rows) return rows.error();
  std::vector<CentralGateway> gateways;
  gateways.reserve(rows->count());
  for (std::size_t row = 0; row < rows->count(); ++row) {
    CentralGateway gateway;
    if (!read_bytes(*rows, row, 0, gateway.id)) return Error{"XX001", "the row of a gateway is damaged"};
    gateway.name = text_of(*rows, row, 1);
    gateway.seq = rows->number(row, 2).value_or(0);
    gateway.waiting = rows->number(row, 3).value_or(0);
    gateway.heard = time_of(rows->number(row, 4).value_or(0));
    gateway.forwarded = time_of(rows->number(row, 5).value_or(0));
    if (const auto message = rows->bytes(row, 6))
      gateway.fork = CentralGateway::Fork{std::string(*message), time_of(rows->number(row, 7).value_or(0))};
    gateways.push_back(std::move(gateway));
  }
  return gateways;
}

/// What only the gateway's row tells: how many there were, and by whose key.
void check_row(const CentralGateway& gateway, const std::set<std::string>& keys, Verification& found) {
  if (found.records != gateway.seq)
    found.fault = {std::min(found.records, gateway.seq) + 1,
                   "the chain ends with record " + std::to_string(found.records) + ", and the gateway brought " +
                       std::to_string(gateway.seq) + ": records were removed or added at its end"};
  else if (gateway.waiting == 0 && gateway.seq > 0 && !keys.contains(crypto::to_text(crypto::view(gateway.id))))
    found.fault = {0, "no record names the key of the gateway: this is the chain of another"};
}

}  // namespace

Central::Central(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Central::Central(Central&& other) noexcept = default;
Central::~Central() = default;

Result<Central, std::string> Central::open(const CentralOptions& options) {
  if (!crypto::ready()) return std::string("libsodium cannot be used");
  auto opened = Connection::open(options, {});
  if (!opened) return opened.error().message;
  if (const auto error = check_central_version(*opened)) return error->message;
  return Central(std::make_unique<Connection>(*std::move(opened)));
}

std::optional<std::string> Central::migrate(const CentralOptions& options) {
  auto opened = Connection::open(options, {});
  if (!opened) return opened.error().message;
  if (const auto error = migrate_central(*opened)) return error->message;
  return std::nullopt;
}

Result<std::vector<CentralGateway>, std::string> Central::gateways() {
  auto gateways = read_gateways(*connection_);
  if (!gateways) return gateways.error().message;
  return *std::move(gateways);
}

Result<Verification, std::string> Central::verify(const crypto::PublicKey& gateway, std::span<const Head> heads) {
  auto snapshot = Transaction::begin(*connection_, Transaction::Access::snapshot);
  if (!snapshot) return snapshot.error().message;
  const auto gateways = read_gateways(*connection_);
  if (!gateways) return gateways.error().message;
  const auto row = std::find_if(gateways->begin(), gateways->end(), [&](const auto& one) { return one.id == gateway; });
  if (row == gateways->end()) return std::string("there is no such gateway");

  Verifier verifier(heads);
  std::set<std::string> keys;
  std::int64_t damaged = 0;
  const auto look = [&](const Record& record) {
    verifier.add(record);
    if (record.kind == Kind::key) keys.insert(text_in(record.body.value_or(""), kKeyMember));
  };
  const auto is_sound = each(*connection_, gateway, damaged, look);
  if (!is_sound) return is_sound.error().message;
  auto found = verifier.finish();
  if (!*is_sound)
    found.fault = {damaged, "record " + std::to_string(damaged) + " is damaged"};
  else if (!found.fault)
    check_row(*row, keys, found);
  return found;
}

std::optional<std::string> Central::copy(const crypto::PublicKey& gateway, const std::filesystem::path& state) {
  auto snapshot = Transaction::begin(*connection_, Transaction::Access::snapshot);
  if (!snapshot) return snapshot.error().message;
  const auto keys =
      connection_->run("SELECT wrapped FROM breakwater.day_key WHERE gateway = $1 AND wrapped IS NOT NULL",
                       Parameters().bytes(crypto::view(gateway)));
  if (!keys) return keys.error().message;
  auto copy = ChainCopy::begin(state);
  if (!copy) return copy.error();
  for (std::size_t row = 0; row < keys->count(); ++row) {
    const auto key = parse_day_key(text_of(*keys, row, 0));
    if (!key) return "the key of a day is damaged";
    if (auto error = write_day_key(state, *key); !error.empty()) return error;
  }
  std::optional<std::string> failed;
  std::int64_t damaged = 0;
  const auto is_sound = each(*connection_, gateway, damaged, [&](const Record& record) {
    if (!failed) failed = copy->add(record);
  });
  if (!is_sound) return is_sound.error().message;
  if (!*is_sound) return "record " + std::to_string(damaged) + " is damaged";
  return failed ? failed : copy->finish();
}

}  // namespace breakwater::safeguarding
