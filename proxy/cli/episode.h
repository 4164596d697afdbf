#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/cli/names.h"

namespace breakwater::cli {

struct EpisodeOptions {
  std::filesystem::path state;  ///< directory given to serve
  Output output = Output::text;
  std::string reference;
  std::string case_state;  ///< list: only those; decide: what it becomes
  std::string outcome;     ///< of a decision
  NamesOptions names;      ///< `by` and `reason` also of decisions, holds and exports
  safeguarding::Hold::Turn turn = safeguarding::Hold::Turn::on;
  std::filesystem::path out;  ///< the bundle
  std::filesystem::path csv;
};

/// All episodes, oldest first, one a line.
int episode_list(const EpisodeOptions& options);
/// Everything about one. That its names were opened is recorded first; without names nothing is.
int episode_show(const EpisodeOptions& options);
int episode_decide(const EpisodeOptions& options);
/// While an episode is held nothing of it is deleted.
int episode_hold(const EpisodeOptions& options);
/// Its records as a sealed bundle (see bundle.h), or one row of CSV (see reports::to_csv()), or both.
int episode_export(const EpisodeOptions& options);

}  // namespace breakwater::cli
