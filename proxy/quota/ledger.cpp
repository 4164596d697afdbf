#include "proxy/quota/ledger.h"

#include <algorithm>

namespace breakwater::quota {
namespace {

/// No tag, but a rules::person_key.
bool is_name(const std::string& key) {
  return key.find(':') != std::string::npos;
}

}  // namespace

Ledger::Ledger(std::filesystem::path state, Tag tag, Tell tell)
    : state_(std::move(state)), tag_(std::move(tag)), tell_(std::move(tell)) {
  std::string error;
  auto written = read_book(state_, error);
  now_ = written.time;
  const bool named =
      std::any_of(written.people.begin(), written.people.end(), [](const auto& one) { return is_name(one.first); });
  if (named) disk_ = Disk::behind;  // names of an earlier version go at once
  book_ = Book(by_tag(std::move(written.people), tag_));
  if (!error.empty()) tell_(error + ": counting begins anew");
  thread_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

Ledger::~Ledger() {
  thread_.request_stop();
  thread_.join();
  save();
}

std::shared_ptr<const SpentMap> Ledger::hand_in(const rules::Policy& policy, const Uses& uses, SysSeconds now) {
  Uses tagged;
  for (const auto& [whose, bytes] : uses)
    tagged[{tag_(whose.person), whose.group, whose.quotas}] += bytes;
  const std::lock_guard lock(mutex_);
  if (!tagged.empty()) {
    book_.add(policy, tagged, now);
    now_ = now;
    disk_ = Disk::behind;
  }
  return std::make_shared<const SpentMap>(book_.spent(policy, now));
}

std::vector<Standing> Ledger::remaining(const rules::Policy& policy, const std::string& person, rules::GroupId group,
                                        SysSeconds now) const {
  const auto tag = tag_(person);
  const std::lock_guard lock(mutex_);
  return book_.standing(policy, tag, group, now);
}

void Ledger::keep(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, kSave, [] { return false; });
    }
    save();
  }
}

void Ledger::save() {
  Written written;
  {
    const std::lock_guard lock(mutex_);
    if (disk_ == Disk::same) return;
    book_.forget_ended(now_ - kKeep);
    written = {now_, book_.people()};
    disk_ = Disk::same;
  }
  const auto error = write_book(state_, written).value_or("");
  if (!error.empty()) {
    const std::lock_guard lock(mutex_);
    disk_ = Disk::behind;
  }
  if (error != told_ && !error.empty()) tell_(error + ": what is used is not kept over a restart");
  told_ = error;
}

People by_tag(People people, const Ledger::Tag& tag) {
  People tagged;
  for (auto& [key, person] : people)
    tagged.emplace(is_name(key) ? tag(key) : key, std::move(person));
  return tagged;
}

}  // namespace breakwater::quota
