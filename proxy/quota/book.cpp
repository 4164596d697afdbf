#include "proxy/quota/book.h"

#include <algorithm>

namespace breakwater::quota {
namespace {

using rules::Policy;
using rules::Quota;
using rules::Stretch;

constexpr std::size_t kDroppedAtOnce = kMostPeople / 4;

/// Stretches at one moment, each looked up once.
class Stretches {
 public:
  Stretches(const Policy& policy, SysSeconds now) : policy_(policy), now_(now) {}
  const Stretch& of(const Quota& quota, rules::GroupId group) {
    const auto [found, fresh] = known_.try_emplace({group, quota.per});
    if (fresh) found->second = rules::stretch_of(policy_, quota.per, group, now_);
    return found->second;
  }

 private:
  const Policy& policy_;
  SysSeconds now_;
  std::map<std::pair<rules::GroupId, Quota::Per>, Stretch> known_;
};

SysSeconds slot_of(SysSeconds when) {
  const auto into = when.time_since_epoch() % kSlot;
  return when - into;
}

/// A slot that has begun is paid for, so it may be used to its end.
bool is_spent(const Account& account, const Quota& quota, SysSeconds now) {
  if (quota.bytes && account.bytes >= *quota.bytes) return true;
  if (!quota.minutes || account.active < *quota.minutes) return false;
  const bool in_last_slot = account.slot == slot_of(now) && account.slot_bytes >= kTrickle;
  return account.active > *quota.minutes || !in_last_slot;
}

void add(Account& account, const Quota& quota, const Stretch& stretch, std::uint64_t bytes, SysSeconds now) {
  if (!stretch.contains(account.last)) account = {.quota = quota.name};
  if (const auto slot = slot_of(now); slot != account.slot) {
    account.slot = slot;
    account.slot_bytes = 0;
  }
  const bool was_active = account.slot_bytes >= kTrickle;
  account.slot_bytes += bytes;
  account.bytes += bytes;
  if (!was_active && account.slot_bytes >= kTrickle) account.active += kSlot;
  account.last = now;
  account.until = stretch.until;
  account.minutes = quota.minutes;
  account.most_bytes = quota.bytes;
}

Account& account_of(Person& person, const Quota& quota) {
  auto& accounts = person.accounts;
  const auto found =
      std::find_if(accounts.begin(), accounts.end(), [&](const Account& a) { return a.quota == quota.name; });
  if (found != accounts.end()) return *found;
  accounts.push_back({.quota = quota.name});
  return accounts.back();
}

SysSeconds last_of(const Person& person) {
  auto last = SysSeconds::min();
  for (const auto& account : person.accounts)
    last = std::max(last, account.last);
  return last;
}

}  // namespace

std::uint32_t spent_bits(const SpentMap& spent, const std::string& person, SysSeconds now) {
  std::uint32_t bits = 0;
  if (const auto found = spent.find(person); found != spent.end())
    for (const auto& each : found->second)
      if (now < each.until) bits |= each.quotas;
  return bits;
}

Person& Book::find_or_add(const std::string& key) {
  if (people_.size() >= kMostPeople && !people_.contains(key)) {
    std::vector<std::pair<SysSeconds, std::string>> by_age;
    for (const auto& [each, person] : people_)
      by_age.emplace_back(last_of(person), each);
    std::nth_element(by_age.begin(), by_age.begin() + kDroppedAtOnce, by_age.end());
    for (std::size_t i = 0; i < kDroppedAtOnce; ++i)
      people_.erase(by_age[i].second);
  }
  return people_[key];
}

void Book::add(const Policy& policy, const Uses& uses, SysSeconds now) {
  Stretches stretches(policy, now);
  for (const auto& [whose, bytes] : uses) {
    if (whose.group >= policy.groups.size()) continue;
    auto& person = find_or_add(whose.person);
    person.group = policy.groups[whose.group].name;
    std::erase_if(person.accounts, [&](const Account& account) {
      return std::none_of(policy.quotas.begin(), policy.quotas.end(),
                          [&](const Quota& quota) { return quota.name == account.quota; });
    });
    for (std::size_t i = 0; i < policy.quotas.size(); ++i) {
      const auto& quota = policy.quotas[i];
      if ((whose.quotas & rules::quota_bit(i)) == 0) continue;
      quota::add(account_of(person, quota), quota, stretches.of(quota, whose.group), bytes, now);
    }
  }
}

SpentMap Book::spent(const Policy& policy, SysSeconds now) const {
  SpentMap all;
  Stretches stretches(policy, now);
  for (const auto& [key, person] : people_) {
    std::vector<Spent> spent;
    for (std::size_t i = 0; i < policy.quotas.size(); ++i) {
      const auto& quota = policy.quotas[i];
      for (const auto& account : person.accounts) {
        if (account.quota != quota.name || !is_spent(account, quota, now)) continue;
        const auto group = policy.find_group(person.group);
        const auto stretch = group ? stretches.of(quota, *group) : Stretch{SysSeconds::max(), std::nullopt};
        if (stretch.contains(account.last))
          spent.push_back({rules::quota_bit(i), stretch.until.value_or(SysSeconds::max())});
      }
    }
    if (!spent.empty()) all.emplace(key, std::move(spent));
  }
  return all;
}

std::vector<Standing> Book::standing(const Policy& policy, const std::string& person, rules::GroupId group,
                                     SysSeconds now) const {
  std::vector<Standing> all;
  const auto found = people_.find(person);
  for (std::size_t i = 0; i < policy.quotas.size(); ++i) {
    const auto& quota = policy.quotas[i];
    const auto periods = policy.periods(group);
    if (std::none_of(periods.begin(), periods.end(), [&](auto period) { return quota.holds(group, period); })) continue;
    const auto stretch = rules::stretch_of(policy, quota.per, group, now);
    auto& standing = all.emplace_back(Standing{i});
    standing.returns = stretch.until;
    if (found == people_.end()) continue;
    for (const auto& account : found->second.accounts) {
      if (account.quota != quota.name || !stretch.contains(account.last)) continue;
      standing.active = account.active;
      standing.bytes = account.bytes;
      if (is_spent(account, quota, now)) standing.state = Standing::State::spent;
    }
  }
  return all;
}

void Book::forget_ended(SysSeconds when) {
  const auto is_over = [&](const Account& account) { return account.until && *account.until < when; };
  for (auto& [key, person] : people_)
    std::erase_if(person.accounts, is_over);
  std::erase_if(people_, [](const auto& entry) { return entry.second.accounts.empty(); });
}

}  // namespace breakwater::quota
