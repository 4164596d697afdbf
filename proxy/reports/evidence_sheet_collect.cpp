// The bodies are those of proxy/selftest: "type" is "run", "miss" or "note", and the reference is the run.

#include <nlohmann/json.hpp>

#include "proxy/reports/evidence_sheet.h"
#include "proxy/safeguarding/crypto.h"

namespace breakwater::reports {
namespace {

using nlohmann::json;
using safeguarding::Kind;
using safeguarding::Record;

std::string text(const json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts(const json& body, const char* key) {
  std::vector<std::string> out;
  const auto found = body.find(key);
  if (found == body.end() || !found->is_array()) return out;
  out.reserve(found->size());
  for (const auto& element : *found)
    if (element.is_string()) out.push_back(element.get<std::string>());
  return out;
}

class Collector {
 public:
  explicit Collector(Evidence& evidence) : evidence_(evidence) {}

  void add(const Record& record) {
    const auto body = record.body ? json::parse(*record.body, nullptr, false) : json();
    if (!body.is_object()) return;
    const auto type = text(body, "type");
    const auto time = std::chrono::floor<std::chrono::seconds>(record.time);
    if (type == "run") {
      if (time < evidence_.until) add_run(record.reference, time, body);
      return;
    }
    const auto found = by_id_.find(record.reference);
    if (found == by_id_.end()) return;
    auto& run = evidence_.runs[found->second];
    if (type == "miss") run.missed.push_back({text(body, "what"), text(body, "result"), text(body, "action")});
    if (type == "note") run.notes.push_back({time, text(body, "by"), text(body, "result")});
  }

 private:
  void add_run(const std::string& id, SysSeconds time, const json& body) {
    CheckRun run;
    run.id = id;
    run.time = time;
    run.by = text(body, "by");
    run.result = text(body, "result");
    const auto passed = body.find("passed");
    const bool good = passed != body.end() && passed->is_boolean() && passed->get<bool>();
    run.outcome = good ? Check::Outcome::passed : Check::Outcome::failed;
    run.groups = texts(body, "groups");
    run.doors = texts(body, "doors");
    run.blocked = texts(body, "blocked");
    run.let_through = texts(body, "let_through");
    run.gaps = texts(body, "gaps");
    run.policy = text(body, "policy");
    const auto lists = body.find("lists");
    if (lists != body.end() && lists->is_number_unsigned()) run.lists_version = lists->get<std::uint64_t>();
    by_id_.insert_or_assign(id, evidence_.runs.size());
    evidence_.runs.push_back(std::move(run));
  }

  Evidence& evidence_;
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace

std::optional<safeguarding::StoreError> collect_evidence(safeguarding::Store& store, Evidence& evidence) {
  Collector collector(evidence);
  safeguarding::Filter checks;
  checks.kinds = {Kind::check};
  checks.since = evidence.from;
  if (auto error = store.each(checks, [&](const Record& record) { collector.add(record); })) return error;
  std::optional<safeguarding::Head> head;
  if (auto error = store.last_head(head)) return error;
  if (head)
    evidence.head = Head{static_cast<std::uint64_t>(head->seq), std::chrono::floor<std::chrono::seconds>(head->time),
                         safeguarding::crypto::to_text(safeguarding::crypto::view(head->hash)), to_text(*head)};
  return std::nullopt;
}

}  // namespace breakwater::reports
