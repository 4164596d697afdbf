#include "proxy/admin/pass_book.h"

#include <algorithm>

#include <date/date.h>
#include <nlohmann/json.hpp>

#include "proxy/telemetry/id.h"

namespace breakwater::admin {
namespace {

using categories::Durability;
using nlohmann::ordered_json;
using rules::SysSeconds;

std::string utc(SysSeconds when) {
  return date::format("%FT%TZ", when);
}

/// {"time":...,"event":...,"pass":...}
ordered_json event_of(std::string_view event, std::string_view id, SysSeconds now) {
  return {{"time", utc(now)}, {"event", event}, {"pass", id}};
}

void add_peer(ordered_json& event, const Peer& peer) {
  event["uid"] = peer.uid;
  event["gid"] = peer.gid;
  event["pid"] = peer.pid;
}

void add_uses(ordered_json& event, const PassRecord& record) {
  event["uses"] = record.uses();
  event["clients"] = record.clients.size();
}

}  // namespace

PassBook::PassBook(const std::filesystem::path& state, std::function<void(const std::string&)> tell)
    : state_(state), tell_(std::move(tell)), journal_(state / "passes.log") {
  std::string error;
  records_ = read_passes(state_, error);
  if (!error.empty()) tell_(error + ": no pass is in force");
}

Result<rules::Pass, rules::Refusal> PassBook::grant(rules::Pass pass, const Peer& peer, SysSeconds now) {
  using rules::Refusal;
  end_past(now);
  if (records_.size() >= rules::kMaxPasses)
    return Refusal{"there are " + std::to_string(rules::kMaxPasses) + " passes already; revoke one"};
  if (auto failed = write_notes()) return Refusal{"the grant cannot be recorded: " + *failed};
  pass.id = telemetry::make_reference();
  auto event = event_of("grant", pass.id, now);
  event["group"] = pass.group;
  if (!pass.category.empty()) event["category"] = pass.category;
  if (!pass.host.empty()) event["host"] = pass.host;
  event["from"] = utc(pass.from);
  event["until"] = utc(pass.until);
  event["by"] = pass.by;
  event["reason"] = pass.reason;
  add_peer(event, peer);
  note(std::move(event));
  if (auto failed = write_notes()) {
    notes_.clear();
    return Refusal{"the grant cannot be recorded: " + *failed};
  }
  records_.push_back({pass, {}});
  if (auto failed = keep(Durability::synced)) {
    end(records_.back(), "it could not be kept", now);
    records_.pop_back();
    return Refusal{"the pass cannot be kept: " + *failed};
  }
  return pass;
}

std::optional<std::string> PassBook::revoke(std::string_view id, std::string_view by, const Peer& peer,
                                            SysSeconds now) {
  end_past(now);
  const auto found = std::ranges::find(records_, id, [](const auto& record) { return record.pass.id; });
  if (found == records_.end()) return "there is no such pass; see `breakwater pass list`";
  auto event = event_of("revoke", id, now);
  event["by"] = by;
  add_peer(event, peer);
  add_uses(event, *found);
  note(std::move(event));
  records_.erase(found);
  tell_once(write_notes());
  tell_once(keep(Durability::synced));
  return std::nullopt;
}

void PassBook::note_use(std::string_view id, const std::string& client, std::uint64_t uses, SysSeconds now) {
  const auto found = std::ranges::find(records_, id, [](const auto& record) { return record.pass.id; });
  if (found == records_.end()) return;
  auto& clients = found->clients;
  const bool counted_alone = clients.contains(client) || clients.size() < PassRecord::kMostClients;
  const auto name = counted_alone ? client : std::string(PassRecord::kOthers);
  auto& count = clients[name];
  if (count == 0) {
    auto event = event_of("use", id, now);
    event["client"] = name;
    note(std::move(event));
  }
  count += uses;
  kept_ = Kept::not_yet;
}

void PassBook::end_past(SysSeconds now) {
  const auto is_past = [now](const PassRecord& record) { return record.pass.until <= now; };
  for (const auto& record : records_)
    if (is_past(record)) end(record, "time", now);
  if (std::erase_if(records_, is_past) != 0) save();
}

void PassBook::revise(rules::Engine& engine, SysSeconds now) {
  end_past(now);
  std::erase_if(records_, [&](PassRecord& record) {
    auto& pass = record.pass;
    if (const auto why = rules::objection(pass, engine)) {
      end(record, *why, now);
      tell_("pass " + pass.id + " ends: " + *why);
      return true;
    }
    const auto until = rules::end_of(pass, engine, std::max(now, pass.from));
    if (until == pass.until) return false;
    pass.until = until;
    auto event = event_of("shorten", pass.id, now);
    event["until"] = utc(until);
    note(std::move(event));
    kept_ = Kept::not_yet;
    return false;
  });
  save();
}

void PassBook::save() {
  tell_once(write_notes());
  if (kept_ == Kept::not_yet) tell_once(keep(Durability::cached));
  if (notes_.empty() && kept_ == Kept::yes) told_.clear();
}

void PassBook::end(const PassRecord& record, std::string_view why, SysSeconds now) {
  auto event = event_of("end", record.pass.id, now);
  event["why"] = why;
  add_uses(event, record);
  note(std::move(event));
  kept_ = Kept::not_yet;
}

void PassBook::note(ordered_json event) {
  notes_.push_back(event.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

/// In their order: what cannot be written keeps back all that follows.
std::optional<std::string> PassBook::write_notes() {
  std::optional<std::string> failed;
  std::erase_if(notes_, [&](const std::string& line) {
    if (!failed) failed = journal_.append(line);
    return !failed;
  });
  return failed;
}

std::optional<std::string> PassBook::keep(Durability durability) {
  auto failed = write_passes(state_, records_, durability);
  kept_ = failed ? Kept::not_yet : Kept::yes;
  return failed;
}

void PassBook::tell_once(const std::optional<std::string>& failure) {
  if (failure && told_.insert(*failure).second) tell_(*failure);
}

}  // namespace breakwater::admin
