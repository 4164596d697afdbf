#include "proxy/cli/lists.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/cli/terminal.h"
#include "proxy/feeds/feed_state.h"
#include "proxy/lists/hits.h"
#include "proxy/lists/list_state.h"
#include "proxy/lists/locked_list.h"
#include "rules/policy_file.h"

namespace breakwater::cli {
namespace {

using categories::ListRole;
using lists::ListState;
using nlohmann::ordered_json;

std::string feed_of(std::string_view list) {
  return std::string{list.substr(0, list.find('/'))};
}

ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

/// What the downloads of the policy's feeds say.
struct Downloads {
  std::map<std::string, feeds::FeedState> states;
  std::map<std::string, std::string> licences;
  std::vector<rules::LockedSlot> locked;
};

std::optional<Downloads> downloads(const ListsOptions& options) {
  Downloads found;
  if (options.policy.empty()) return found;
  std::string error;
  const auto text = snapshot::read_file(options.policy, error);
  if (!text) {
    fail(options.policy.string() + ": cannot be read: " + error);
    return std::nullopt;
  }
  categories::Diagnostics diagnostics;
  const auto policy = rules::PolicyFile::parse(*text, options.policy, diagnostics);
  if (!policy) {
    print_errors(diagnostics);
    return std::nullopt;
  }
  for (const auto& feed : policy->feeds()) {
    found.licences[feed.name] = feed.licence;
    if (feed.download) found.states[feed.name] = feeds::read_state(options.state / "feeds" / feed.name);
  }
  found.locked = policy->locked();
  return found;
}

/// What is wrong with a locked list; "" where nothing is.
std::string problem_of(const rules::LockedSlot& slot, const ListState& state) {
  const auto age = lists::age_of_locked(state.locked(slot.name), now());
  if (!age) return "absent: nothing of it is blocked";
  if (*age <= slot.max_age) return "";
  return fmt::format("stale: {} hours old", std::chrono::floor<std::chrono::hours>(*age).count());
}

class Table {
 public:
  Table(const Downloads& from, const ListState& state, const std::optional<lists::Hits>& hits)
      : downloads_(from), state_(state), hits_(hits) {}

  ordered_json row(const lists::VersionList& list) const {
    const auto feed = feed_of(list.name);
    const auto download = downloads_.states.find(feed);
    const auto licence = downloads_.licences.find(feed);
    std::string problem;
    if (download != downloads_.states.end()) problem = download->second.last_error;
    if (!list.on_disk.empty()) problem = "held at an earlier version by a rollback";
    for (const auto& slot : downloads_.locked)
      if (slot.name == list.name) problem = problem_of(slot, state_);
    const bool has_url = download != downloads_.states.end() && !download->second.url.empty();
    return {{"list", list.name},
            {"category", or_null(list.category)},
            {"role", to_string(list.role)},
            {"source", has_url ? download->second.url : feed},
            {"licence", or_null(licence == downloads_.licences.end() ? "" : licence->second)},
            {"format", categories::to_string(list.format)},
            {"entries", list.entries},
            {"added", list.added},
            {"removed", list.removed},
            {"rejected", list.rejected},
            {"not_applicable", list.skipped},
            {"expired", list.expired},
            {"changed", utc_text(list.changed)},
            {"checked", has_url ? ordered_json(utc_text(download->second.checked_at)) : ordered_json()},
            {"age", (now() - list.changed).count()},
            {"hits", hits_of(list.name)},
            {"error", or_null(problem)}};
  }

  ordered_json absent(const std::string& name, std::string_view category, std::string_view role,
                      const std::string& error) const {
    return {{"list", name},
            {"category", category.empty() ? ordered_json() : ordered_json(category)},
            {"role", role},
            {"entries", 0},
            {"error", error}};
  }

 private:
  ordered_json hits_of(const std::string& list) const {
    if (!hits_) return nullptr;
    const auto found = hits_->by_list.find(list);
    return found == hits_->by_list.end() ? 0 : found->second;
  }

