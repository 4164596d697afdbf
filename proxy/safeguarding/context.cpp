#include "proxy/safeguarding/context.h"

#include <algorithm>
#include <tuple>

#include <sodium.h>

namespace breakwater::safeguarding {

Context::Context() {
  randombytes_buf(&key_, sizeof key_);
}

void Context::note(Milliseconds time, std::string_view person, std::string_view host, rules::Action action) {
  const auto who = hash(person);
  const auto what = who ^ (hash(host) << 1U | (action == rules::Action::block ? 1U : 0U));
  auto& seen = seen_[what % seen_.size()];
  if (seen.what == what && time >= seen.time && time - seen.time < kAgain) return;
  seen = {what, time};
  if (ring_.size() < kEntries) {
    ring_.push_back({time, who, std::string(host), action});
    return;
  }
  auto& entry = ring_[next_];
  entry.time = time;
  entry.person = who;
  entry.host = host;
  entry.action = action;
  next_ = (next_ + 1) % kEntries;
}

std::vector<Visit> Context::of(std::string_view person, Milliseconds from, Milliseconds until) const {
  const auto who = hash(person);
  std::vector<Visit> visits;
  for (std::size_t i = 0; i < ring_.size(); ++i) {
    const auto& entry = ring_[(next_ + i) % ring_.size()];
    if (entry.person == who && entry.time >= from && entry.time <= until)
      visits.push_back({entry.time, entry.host, entry.action});
  }
  return visits;
}

void merge(std::vector<Visit>& context, std::vector<Visit> more) {
  const auto key = [](const Visit& visit) { return std::tie(visit.time, visit.host, visit.action); };
  context.insert(context.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::sort(context.begin(), context.end(), [&](const Visit& a, const Visit& b) { return key(a) < key(b); });
  context.erase(std::unique(context.begin(), context.end()), context.end());
  if (context.size() > kMostVisits)
    context.erase(context.begin(), context.end() - static_cast<std::ptrdiff_t>(kMostVisits));
}

}  // namespace breakwater::safeguarding
