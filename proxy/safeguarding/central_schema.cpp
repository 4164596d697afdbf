#include "proxy/safeguarding/central_schema.h"

#include <array>
#include <string>

namespace breakwater::safeguarding {
namespace {

using postgres::Connection;
using postgres::Error;
using postgres::Transaction;

// Each brings the tables to the next version. What was published is never changed.
//
// A record is here what it is in the chain of its gateway (see chain.h), by the key that signs that chain. A body or a
// sealed part that is NULL was deleted there, or there was none; a day key that is NULL was destroyed. A role writes
// for the gateways alone that it has brought here, and never deletes a row: see deploy/postgresql.md for the grants.
constexpr auto kMigrations = std::to_array<const char*>({R"(
  CREATE SCHEMA IF NOT EXISTS breakwater;
  CREATE TABLE breakwater.version (version bigint NOT NULL);
  INSERT INTO breakwater.version VALUES (0);

  CREATE TABLE breakwater.gateway (
    id bytea PRIMARY KEY CHECK (length(id) = 32),   -- the public key of its chain
    name text NOT NULL,
    role name NOT NULL DEFAULT current_user,        -- who brought it here
    seq bigint NOT NULL DEFAULT 0,                  -- of its last record here
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    waiting bigint NOT NULL DEFAULT 0,              -- records that had still to come when it was last heard
    heard timestamptz NOT NULL DEFAULT now(),
    forwarded timestamptz,
    fork text,                                      -- the last time that its chain was not the one that is here
    forked timestamptz
  );
  CREATE TABLE breakwater.record (
    gateway bytea NOT NULL REFERENCES breakwater.gateway,
    seq bigint NOT NULL CHECK (seq > 0),
    time bigint NOT NULL,                           -- milliseconds since 1970-01-01 UTC
    kind text NOT NULL,
    reference text NOT NULL,
    body text,
    sealed bytea,
    body_digest bytea NOT NULL,
    sealed_digest bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (gateway, seq)
  );
  CREATE INDEX record_by_kind ON breakwater.record (kind, time);
  CREATE INDEX record_by_reference ON breakwater.record (reference);
  CREATE TABLE breakwater.day_key (
    gateway bytea NOT NULL REFERENCES breakwater.gateway,
    id text NOT NULL,
    day text NOT NULL,
    wrapped text,
    PRIMARY KEY (gateway, id)
  );

  ALTER TABLE breakwater.gateway ENABLE ROW LEVEL SECURITY;
  CREATE POLICY look ON breakwater.gateway FOR SELECT USING (true);
  CREATE POLICY come ON breakwater.gateway FOR INSERT WITH CHECK (role = current_user);
  CREATE POLICY keep ON breakwater.gateway FOR UPDATE USING (role = current_user);
  ALTER TABLE breakwater.record ENABLE ROW LEVEL SECURITY;
  CREATE POLICY look ON breakwater.record FOR SELECT USING (true);
  CREATE POLICY come ON breakwater.record FOR INSERT
    WITH CHECK (gateway IN (SELECT id FROM breakwater.gateway WHERE role = current_user));
  CREATE POLICY keep ON breakwater.record FOR UPDATE
    USING (gateway IN (SELECT id FROM breakwater.gateway WHERE role = current_user));
  ALTER TABLE breakwater.day_key ENABLE ROW LEVEL SECURITY;
  CREATE POLICY look ON breakwater.day_key FOR SELECT USING (true);
  CREATE POLICY come ON breakwater.day_key FOR INSERT
    WITH CHECK (gateway IN (SELECT id FROM breakwater.gateway WHERE role = current_user));
  CREATE POLICY keep ON breakwater.day_key FOR UPDATE
    USING (gateway IN (SELECT id FROM breakwater.gateway WHERE role = current_user));
)"});
static_assert(kMigrations.size() == kCentralVersion);

constexpr std::int64_t kLock = 0x42574B52;  // "BWKR": of those that migrate

Error wrong(std::string message) {
  return {"55000", std::move(message)};  // object_not_in_prerequisite_state: the server is there, and is not fit for it
}

/// 0: there are no tables yet.
Result<std::int64_t, Error> read_version(Connection& connection) {
  const auto there =
      connection.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'breakwater' AND tablename = 'version'");
  if (!there) return there.error();
  if (there->number(0, 0) == 0) return std::int64_t{0};
  const auto rows = connection.run("SELECT version FROM breakwater.version");
  if (!rows) return rows.error();
  const auto version = rows->count() == 1 ? rows->number(0, 0) : std::nullopt;
  if (!version || *version < 1) return wrong("the central store says no version of its tables");
  if (*version > kCentralVersion)
    return wrong("the central store was made by a later version of Breakwater: upgrade this one");
  return *version;
}

std::optional<Error> migrate(Connection& connection) {
  auto transaction = Transaction::begin(connection, Transaction::Access::read_write);
  if (!transaction) return transaction.error();
  const auto locked = connection.run("SELECT pg_advisory_xact_lock($1)", postgres::Parameters().number(kLock));
  if (!locked) return locked.error();
  const auto version = read_version(connection);
  if (!version) return version.error();
  if (*version == kCentralVersion) return std::nullopt;  // another one was quicker
  const auto encoding = connection.run(
      "SELECT 1 FROM pg_database WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'");
  if (!encoding) return encoding.error();
  if (encoding->count() > 0)
    return wrong("the database is not in UTF-8: createdb --encoding=UTF8 --template=template0");
  for (auto next = static_cast<std::size_t>(*version); next < kMigrations.size(); ++next)
    if (auto error = connection.script(kMigrations[next])) return error;
  const auto noted =
      connection.run("UPDATE breakwater.version SET version = $1", postgres::Parameters().number(kCentralVersion));
  if (!noted) return noted.error();
  return transaction->commit();
}

}  // namespace

std::optional<Error> migrate_central(Connection& connection) {
  const auto version = read_version(connection);
  if (!version) return version.error();
  if (*version == kCentralVersion) return std::nullopt;
  auto error = migrate(connection);
  if (error && error->state == postgres::kNotPermitted)
    error->message += ": the tables are made by `breakwater central migrate`, as the owner of the database";
  return error;
}

std::optional<Error> check_central_version(Connection& connection) {
  const auto version = read_version(connection);
  if (!version) return version.error();
  if (*version == kCentralVersion) return std::nullopt;
  return wrong(
      "the central store has no tables of this version yet: `breakwater central migrate`, or a gateway that may, makes "
      "them");
}

}  // namespace breakwater::safeguarding
