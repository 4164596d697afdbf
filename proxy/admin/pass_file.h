#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "categories/image.h"
#include "rules/pass.h"

namespace breakwater::admin {

/// A pass and who has used it.
struct PassRecord {
  /// Beyond these all others are counted as one, kOthers.
  static constexpr std::size_t kMostClients = 1024;
  static constexpr std::string_view kOthers = "others";

  rules::Pass pass;
  std::map<std::string, std::uint64_t> clients;  ///< what stands for a person -> uses

  std::uint64_t uses() const;
};

/// STATE/passes.json: the passes in force. Absent: none. Anything wrong with it is told in `error`, and then no pass is
/// in force: what a pass opens stays closed.
std::vector<PassRecord> read_passes(const std::filesystem::path& state, std::string& error);
/// Atomic, readable by its owner alone. Returns what went wrong.
std::optional<std::string> write_passes(const std::filesystem::path& state, const std::vector<PassRecord>& records,
                                        categories::Durability durability);

/// The passes alone, for a snapshot.
std::vector<rules::Pass> passes_of(const std::vector<PassRecord>& records);

}  // namespace breakwater::admin
