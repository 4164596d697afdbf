#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "rules/engine.h"
#include "rules/policy_file.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::rules {

using test::TemporaryFolder;

/// "3:9: error: ..." for each, the file's name left out.
inline std::vector<std::string> shown(const categories::Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (auto diagnostic : diagnostics) {
    diagnostic.file.clear();
    const auto line = to_string(diagnostic);
    lines.push_back(line.substr(line.find_first_not_of(": ")));
  }
  return lines;
}

/// Parses, builds the catalogue from the sources that are named and resolves; fails the test on any error.
inline std::shared_ptr<const Snapshot> make_snapshot(const TemporaryFolder& folder, std::string_view policy,
                                                     Gate gate = {}) {
  categories::Diagnostics diagnostics;
  const auto file = PolicyFile::parse(policy, folder.path() / "policy.toml", diagnostics);
  if (!file) {
    for (const auto& line : shown(diagnostics))
      ADD_FAILURE() << line;
    return nullptr;
  }
  categories::BuildReport report;
  auto image = categories::build_catalogue(file->sources(), report);
  if (!image) {
    ADD_FAILURE() << "the catalogue was not built";
    return nullptr;
  }
  auto catalogue = categories::Catalogue::from_image(std::move(*image));
  if (!catalogue) {
    ADD_FAILURE() << to_string(catalogue.error());
    return nullptr;
  }
  auto resolved = file->resolve(**catalogue, diagnostics);
  if (!resolved) {
    for (const auto& line : shown(diagnostics))
      ADD_FAILURE() << line;
    return nullptr;
  }
  return std::make_shared<const Snapshot>(Snapshot{*catalogue, std::move(*resolved), std::move(gate)});
}

}  // namespace breakwater::rules
