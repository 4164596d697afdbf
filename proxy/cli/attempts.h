#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/cli/names.h"

namespace breakwater::cli {

struct AttemptsOptions {
  std::filesystem::path state;
  std::string since;  ///< see parse_time(); "": all
  NamesOptions names;
  Output output = Output::text;
};

/// Lists the recorded attempts, oldest first. Names are shown where they are to be opened, or are sealed to nobody but
/// this machine yet; that is recorded first, else they stay closed: null, or a stand-in. Returns the exit code.
int attempts(const AttemptsOptions& options);

/// An RFC 3339 time, a date, or a duration back from now ("24h"); nullopt: none of them. "" is the beginning of time.
std::optional<safeguarding::Milliseconds> parse_time(std::string text);
/// With milliseconds, in UTC.
std::string time_text(safeguarding::Milliseconds time);

}  // namespace breakwater::cli
