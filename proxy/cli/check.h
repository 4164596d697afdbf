#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace breakwater::cli {

enum class Output : std::uint8_t { text, json };

struct CheckOptions {
  std::filesystem::path policy;
  std::filesystem::path config;  ///< empty: the default settings
  std::filesystem::path state;   ///< of a gateway: with its feeds, its passes and what clients have used; empty: none
  std::string group;
  std::string address;
  std::string user;
  std::string at;  ///< civil time of the centre; empty: now
  Output output = Output::text;
  std::vector<std::string> targets;  ///< URLs and hosts; "-" reads more, one a line, from standard input
};

/// Judges each target with the engine of the live path and prints the verdict. Returns the exit code.
int check(const CheckOptions& options);

}  // namespace breakwater::cli
