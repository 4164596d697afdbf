// decision {"state":"under review","by":"..."}, sealed {"reason":"...","outcome":"..."}
// hold     {"hold":true,"by":"..."}, sealed {"reason":"..."}
// access   {"by":"...","what":"show","subject":"P-4T9ZQX2C"}, sealed {"reason":"..."}

#include "proxy/safeguarding/case.h"

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {
namespace {

using Json = nlohmann::ordered_json;

struct StateName {
  CaseState state;
  std::string_view name;
};
constexpr std::array kStates{StateName{CaseState::fresh, "new"}, StateName{CaseState::seen, "seen"},
                             StateName{CaseState::under_review, "under review"},
                             StateName{CaseState::referred, "referred"},
                             StateName{CaseState::no_further_action, "no further action"}};

std::string text(const Json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json body_of(const Record& record, Kind kind) {
  return record.kind == kind && record.body ? Json::parse(*record.body, nullptr, false) : Json();
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Entry entry(const std::string& reference, Milliseconds time, Kind kind, const Json& body,
            const std::string& reason = {}) {
  return {time, kind, reference, dump(body), reason.empty() ? "" : dump({{"reason", reason}})};
}

/// What holds reason and outcome.
Json words_of(const Record& record, const Json& body, Opener* opener) {
  if (record.sealed.empty()) return body;
  if (const auto opened = opener ? opener->open(record) : Unopened::other_key)
    if (auto words = Json::parse(*opened, nullptr, false); words.is_object()) return words;
  return {{"reason", kSealedWords}};
}

/// Gathers the records of each reference.
class Reader {
 public:
  Reader(const CaseFilter& filter, Opener* opener) : filter_(filter), opener_(opener) {}

  void add(const Record& record) {
    if (!record.body) return;
    if (record.kind == Kind::episode) return add_episode(record);
    const auto found = by_reference_.find(record.reference);
    if (found == by_reference_.end()) return;
    auto& about = cases_[found->second];
    if (auto alert = parse_alert(record)) about.alerts.push_back(*std::move(alert));
    if (auto decision = parse_decision(record, opener_)) about.decisions.push_back(*std::move(decision));
    if (auto hold = parse_hold(record, opener_)) about.holds.push_back(*std::move(hold));
    if (auto access = parse_access(record, opener_)) about.accesses.push_back(*std::move(access));
  }

  std::vector<Case> finish() {
    std::erase_if(cases_, [this](const Case& one) {
      return one.episode.first < filter_.since || one.episode.first >= filter_.until;
    });
    return std::move(cases_);
  }

 private:
  void add_episode(const Record& record) {
    auto episode = parse_episode(*record.body);
    if (!episode) return;
    const auto [found, fresh] = by_reference_.try_emplace(record.reference, cases_.size());
    if (fresh) cases_.emplace_back();
    auto& about = cases_[found->second];
    about.growth.push_back({record.time, episode->stage, episode->attempts});
    about.episode = *std::move(episode);
    about.record = record;
  }

  const CaseFilter& filter_;
  Opener* opener_;
  std::vector<Case> cases_;
  std::map<std::string, std::size_t, std::less<>> by_reference_;
};

}  // namespace

std::optional<AlertStep> parse_alert(const Record& record) {
  const auto body = body_of(record, Kind::alert);
  if (!body.is_object()) return std::nullopt;
  return AlertStep{record.time, text(body, "state"), text(body, "role")};
}

std::optional<Decision> parse_decision(const Record& record, Opener* opener) {
  const auto body = body_of(record, Kind::decision);
  const auto state = body.is_object() ? parse_case_state(text(body, "state")) : std::nullopt;
  if (!state) return std::nullopt;
  const auto words = words_of(record, body, opener);
  return Decision{record.time, *state, text(words, "reason"), text(words, "outcome"), text(body, "by")};
}

std::optional<Hold> parse_hold(const Record& record, Opener* opener) {
  const auto body = body_of(record, Kind::hold);
  const auto hold = body.is_object() ? body.value("hold", Json()) : Json();
  if (!hold.is_boolean()) return std::nullopt;
  return Hold{record.time, hold.get<bool>() ? Hold::Turn::on : Hold::Turn::off, text(body, "by"),
              text(words_of(record, body, opener), "reason")};
}

std::optional<Access> parse_access(const Record& record, Opener* opener) {
  const auto body = body_of(record, Kind::access);
  if (!body.is_object()) return std::nullopt;
  return Access{record.time, text(body, "by"), text(words_of(record, body, opener), "reason"), text(body, "what"),
                text(body, "subject")};
}

std::string_view to_string(CaseState state) {
  return kStates[static_cast<std::size_t>(state)].name;
}

std::optional<CaseState> parse_case_state(std::string_view text) {
  for (const auto& [state, name] : kStates)
    if (text == name) return state;
  return std::nullopt;
}

std::string case_states() {
  std::string out;
  for (const auto& [state, name] : kStates)
    if (state != CaseState::fresh) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

CaseState Case::state() const {
  if (!decisions.empty()) return decisions.back().state;
  return first_look() ? CaseState::seen : CaseState::fresh;
}

std::optional<Milliseconds> Case::first_look() const {
  std::optional<Milliseconds> first;
  if (!decisions.empty()) first = decisions.front().time;
  const auto shown =
      std::find_if(accesses.begin(), accesses.end(), [](const Access& access) { return access.what == kShown; });
  if (shown != accesses.end()) first = std::min(first.value_or(shown->time), shown->time);
  return first;
}

Result<std::vector<Case>, StoreError> read_cases(Store& store, const CaseFilter& filter, Opener* opener) {
  Reader reader(filter, opener);
  const Filter records{.kinds = {Kind::episode, Kind::alert, Kind::decision, Kind::hold, Kind::access},
                       .reference = filter.reference};
  if (const auto error = store.each(records, [&reader](const Record& record) { reader.add(record); })) return *error;
  return reader.finish();
}

std::string refusal(const Case& about, const Decision& decision) {
  const auto now = about.state();
  if (decision.by.empty()) return "a decision needs who makes it";
  if (decision.state == CaseState::fresh) return "nothing that was recorded becomes new again";
  if (decision.state == CaseState::seen && !about.decisions.empty())
    return "it is " + std::string(to_string(now)) + " already";
  if (decision.state == now && now == CaseState::no_further_action) return "it is closed already: no further action";
  if (decision.state != CaseState::seen && decision.reason.empty())
    return "\"" + std::string(to_string(decision.state)) + "\" needs a reason";
  if (decision.state == CaseState::referred && decision.outcome.empty())
    return "\"referred\" needs an outcome that says to whom";
  return {};
}

std::string refusal(const Case& about, const Hold& hold) {
  if (hold.by.empty() || hold.reason.empty()) return "an evidence hold needs who asks for it, and a reason";
  if (about.held() == (hold.turn == Hold::Turn::on)) return about.held() ? "it is held already" : "it is not held";
  return {};
}

Entry to_entry(const std::string& reference, const Decision& decision) {
  auto made =
      entry(reference, decision.time, Kind::decision, {{"state", to_string(decision.state)}, {"by", decision.by}});
  if (!decision.reason.empty() || !decision.outcome.empty())
    made.sealed = dump({{"reason", decision.reason}, {"outcome", decision.outcome}});
  return made;
}

Entry to_entry(const std::string& reference, const Hold& hold) {
  return entry(reference, hold.time, Kind::hold, {{"hold", hold.turn == Hold::Turn::on}, {"by", hold.by}}, hold.reason);
}

Entry to_entry(const std::string& reference, const Access& access) {
  return entry(reference, access.time, Kind::access,
               {{"by", access.by}, {"what", access.what}, {"subject", access.subject}}, access.reason);
}

}  // namespace breakwater::safeguarding
