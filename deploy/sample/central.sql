-- The roles of the central store, once `breakwater central migrate` has made its tables:
--   psql -d breakwater -f central.sql
-- Then one login for each gateway, and one for each person or program that looks:
--   CREATE ROLE site1 LOGIN PASSWORD '...' IN ROLE breakwater_gateway;
--   CREATE ROLE auditor LOGIN PASSWORD '...' IN ROLE breakwater_reader;

-- A gateway writes its own records alone (row-level security: those that its login has brought), and deletes no row:
-- what retention deletes becomes NULL, and the chain of digests stays.
CREATE ROLE breakwater_gateway NOLOGIN;
GRANT USAGE ON SCHEMA breakwater TO breakwater_gateway;
GRANT SELECT ON breakwater.version TO breakwater_gateway;
GRANT SELECT, INSERT, UPDATE ON breakwater.gateway TO breakwater_gateway;
GRANT SELECT, INSERT, UPDATE (body, sealed) ON breakwater.record TO breakwater_gateway;
GRANT SELECT, INSERT, UPDATE (wrapped) ON breakwater.day_key TO breakwater_gateway;

-- `breakwater central status` and `verify`.
CREATE ROLE breakwater_reader NOLOGIN;
GRANT USAGE ON SCHEMA breakwater TO breakwater_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA breakwater TO breakwater_reader;
