#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace breakwater::safeguarding {

/// How the central store is reached: a PostgreSQL database that several gateways share.
struct CentralOptions {
  std::string database;                         ///< libpq connection string or URI, as check_database() takes it
  std::filesystem::path password_file;          ///< its first line, read at each connection; "": libpq's own ways
  std::chrono::milliseconds connect{5000};      ///< for a connection, sign-in included
  std::chrono::milliseconds statement{60'000};  ///< for one statement
};

/// What is wrong with a connection string, or "": it must name one server, and no password; a server across the network
/// must be verified by TLS. The answer repeats nothing of the string.
std::string check_database(const std::string& database);

}  // namespace breakwater::safeguarding
