#include "proxy/cli/in_force.h"

#include <fmt/format.h>

#include "proxy/admin/pass_file.h"
#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/settings.h"
#include "rules/civil_time.h"
#include "rules/grant.h"

namespace breakwater::cli {

std::shared_ptr<const rules::Snapshot> load_in_force(const InForceSource& source) {
  auto settings = snapshot::default_settings();
  categories::Diagnostics diagnostics;
  std::string error;
  if (!source.config.empty()) {
    const auto text = snapshot::read_file(source.config, error);
    if (!text) {
      fail(source.config.string() + ": cannot be read: " + error);
      return nullptr;
    }
    settings = snapshot::parse_settings(*text, source.config, diagnostics);
  }
  snapshot::LoadRequest request;
  request.policy = source.policy;
  request.gate = settings.gate;
  request.state = source.state;
  request.now = now();
  if (const auto* zone = source.at.empty() ? nullptr : snapshot::zone_of(source.policy))
    request.now = rules::parse_civil(source.at, *zone).value_or(request.now);  // dated entries hold as of then
  const auto loaded = snapshot::look(request);
  diagnostics.insert(diagnostics.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  if (!loaded.snapshot || categories::has_errors(diagnostics)) {
    print_errors(diagnostics);
    fail("the policy cannot be used");
    return nullptr;
  }
  if (source.state.empty()) return loaded.snapshot;
  const auto passes = admin::passes_of(admin::read_passes(source.state, error));
  if (!error.empty()) fail(error + ": no pass is in force");
  return rules::with_passes(*loaded.snapshot, passes);
}

std::optional<rules::GroupId> group_named(const rules::Policy& policy, std::string_view name) {
  const auto group = policy.find_group(name);
  if (group) return group;
  std::string known;
  for (const auto& each : policy.groups)
    known += " " + each.name;
  fail(fmt::format("no group \"{}\"; the policy has:{}", name, known));
  return std::nullopt;
}

std::optional<rules::SysSeconds> time_given(std::string_view option, std::string_view text,
                                            const rules::Policy& policy) {
  const auto when = rules::parse_civil(text, *policy.zone);
  if (!when) fail(fmt::format("{} \"{}\" is no civil time, as 2026-11-23T10:35", option, text));
  return when;
}

std::optional<snapshot::Settings> read_settings(const std::filesystem::path& file) {
  std::string error;
  const auto text = snapshot::read_file(file, error);
  if (!text) {
    fail(file.string() + ": cannot be read: " + error);
    return std::nullopt;
  }
  categories::Diagnostics diagnostics;
  auto settings = snapshot::parse_settings(*text, file, diagnostics);
  print_errors(diagnostics);
  return categories::has_errors(diagnostics) ? std::nullopt : std::optional(std::move(settings));
}

}  // namespace breakwater::cli
