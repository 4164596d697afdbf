#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "rules/grant.h"

namespace breakwater::cli {

struct PassOptions {
  std::filesystem::path state;
  rules::GrantRequest grant;
  std::string id;  ///< to revoke
  std::string by;  ///< who revokes
  Output output = Output::text;
};

/// Ask the gateway that runs on this state. Return the exit code: 1 where it refuses, 2 where none answers.
int pass_grant(const PassOptions& options);
int pass_list(const PassOptions& options);
int pass_revoke(const PassOptions& options);

}  // namespace breakwater::cli
