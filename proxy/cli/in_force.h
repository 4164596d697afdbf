#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/snapshot/settings.h"
#include "rules/engine.h"

namespace breakwater::cli {

/// Where what is asked about comes from.
struct InForceSource {
  std::filesystem::path policy;
  std::filesystem::path config;  ///< empty: the default settings
  std::filesystem::path state;   ///< of a gateway: with its feeds and its passes; empty: none
  std::string at;                ///< civil time of the centre at which lists and passes count; empty: now
};

/// What a gateway would have in force. nullptr: what is wrong has been told on standard error.
std::shared_ptr<const rules::Snapshot> load_in_force(const InForceSource& source);

/// nullopt: there is no such group, and it has been told which there are.
std::optional<rules::GroupId> group_named(const rules::Policy& policy, std::string_view name);

/// A civil time of the centre; nullopt: `text` of this option is none, which has been told.
std::optional<rules::SysSeconds> time_given(std::string_view option, std::string_view text,
                                            const rules::Policy& policy);

/// nullopt: every mistake has been told.
std::optional<snapshot::Settings> read_settings(const std::filesystem::path& file);

}  // namespace breakwater::cli
