#pragma once

#include <span>
#include <string>

namespace breakwater::deploy {

/// How a run of nft(8) ended.
struct NftRun {
  int code = 0;        ///< its exit code; -1: it could not be run, or was killed
  std::string output;  ///< what it printed
  std::string error;   ///< what it said is wrong, or why it could not be run
};

/// Runs nft with these words after its name, and `input` as its standard input. Blocks until it ends.
NftRun run_nft(std::span<const std::string> words, const std::string& input);

}  // namespace breakwater::deploy
