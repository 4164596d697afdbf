#include "proxy/cli/listed_hosts.h"

#include <fmt/format.h>

#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/snapshot/sources.h"
#include "rules/policy_file.h"

namespace breakwater::cli {
namespace {

void tell(const lists::ExportReport& report) {
  if (report.patterns > 0)
    fail(fmt::format("{} URLs, expressions and key words are left out: they are no hosts", report.patterns));
  if (report.not_public > 0) fail(fmt::format("{} private networks are left out", report.not_public));
  if (report.includes > 0)
    fail(fmt::format("{} files that lists include are left out: name them as lists of their own", report.includes));
}

}  // namespace

std::optional<categories::CategorySet> wanted_categories(const rules::Snapshot& snapshot,
                                                         const std::vector<std::string>& names) {
  const auto& table = snapshot.catalogue->categories();
  categories::CategorySet wanted;
  for (const auto& name : names) {
    const auto id = table.find(name);
    if (!id) {
      const auto near = categories::nearest(name, table.names());
      fail(near.empty() ? fmt::format("no category \"{}\"", name)
                        : fmt::format("no category \"{}\"; did you mean \"{}\"?", name, near));
      return std::nullopt;
    }
    wanted |= table.family(*id);
  }
  return wanted;
}

std::optional<lists::ExportReport> listed_hosts(const InForceSource& source, const rules::Snapshot& snapshot,
                                                const categories::CategorySet& wanted,
                                                const categories::CategorySet& spared, lists::HostTaker& taker) {
  std::string error;
  const auto text = snapshot::read_file(source.policy, error);
  categories::Diagnostics diagnostics;
  const auto policy = text ? rules::PolicyFile::parse(*text, source.policy, diagnostics) : nullptr;
  if (!policy) {
    fail(source.policy.string() + ": cannot be read");
    return std::nullopt;
  }
  std::optional<lists::ListState> state;
  if (!source.state.empty()) state = lists::ListState::open(source.state, error);
  const auto current = state ? state->current() : std::nullopt;
  if (current && !current->held.empty())
    fail(fmt::format("{} lists are held at an earlier version: what stands there alone is left out",
                     current->held.size()));
  const snapshot::LocalSources sources(*policy, source.state, state ? &*state : nullptr, {}, now(), diagnostics);
  for (const auto& diagnostic : diagnostics)
    fail(to_string(diagnostic));
  auto report = lists::export_hosts(sources.sources(), snapshot, wanted, spared, taker);
  tell(report);
  print_errors(report.errors);
  if (!report.errors.empty()) return std::nullopt;
  return report;
}

}  // namespace breakwater::cli
