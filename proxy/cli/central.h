#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct CentralOptions {
  std::filesystem::path config;         ///< settings file, for its store.central
  std::string database;                 ///< connection string, in its place
  std::filesystem::path password_file;  ///< for `database`
  std::string gateway;                  ///< by name or the beginning of its key; "": all
  std::string head;                     ///< as VerifyOptions::head; of one gateway
  std::filesystem::path out;            ///< state directory to be made
  Output output = Output::text;
};

/// How far each gateway is in the central store; 1 where one is forked.
int central_status(const CentralOptions& options);
/// Verifies the chains of gateways as they are there; 1 where one is not as it was written.
int central_verify(const CentralOptions& options);
/// Makes a state directory out of what is there of one gateway.
int central_copy(const CentralOptions& options);
/// Makes the tables, or brings them to this version.
int central_migrate(const CentralOptions& options);

}  // namespace breakwater::cli
