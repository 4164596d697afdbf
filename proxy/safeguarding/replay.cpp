#include "proxy/safeguarding/replay.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "proxy/safeguarding/attempt_json.h"

namespace breakwater::safeguarding {
namespace {

/// What is open has begun since then: an episode lasts no longer than kLongest, and what it began with is no older than
/// a theme's window.
constexpr auto kLookBack = Episodes::kLongest + std::chrono::hours(24);

std::string key_of(const auto& one) {
  return one.pseudonym + '\n' + one.theme;
}

}  // namespace

std::optional<StoreError> replay(Store& store, const Replay& what, Episodes& episodes, Episodes::Events& events) {
  std::map<std::string, std::pair<std::uint64_t, Stage>> recorded;  // by reference: the latest
  std::unordered_map<std::string, std::string> last_of;  // attempt with which an episode was closed -> whose it was
  std::map<std::string, std::int64_t> closed_up_to;      // whose -> its place in the chain
  Filter filter;
  filter.since = what.now - kLookBack;
  filter.up_to = what.up_to;
  filter.kinds = {Kind::episode};
  const auto note_episode = [&](const Record& record) {
    const auto episode = record.body ? parse_episode(*record.body) : std::nullopt;
    if (!episode) return;
    recorded[episode->reference] = {episode->attempts, episode->stage};
    if (episode->stage == Stage::closed) last_of[episode->through] = key_of(*episode);
  };
  if (auto error = store.each(filter, note_episode)) return error;

  filter.kinds = {Kind::attempt};
  const auto find_end = [&](const Record& record) {
    if (const auto found = last_of.find(record.reference); found != last_of.end())
      closed_up_to[found->second] = record.seq;
  };
  if (auto error = store.each(filter, find_end)) return error;

  const auto add_again = [&](const Record& record) {
    if (what.known.contains(record.reference)) return;
    const auto attempt = parse_attempt(record, "");
    if (!attempt || attempt->pseudonym.empty() || attempt->theme.empty()) return;
    const auto closed = closed_up_to.find(key_of(*attempt));
    if (closed != closed_up_to.end() && record.seq <= closed->second) return;
    Episodes::Events happened;
    episodes.add(*attempt, happened);
    for (auto& event : happened) {
      const auto known = recorded.find(event.episode.reference);
      if (known == recorded.end() || known->second < std::pair(event.episode.attempts, event.episode.stage))
        events.push_back(std::move(event));
    }
  };
  return store.each(filter, add_again);
}

}  // namespace breakwater::safeguarding
