#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>

#include <nlohmann/json.hpp>

#include "proxy/cli/lists.h"
#include "proxy/cli/terminal.h"
#include "proxy/lists/list_state.h"
#include "proxy/snapshot/update.h"

namespace breakwater::cli {
namespace {

using nlohmann::ordered_json;
using snapshot::FeedUpdate;

std::atomic<bool> interrupted{false};

snapshot::LoadRequest request_of(const ListsOptions& options, std::string why) {
  snapshot::LoadRequest request;
  request.policy = options.policy;
  request.state = options.state;
  request.now = now();
  request.access_log = options.access_log.empty() ? options.state / "access.log" : options.access_log;
  request.why = std::move(why);
  request.accept = options.accept;
  return request;
}

void print_json(std::string_view what, std::string_view result, const std::string& message,
                const snapshot::Loaded& loaded) {
  ordered_json row{
      {"what", what}, {"result", result}, {"message", message.empty() ? ordered_json() : ordered_json(message)}};
  row["version"] = loaded.version;
  row["rehearsal"] = loaded.rehearsal ? ordered_json(loaded.rehearsal->lines()) : ordered_json::array();
  row["objections"] = ordered_json::array();
  if (loaded.rehearsal)
    for (const auto& objection : loaded.rehearsal->objections)
      row["objections"].push_back({{"kind", to_string(objection.kind)}, {"message", objection.message}});
  std::cout << row.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

void print_rehearsal(const snapshot::Loaded& loaded) {
  if (!loaded.rehearsal) return;
  for (const auto& line : loaded.rehearsal->lines())
    std::cout << "  " << line << '\n';
}

/// What to do where lists were refused.
void advise(const snapshot::Loaded& loaded, const std::string& options) {
  if (!loaded.rehearsal) return;
  std::cout << "refused: the last good version stays in force.\n";
  if (loaded.rehearsal->may_be_accepted())
    std::cout << "To take it all the same: breakwater lists update " << options << "--accept REASON\n";
  else
    std::cout << "The floor cannot be given away: mend the lists.\n";
}

}  // namespace

int lists_update(const ListsOptions& options) {
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  const auto progress = options.output == Output::text
                            ? feeds::make_progress(stderr)
                            : std::unique_ptr<feeds::Progress>(std::make_unique<feeds::NoProgress>());
  bool good = true;
  const auto told = [&](const FeedUpdate& update) {
    good = good && update.result != FeedUpdate::Result::failed && update.result != FeedUpdate::Result::refused;
    if (options.output == Output::json)
      return print_json(update.feed, to_string(update.result), update.message, update.loaded);
    std::cout << update.feed << ": " << to_string(update.result);
    if (!update.message.empty()) std::cout << ": " << update.message;
    std::cout << '\n';
    print_rehearsal(update.loaded);
    if (update.result != FeedUpdate::Result::refused) return;
    print_errors(update.loaded.diagnostics);
    advise(update.loaded, "--feed " + update.feed + " ");
  };
  categories::Diagnostics diagnostics;
  const auto request = request_of(options, "update");
  if (!snapshot::update_feeds({request, snapshot::Which::all, options.extent, options.feeds}, *progress, interrupted,
                              told, diagnostics)) {
    print_errors(diagnostics);
    return fail("the policy cannot be used");
  }
  if (interrupted) return fail("interrupted");

  // What was edited on disk, or what the policy names anew.
  const auto loaded = snapshot::put_in_force(request, options.extent);
  if (options.output == Output::json) {
    print_json("lists", !loaded.snapshot ? "refused" : loaded.rehearsal ? "updated" : "unchanged", "", loaded);
  } else {
    print_rehearsal(loaded);
    if (loaded.snapshot)
      std::cout << (options.extent == snapshot::Extent::rehearse_only ? "rehearsed; in force stays" : "in force:")
                << " version " << loaded.version << ", " << loaded.entries << " entries\n";
  }
  if (!loaded.snapshot) {
    print_errors(loaded.diagnostics);
    if (options.output == Output::text) advise(loaded, "");
    return kWrong;
  }
  if (loaded.rehearsal && options.extent == snapshot::Extent::put_in_force) {
    std::string ignored;
    if (const auto state = lists::ListState::open(options.state, ignored)) state->touch_changed();
  }
  return good ? 0 : kWrong;
}

int lists_rollback(const ListsOptions& options) {
  std::string error;
  const auto state = lists::ListState::open(options.state, error);
  if (!state) return fail(error);
  const auto current = state->current();
  if (!current) return fail("no version is in force yet", kWrong);
  auto to = options.to;
  if (to == 0) {
    // One step back from what is in force, also after other steps.
    const auto from = current->restores != 0 ? current->restores : current->number;
    for (const auto& version : state->history())
      if (version.number < from && version.restores == 0) {
        to = version.number;
        break;
      }
    if (to == 0) return fail("no earlier version is kept", kWrong);
  }
  auto request = request_of(options, {});
  request.restore = to;
  const auto loaded = snapshot::put_in_force(request);
  if (!loaded.snapshot) {
    print_errors(loaded.diagnostics);
    return fail("the version cannot be put in force again", kWrong);
  }
  state->touch_changed();
  if (options.output == Output::json)
    print_json("lists", "rolled back", "", loaded);
  else
    std::cout << "in force: version " << loaded.version << ", with the lists of version " << to
              << ". A list that changes on disk from now on counts again.\n";
  return 0;
}

}  // namespace breakwater::cli
