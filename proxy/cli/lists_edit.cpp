#include "proxy/cli/lists_edit.h"

#include <algorithm>
#include <iostream>
#include <optional>

#include "proxy/cli/terminal.h"
#include "proxy/snapshot/loader.h"
#include "proxy/telemetry/access_log.h"
#include "rules/civil_time.h"
#include "rules/policy_file.h"

namespace breakwater::cli {
namespace {

/// The folder `[lists] local` of the policy; where there is none it was said why.
std::optional<lists::LocalLists> local_lists(const std::filesystem::path& policy) {
  std::string error;
  const auto text = snapshot::read_file(policy, error);
  if (!text) {
    fail(policy.string() + ": cannot be read: " + error);
    return std::nullopt;
  }
  categories::Diagnostics diagnostics;
  const auto file = rules::PolicyFile::parse(*text, policy, diagnostics);
  print_errors(diagnostics);
  if (!file) {
    fail("the policy cannot be used");
    return std::nullopt;
  }
  const auto& sources = file->sources().all;
  const auto local = std::ranges::find(sources, categories::ListRole::local, &categories::Source::role);
  if (local != sources.end()) return lists::LocalLists{local->path};
  fail(policy.string() + ": [lists] local names no folder that is there");
  return std::nullopt;
}

std::string_view word(lists::EditStatus status) {
  switch (status) {
    case lists::EditStatus::added:
      return "added ";
    case lists::EditStatus::changed:
      return "changed ";
    case lists::EditStatus::removed:
      return "removed ";
    case lists::EditStatus::unchanged:
      return "already there: ";
    default:
      return "";
  }
}

int report(const lists::EditResult& result) {
  if (!result.message.empty())
    return fail(result.message, result.status == lists::EditStatus::failed ? kUsage : kWrong);
  std::cout << word(result.status) << result.file.string() << ':' << result.line << ": " << result.text << '\n';
  return 0;
}

}  // namespace

int lists_add(const ListsEditOptions& options) {
  lists::EntryNote note{std::nullopt, options.reason};
  if (!options.until.empty()) {
    note.until = rules::parse_date(options.until);
    if (!note.until) return fail("--until \"" + options.until + "\" is no date, as 2026-12-18");
  }
  const auto local = local_lists(options.policy);
  return local ? report(local->add(options.entry, note, options.new_category)) : kUsage;
}

int lists_remove(const ListsEditOptions& options) {
  const auto local = local_lists(options.policy);
  return local ? report(local->remove(options.entry)) : kUsage;
}

int lists_find(const ListsEditOptions& options) {
  const auto local = local_lists(options.policy);
  if (!local) return kUsage;
  categories::Diagnostics diagnostics;
  const auto lines = local->find(options.entry.text, diagnostics);
  if (!lines) {
    print_errors(diagnostics);
    return fail("no answer for \"" + options.entry.text + '"');
  }
  for (const auto& line : *lines) {
    if (options.output == Output::text) {
      std::cout << line.file.string() << ':' << line.line << ": " << line.text << '\n';
      continue;
    }
    std::string out = "{\"file\":";
    telemetry::append_json_string(out, line.file.string());
    out += ",\"line\":" + std::to_string(line.line) + ",\"text\":";
    telemetry::append_json_string(out, line.text);
    std::cout << out << "}\n";
  }
  if (lines->empty() && options.output == Output::text)
    std::cerr << "breakwater: no local list has \"" << options.entry.text << "\"\n";
  return lines->empty() ? kWrong : 0;
}

}  // namespace breakwater::cli
