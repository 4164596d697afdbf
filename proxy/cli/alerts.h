#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct AlertsOptions {
  std::filesystem::path policy;
  std::filesystem::path config;
  std::filesystem::path state;
  std::string reference;
  std::string by;
  Output output = Output::text;
};

/// The messages that wait, the oldest first: to whom, about what, since when, and what the last try met.
int alerts_list(const AlertsOptions& options);

/// Sends a message to each recipient, past the outbox, and says what became of each. kWrong where one failed.
int alerts_test(const AlertsOptions& options);

/// Records that somebody knows of an incident. kWrong where there is none of that reference.
int alerts_acknowledge(const AlertsOptions& options);

}  // namespace breakwater::cli
