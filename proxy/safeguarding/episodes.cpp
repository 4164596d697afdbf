#include "proxy/safeguarding/episodes.h"

#include <algorithm>
#include <utility>

#include "proxy/safeguarding/grade.h"
#include "proxy/wire/utf8.h"

namespace breakwater::safeguarding {
namespace {

using std::chrono::milliseconds;

rules::Concern concern_of(const Attempt& attempt) {
  for (const auto known : {rules::Concern::danger, rules::Concern::warning})
    if (attempt.concern == to_string(known)) return known;
  return rules::Concern::notice;
}

rules::Confidence confidence_of(const Attempt& attempt) {
  for (const auto known : {rules::Confidence::account, rules::Confidence::device})
    if (attempt.confidence == to_string(known)) return known;
  return rules::Confidence::network;
}

}  // namespace

Episodes::Episodes(rules::Safeguarding rules, Limits limits) : rules_(std::move(rules)), limits_(limits) {}

void Episodes::add(const Attempt& attempt, Events& events) {
  pass(attempt.time);
  close_silent(events);
  auto key = attempt.pseudonym + '\n' + attempt.theme;
  auto found = by_key_.find(key);
  if (found != by_key_.end() && has_ended(*found->second)) {
    end(found->second, events);
    found = by_key_.end();
  }
  if (found == by_key_.end()) {
    make_room(events);
    auto& fresh = quiet_.emplace_back();
    fresh.key = std::move(key);
    fresh.begun = elapsed_;
    found = by_key_.emplace(fresh.key, std::prev(quiet_.end())).first;
  }
  const auto running = found->second;
  count(*running, attempt);
  auto& list = running->told == Running::Told::nothing ? quiet_ : opened_;
  if (running->told == Running::Told::nothing && has_opened(*running, attempt)) {
    opened_.splice(opened_.end(), list, running);
    tell(*running, Stage::opened, events);
    return;
  }
  list.splice(list.end(), list, running);
  if (running->told == Running::Told::opened && has_grown(*running)) tell(*running, Stage::grown, events);
}

void Episodes::advance(Milliseconds now, Events& events) {
  pass(now);
  close_silent(events);
}

/// Time that went by, whatever the clock was set to meanwhile.
void Episodes::pass(Milliseconds time) {
  if (!clock_ || time < *clock_ - kDisorder) {
    clock_ = time;
  } else if (time > *clock_) {
    elapsed_ += time - *clock_;
    clock_ = time;
  }
}

bool Episodes::has_ended(const Running& running) const {
  if (elapsed_ - running.begun >= kLongest) return true;
  auto pause = rules_.episode_gap;
  if (running.told == Running::Told::nothing)
    if (const auto* theme = rules_.find(running.episode.theme)) pause = std::max(pause, theme->window);
  return elapsed_ - running.last > pause;
}

void Episodes::close_silent(Events& events) {
  while (!opened_.empty() && has_ended(opened_.front()))
    end(opened_.begin(), events);
  while (!quiet_.empty() && has_ended(quiet_.front()))
    end(quiet_.begin(), events);
}

void Episodes::make_room(Events& events) {
  if (by_key_.size() < limits_.open) return;
  if (!quiet_.empty()) return end(quiet_.begin(), events);
  opened_.front().cut_short = true;
  end(opened_.begin(), events);
}

void Episodes::end(List::iterator running, Events& events) {
  auto& list = running->told == Running::Told::nothing ? quiet_ : opened_;
  if (running->told == Running::Told::opened) tell(*running, Stage::closed, events);
  name_bytes_ -= running->name_bytes;
  by_key_.erase(running->key);
  list.erase(running);
}

void Episodes::count(Running& running, const Attempt& attempt) {
  auto& episode = running.episode;
  if (episode.attempts == 0) {
    episode.reference = "E-" + attempt.id;
    episode.pseudonym = attempt.pseudonym;
    episode.theme = attempt.theme;
    episode.first = episode.last = attempt.time;
  }
  const bool is_first = episode.attempts == 0;
  episode.attempts += attempt.count;
  if (attempt.action == to_string(rules::Action::allow)) episode.allowed += attempt.count;
  episode.first = std::min(episode.first, attempt.time);
  episode.last = std::max({episode.last, attempt.time, attempt.until});
  episode.severity = std::max(episode.severity, concern_of(attempt));
  episode.through = attempt.id;
  auto& categories = episode.categories;
  const auto at = std::lower_bound(categories.begin(), categories.end(), attempt.category);
  if (at == categories.end() || *at != attempt.category) categories.insert(at, attempt.category);
  running.signals.note(elapsed_, attempt);
  episode.distinct_hosts = running.signals.distinct_hosts();
  episode.origin = running.signals.origin();
  running.last = elapsed_;
  const auto confidence = confidence_of(attempt);
  if (is_first || confidence > episode.confidence) {
    episode.confidence = confidence;
    episode.group = attempt.group;
    episode.owner = attempt.owner;
    running.names.client = attempt.client;
    running.names.device = attempt.device;
    running.names.user = attempt.user;
  }
  keep(attempt.host, kMostHosts, running.names.hosts, running);
  keep(attempt.sni, kMostHosts, running.names.hosts, running);
  keep(attempt.url, kMostTexts, running.names.urls, running);
  keep(attempt.search, kMostTexts, running.names.searches, running);
}

void Episodes::keep(const std::string& name, std::size_t most, std::vector<std::string>& names, Running& running) {
  if (name.empty() || names.size() >= most || name_bytes_ >= limits_.name_bytes) return;
  auto kept = wire::clean_text(name, kTextBytes);
  if (std::find(names.begin(), names.end(), kept) != names.end()) return;
  running.name_bytes += kept.size();
  name_bytes_ += kept.size();
  names.push_back(std::move(kept));
}

bool Episodes::has_opened(Running& running, const Attempt& attempt) const {
  const auto* theme = rules_.find(running.episode.theme);
  const std::size_t threshold = theme ? theme->threshold : 1;
  auto& recent = running.recent;
  recent.push_back(elapsed_);
  while (recent.size() > threshold)
    recent.pop_front();
  if (concern_of(attempt) == rules::Concern::danger) return true;
  return recent.size() == threshold && (!theme || elapsed_ - recent.front() <= theme->window);
}

bool Episodes::has_grown(const Running& running) {
  const auto& episode = running.episode;
  return episode.severity > running.told_severity || episode.confidence > running.told_confidence ||
         (episode.origin == Origin::person && !running.told_person) || episode.attempts >= running.tells_at;
}

void Episodes::tell(Running& running, Stage stage, Events& events) {
  auto& episode = running.episode;
  episode.stage = stage;
  episode.signals = running.signals.sentences();
  if (running.cut_short)
    episode.signals.emplace_back("It was closed early, because too many episodes went on at once.");
  episode.grade = grade_of(episode, running.signals.plain());
  running.told = Running::Told::opened;
  running.told_severity = episode.severity;
  running.told_confidence = episode.confidence;
  running.told_person |= episode.origin == Origin::person;
  while (running.tells_at <= episode.attempts)
    running.tells_at *= 2;
  running.recent = {};
  events.push_back({episode, running.names});
}

}  // namespace breakwater::safeguarding
