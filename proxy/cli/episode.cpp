#include "proxy/cli/episode.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "proxy/cli/case_text.h"
#include "proxy/cli/terminal.h"
#include "proxy/reports/collect.h"

namespace breakwater::cli {
namespace {

using safeguarding::Case;

/// The case of that reference; nullopt: there is none, which has been told.
std::optional<Case> find_case(safeguarding::Store& store, const std::string& reference,
                              safeguarding::Opener* opener = nullptr) {
  auto cases = safeguarding::read_cases(store, {.reference = reference}, opener);
  if (!cases) {
    fail(cases.error().message);
    return std::nullopt;
  }
  if (cases->empty()) {
    fail("there is no episode \"" + reference + "\"; `episode list` shows them", kWrong);
    return std::nullopt;
  }
  return std::move(cases->front());
}

/// Appends what is not refused, and says how the case stands now.
template <class Change>
int change(const EpisodeOptions& options, const Change& wanted) {
  const auto store = open_store(options.state);
  const auto about = store ? find_case(*store, options.reference) : std::nullopt;
  if (!about) return store ? kWrong : kUsage;
  if (const auto why = refusal(*about, wanted); !why.empty()) return fail(options.reference + ": " + why, kWrong);
  const auto entry = to_entry(options.reference, wanted);
  if (const auto error = store->append(std::span(&entry, 1))) return fail(error->message);
  const auto after = find_case(*store, options.reference);
  if (!after) return kWrong;
  print_line(*after, options.output);
  return 0;
}

}  // namespace

int episode_list(const EpisodeOptions& options) {
  const auto only = safeguarding::parse_case_state(options.case_state);
  if (!options.case_state.empty() && !only)
    return fail("--only \"" + options.case_state + "\" is none of new, " + safeguarding::case_states());
  auto store = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_only);
  if (!store) return fail(store.error().message);
  const auto cases = safeguarding::read_cases(**store);
  if (!cases) return fail(cases.error().message);
  for (const auto& about : *cases)
    if (!only || about.state() == *only) print_line(about, options.output);
  std::cout << std::flush;
  return 0;
}

int episode_show(const EpisodeOptions& options) {
  const bool open = options.names.names == NamesOptions::Names::open;
  if (!open) {
    auto store = safeguarding::Store::open(options.state, safeguarding::Store::Mode::read_only);
    if (!store) return fail(store.error().message);
    const auto about = find_case(**store, options.reference);
    if (about) print_all(*about, nullptr, options.output);
    return about ? 0 : kWrong;
  }
  const auto store = open_store(options.state);
  if (!store) return kUsage;
  auto about = find_case(*store, options.reference);
  if (!about) return kWrong;
  auto opener = opener_for(options.names, options.state);
  if (!opener) return kUsage;
  if (!record_access(*store, {*about}, options.names, safeguarding::kShown)) return kUsage;
  about = find_case(*store, options.reference, &*opener);  // with this access
  if (!about) return kWrong;
  const auto names = reports::open_names(*about, *opener);
  print_all(*about, names ? &*names : nullptr, options.output);
  return names ? 0 : fail("the names of this episode did not open with this key", kWrong);
}

int episode_decide(const EpisodeOptions& options) {
  const auto state = safeguarding::parse_case_state(options.case_state);
  if (!state) return fail('"' + options.case_state + "\" is no decision; it is one of " + safeguarding::case_states());
  return change(options,
                safeguarding::Decision{now_ms(), *state, options.names.reason, options.outcome, options.names.by});
}

int episode_hold(const EpisodeOptions& options) {
  return change(options, safeguarding::Hold{now_ms(), options.turn, options.names.by, options.names.reason});
}

}  // namespace breakwater::cli