  const Downloads& downloads_;
  const ListState& state_;
  const std::optional<lists::Hits>& hits_;
};

void print(const std::vector<ordered_json>& rows) {
  std::cout << fmt::format("{:<40} {:<22} {:<12} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "list", "category", "format",
                           "entries", "added", "removed", "rejected", "age", "hits");
  const auto number = [](const ordered_json& row, const char* key) {
    return row.contains(key) && row[key].is_number() ? std::to_string(row[key].get<std::int64_t>()) : "-";
  };
  for (const auto& row : rows) {
    const auto word = [&row](const char* key) {
      return row.contains(key) && row[key].is_string() ? row[key].get<std::string>() : "-";
    };
    const auto age = row.contains("age") ? age_text(std::chrono::seconds{row["age"].get<std::int64_t>()}) : "-";
    auto category = word("category");
    if (category == "-") category = word("role");
    std::cout << fmt::format("{:<40} {:<22} {:<12} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n", word("list"), category,
                             word("format"), number(row, "entries"), number(row, "added"), number(row, "removed"),
                             number(row, "rejected"), age, number(row, "hits"));
    if (row["error"].is_string()) std::cout << "    " << word("error") << '\n';
  }
}

}  // namespace

int lists_show(const ListsOptions& options) {
  const auto known = downloads(options);
  if (!known) return kWrong;
  std::string error;
  const auto state = ListState::open(options.state, error);
  if (!state) return fail(error);
  const auto current = state->current();
  const auto hits = lists::read_hits(options.state);
  const Table table{*known, *state, hits};
  std::vector<ordered_json> rows;
  if (current)
    for (const auto& list : current->lists)
      rows.push_back(table.row(list));
  for (const auto& [feed, download] : known->states) {
    const bool counts = current && std::ranges::any_of(current->lists, [&name = feed](const auto& list) {
                          return list.role == ListRole::feed && feed_of(list.name) == name;
                        });
    if (!counts)
      rows.push_back(
          table.absent(feed, "", "feed", download.last_error.empty() ? "not downloaded so far" : download.last_error));
  }
  for (const auto& slot : known->locked)
    if (!current || !current->find(slot.name))
      rows.push_back(table.absent(slot.name, slot.category, "locked", problem_of(slot, *state)));
  if (options.output == Output::json) {
    for (const auto& row : rows)
      std::cout << row.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    return 0;
  }
  if (!rows.empty()) print(rows);
  if (!current)
    std::cout << "No lists are in force here yet: breakwater serve puts them in force when it starts.\n";
  else
    std::cout << "\nversion " << current->number << " of " << utc_text(current->time) << ": " << current->entries()
              << " entries in " << current->lists.size() << " lists\n";
  if (hits) std::cout << "hits: requests that a list decided since " << utc_text(hits->since) << '\n';
  if (const auto refusal = state->refusal()) {
    std::cout << "\nrefused on " << utc_text(refusal->time) << " (" << refusal->why
              << "), so that the version above stays:\n";
    for (const auto& line : refusal->lines)
      std::cout << "  " << line << '\n';
    std::cout << "Mend the lists, or take them as they are: breakwater lists update --accept REASON\n";
  }
  return 0;
}

int lists_history(const ListsOptions& options) {
  std::string error;
  const auto state = ListState::open(options.state, error);
  if (!state) return fail(error);
  for (const auto& version : state->history()) {
    if (options.output == Output::json) {
      const ordered_json row{
          {"version", version.number},     {"time", utc_text(version.time)}, {"why", version.why},
          {"entries", version.entries()},  {"lists", version.lists.size()},  {"accepted", or_null(version.accepted)},
          {"rehearsal", version.rehearsal}};
      std::cout << row.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
      continue;
    }
    std::cout << fmt::format("{:>4}  {}  {:<24} {:>9} entries in {} lists\n", version.number, utc_text(version.time),
                             version.why, version.entries(), version.lists.size());
    for (const auto& line : version.rehearsal)
      std::cout << "        " << line << '\n';
    if (!version.accepted.empty()) std::cout << "        accepted: " << version.accepted << '\n';
  }
  return 0;
}

}  // namespace breakwater::cli
