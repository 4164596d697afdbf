#include "proxy/identity/sign_ins.h"

#include <algorithm>

#include "proxy/identity/identity_map.h"

namespace breakwater::identity {

std::size_t SignIns::AddressHash::operator()(const categories::IpAddress& address) const {
  return NetworkHash()({address, 128});
}

void SignIns::on_change(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(call);
}

void SignIns::tell() const {
  if (changed_) changed_();
}

/// True where the address has changed hands.
bool SignIns::take(At& at, const std::string& user, rules::SysSeconds now) const {
  auto& people = at.people;
  const bool held = at.held == At::Held::by_the_last;
  if (held && people.back().user == user) {
    people.back().last = now;
    return false;
  }
  const auto found = std::ranges::find(people, user, &Person::user);
  if (held && found != people.end() && now - found->last < kAside) {
    found->last = now;
    return false;
  }
  if (found != people.end()) people.erase(found);
  if (people.size() == kMaxPeople) people.erase(std::ranges::min_element(people, {}, &Person::last));
  people.push_back({user, now, now});
  at.held = At::Held::by_the_last;
  return true;
}

void SignIns::touch(const categories::IpAddress& address, const std::string& user, rules::SysSeconds now) {
  const std::lock_guard lock(mutex_);
  auto found = at_.find(address);
  if (found == at_.end()) {
    if (at_.size() == kMaxAddresses) return;
    found = at_.try_emplace(address).first;
  }
  if (take(found->second, user, now)) tell();
}

/// True where an address has lost its holder.
bool SignIns::drop(const std::function<bool(const Person&, bool)>& is_over) {
  bool lost = false;
  for (auto entry = at_.begin(); entry != at_.end();) {
    auto& [people, held] = entry->second;
    if (held == At::Held::by_the_last && is_over(people.back(), true)) {
      people.pop_back();
      held = At::Held::no;
      lost = true;
    }
    const auto aside = people.end() - (held == At::Held::by_the_last ? 1 : 0);
    people.erase(std::remove_if(people.begin(), aside, [&](const Person& each) { return is_over(each, false); }),
                 aside);
    entry = people.empty() ? at_.erase(entry) : std::next(entry);
  }
  return lost;
}

void SignIns::end(const std::string& user, rules::SysSeconds now) {
  const std::lock_guard lock(mutex_);
  if (ended_.size() == kMaxEnded)
    ended_.erase(std::ranges::min_element(ended_, {}, [](auto& each) { return each.second; }));
  ended_[user] = now;
  drop([&](const Person& each, bool) { return each.user == user; });
  tell();
}

bool SignIns::has_ended(const std::string& user, rules::SysSeconds since) const {
  const std::lock_guard lock(mutex_);
  const auto found = ended_.find(user);
  return found != ended_.end() && since <= found->second;
}

void SignIns::expire(rules::SysSeconds now) {
  const std::lock_guard lock(mutex_);
  const auto is_over = [&](const Person& each, bool holder) {
    return now - each.last >= (holder ? idle_ : std::min<std::chrono::seconds>(idle_, kAside));
  };
  if (drop(is_over)) tell();
}

std::vector<SignIns::SignIn> SignIns::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<SignIn> all;
  for (const auto& [address, at] : at_)
    if (at.held == At::Held::by_the_last) all.push_back({address, at.people.back().user, at.people.back().since});
  return all;
}

}  // namespace breakwater::identity
