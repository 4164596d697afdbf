#include "proxy/safeguarding/central_writer.h"

#include <algorithm>

namespace breakwater::safeguarding {
namespace {

using postgres::Array;
using postgres::Error;
using postgres::Parameters;

}  // namespace

std::optional<Error> CentralWriter::run(const char* sql, const Parameters& parameters) {
  const auto done = connection_.run(sql, parameters);
  return done ? std::nullopt : std::optional(done.error());
}

Result<CentralWriter::Position, Error> CentralWriter::lock() {
  const auto rows = connection_.run(
      "INSERT INTO breakwater.gateway (id, name) VALUES ($1, $2)"
      " ON CONFLICT (id) DO UPDATE SET name = excluded.name, heard = now() RETURNING seq, hash",
      Parameters().bytes(crypto::view(gateway_)).text(name_));
  if (!rows) return rows.error();
  Position position;
  const auto seq = rows->number(0, 0);
  const auto hash = rows->bytes(0, 1);
  if (!seq || !hash || hash->size() != position.hash.size()) return Error{"XX001", "the gateway's row is damaged"};
  position.seq = *seq;
  std::copy(hash->begin(), hash->end(), position.hash.begin());
  return position;
}

std::optional<Error> CentralWriter::add(std::span<const Record> records) {
  Array seqs(Array::Of::numbers);
  Array times(Array::Of::numbers);
  Array kinds(Array::Of::texts);
  Array references(Array::Of::texts);
  Array bodies(Array::Of::texts);
  Array sealed(Array::Of::bytes);
  Array body_digests(Array::Of::bytes);
  Array sealed_digests(Array::Of::bytes);
  Array hashes(Array::Of::bytes);
  for (const auto& record : records) {
    seqs.add(record.seq);
    times.add(std::int64_t{record.time.time_since_epoch().count()});
    kinds.add(to_string(record.kind));
    references.add(record.reference);
    record.body ? bodies.add(*record.body) : bodies.add_null();
    record.sealed.empty() ? sealed.add_null() : sealed.add(record.sealed);
    body_digests.add(crypto::view(record.body_digest));
    sealed_digests.add(crypto::view(record.sealed_digest));
    hashes.add(crypto::view(record.hash));
  }
  Parameters parameters;
  parameters.bytes(crypto::view(gateway_));
  for (const auto* const column :
       {&seqs, &times, &kinds, &references, &bodies, &sealed, &body_digests, &sealed_digests, &hashes})
    parameters.array(*column);
  if (auto error = run("INSERT INTO breakwater.record"
                       " (gateway, seq, time, kind, reference, body, sealed, body_digest, sealed_digest, hash)"
                       " SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)",
                       parameters))
    return error;
  for (const auto& record : records)
    if (const auto deletion = parse_deletion(record))
      if (auto error = erase(*deletion)) return error;
  return std::nullopt;
}

/// As covers() has it.
std::optional<Error> CentralWriter::erase(const Deletion& deletion) {
  const char* sql = nullptr;
  if (deletion.what == Deletion::What::names)
    sql =
        "UPDATE breakwater.record SET sealed = NULL WHERE gateway = $1 AND seq < $2"
        " AND time < $3 AND kind = ANY ($4) AND seq <> ALL ($5) AND seq BETWEEN $6 AND $7 AND sealed IS NOT NULL";
  if (deletion.what == Deletion::What::all)
    sql =
        "UPDATE breakwater.record SET sealed = NULL, body = NULL WHERE gateway = $1 AND seq < $2"
        " AND time < $3 AND kind = ANY ($4) AND seq <> ALL ($5) AND seq BETWEEN $6 AND $7 AND (sealed IS NOT NULL OR "
        "body IS NOT NULL)";
  if (sql == nullptr) return std::nullopt;  // it took nothing from records
  Array kinds(Array::Of::texts);
  for (const auto kind : deletion.kinds)
    kinds.add(to_string(kind));
  Array held(Array::Of::numbers);
  for (const auto seq : deletion.held)
    held.add(seq);
  return run(sql, Parameters()
                      .bytes(crypto::view(gateway_))
                      .number(deletion.seq)
                      .number(deletion.until.time_since_epoch().count())
                      .array(kinds)
                      .array(held)
                      .number(deletion.from)
                      .number(deletion.to));
}

std::optional<Error> CentralWriter::put(const std::vector<DayKey>& keys) {
  Array ids(Array::Of::texts);
  Array days(Array::Of::texts);
  Array wrapped(Array::Of::texts);
  for (const auto& key : keys) {
    ids.add(crypto::to_text(key.id));
    days.add(key.day);
    wrapped.add(to_json(key));
  }
  return run(
      "INSERT INTO breakwater.day_key AS known (gateway, id, day, wrapped)"
      " SELECT $1, * FROM unnest($2, $3, $4) ON CONFLICT (gateway, id) DO UPDATE"
      " SET wrapped = excluded.wrapped WHERE known.wrapped <> excluded.wrapped",
      Parameters().bytes(crypto::view(gateway_)).array(ids).array(days).array(wrapped));
}

std::optional<Error> CentralWriter::destroy_keys(const std::string& day, const std::vector<DayKey>& kept) {
  Array ids(Array::Of::texts);
  for (const auto& key : kept)
    ids.add(crypto::to_text(key.id));
  return run(
      "UPDATE breakwater.day_key SET wrapped = NULL"
      " WHERE gateway = $1 AND day < $2 AND id <> ALL ($3) AND wrapped IS NOT NULL",
      Parameters().bytes(crypto::view(gateway_)).text(day).array(ids));
}

std::optional<Error> CentralWriter::note(const Position& position, std::int64_t waiting) {
  return run("UPDATE breakwater.gateway SET seq = $2, hash = $3, waiting = $4, forwarded = now() WHERE id = $1",
             Parameters()
                 .bytes(crypto::view(gateway_))
                 .number(position.seq)
                 .bytes(crypto::view(position.hash))
                 .number(waiting));
}

std::optional<Error> CentralWriter::note_fork(const std::string& message) {
  return run("UPDATE breakwater.gateway SET fork = $2, forked = now() WHERE id = $1",
             Parameters().bytes(crypto::view(gateway_)).text(message));
}

}  // namespace breakwater::safeguarding
