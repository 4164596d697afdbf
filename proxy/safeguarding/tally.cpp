#include "proxy/safeguarding/tally.h"

#include <algorithm>
#include <utility>

namespace breakwater::safeguarding {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const auto part : parts)
    key.append(part).append("\n");
  return key;
}

/// The field of one attempt says nothing of the others that are counted with it.
void clear(Attempt& attempt, std::initializer_list<std::string Attempt::*> fields) {
  for (const auto field : fields)
    (attempt.*field).clear();
}

}  // namespace

bool Tally::counts(const Attempt& attempt, Time now) {
  if (now - window_ >= limits_.window) {
    window_ = now;
    all_ = 0;
    persons_.clear();
    hosts_.clear();
  }
  if (has_own_record(attempt.pseudonym, joined({attempt.pseudonym, attempt.host_tag}))) return false;
  auto& counted = sheet_of(attempt, now).attempt;
  ++counted.count;
  counted.until = std::max(counted.until, attempt.time);
  return true;
}

/// Only those who have one are remembered, so that what is remembered is bounded too.
bool Tally::has_own_record(const std::string& person, const std::string& host) {
  const auto count_of = [](const auto& counts, const std::string& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
  };
  const auto persons = count_of(persons_, person);
  const auto room = persons < limits_.at_least ? 2 * limits_.of_all : limits_.of_all;
  if (all_ >= room || persons >= limits_.of_person || count_of(hosts_, host) >= limits_.of_host) return false;
  ++all_;
  ++persons_[person];
  ++hosts_[host];
  return true;
}

Tally::Sheet& Tally::sheet_of(const Attempt& attempt, Time now) {
  auto sample = attempt;
  clear(sample, {&Attempt::url, &Attempt::search, &Attempt::sni, &Attempt::referrer, &Attempt::approach});
  const auto known = hosts_.find(joined({attempt.pseudonym, attempt.host_tag}));
  if (known == hosts_.end() || known->second < limits_.of_host) {  // the host is not why
    clear(sample, {&Attempt::host, &Attempt::host_tag, &Attempt::list});
    sample.line = 0;
  }
  auto key = joined({sample.pseudonym, sample.theme, sample.category, sample.action, sample.host_tag});
  if (sheets_.size() >= limits_.sheets && !sheets_.contains(key)) {
    clear(sample, {&Attempt::pseudonym, &Attempt::confidence, &Attempt::owner, &Attempt::group, &Attempt::client,
                   &Attempt::device, &Attempt::user, &Attempt::host, &Attempt::host_tag});
    key = joined({"", sample.theme, sample.category, sample.action});
  }
  sample.count = 0;
  sample.until = sample.time;
  return sheets_.try_emplace(std::move(key), Sheet{std::move(sample), now}).first->second;
}

void Tally::turn(Time now) {
  for (auto sheet = sheets_.begin(); sheet != sheets_.end();) {
    const bool is_due = now - sheet->second.begun >= limits_.turn;
    if (is_due) closed_.push_back(std::move(sheet->second.attempt));
    sheet = is_due ? sheets_.erase(sheet) : std::next(sheet);
  }
}

void Tally::turn_all() {
  for (auto& [key, sheet] : std::exchange(sheets_, {}))
    closed_.push_back(std::move(sheet.attempt));
}

std::optional<Tally::Time> Tally::next_turn() const {
  std::optional<Time> next;
  for (const auto& [key, sheet] : sheets_)
    next = std::min(next.value_or(Time::max()), sheet.begun + limits_.turn);
  return next;
}

std::vector<Attempt> Tally::open() const {
  std::vector<Attempt> changed;
  for (const auto& [key, sheet] : sheets_)
    if (sheet.attempt.count != sheet.written) changed.push_back(sheet.attempt);
  return changed;
}

std::vector<Attempt> Tally::written() {
  for (auto& [key, sheet] : sheets_)
    sheet.written = sheet.attempt.count;
  return std::exchange(closed_, {});
}

}  // namespace breakwater::safeguarding
