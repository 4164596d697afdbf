#include "proxy/quota/ledger.h"

namespace breakwater::quota {

Ledger::Ledger(std::filesystem::path state, Tell tell) : state_(std::move(state)), tell_(std::move(tell)) {
  std::string error;
  book_ = Book(read_book(state_, error).people);
  if (!error.empty()) tell_(error + ": counting begins anew");
  thread_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

Ledger::~Ledger() {
  thread_.request_stop();
  thread_.join();
  save();
}

std::shared_ptr<const SpentMap> Ledger::hand_in(const rules::Policy& policy, const Uses& uses, SysSeconds now) {
  const std::lock_guard lock(mutex_);
  if (!uses.empty()) {
    book_.add(policy, uses, now);
    now_ = now;
    disk_ = Disk::behind;
  }
  return std::make_shared<const SpentMap>(book_.spent(policy, now));
}

std::vector<Standing> Ledger::remaining(const rules::Policy& policy, const std::string& person, rules::GroupId group,
                                        SysSeconds now) const {
  const std::lock_guard lock(mutex_);
  return book_.standing(policy, person, group, now);
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

}  // namespace breakwater::quota
