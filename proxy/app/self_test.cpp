// Connections of the self-test: judged as a group, by the engine that judges everybody; nothing of them is anybody's
// doing, and nothing is dialled.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"

namespace breakwater::app {

void Session::stand_in(std::shared_ptr<selftest::Mark> mark) {
  mark_ = std::move(mark);
  if (mark_) client_text_ = "self-test";
}

/// Of a group that is no longer there nobody is: that is refused as an unknown client, and shows as a miss.
void Session::judge_as_group(const rules::Policy& policy) {
  subject_.group = policy.find_group(mark_->group()).value_or(rules::kNoGroup);
  subject_.user.clear();
  subject_.device.clear();
  subject_.owner = rules::OwnerKind::unknown;
  subject_.device_group.clear();
  subject_.confidence = rules::Confidence::account;
  subject_.spent = 0;
  subject_.acceptance = rules::Acceptance::given;
}

/// For the runner, before anything is answered.
void Session::note_for_self_test(const rules::Verdict& verdict) {
  if (!mark_) return;
  std::string list;
  if (verdict.because) list = tx_.engine->snapshot()->catalogue->lists()[verdict.because->list].name;
  mark_->note(
      {verdict.action, verdict.reason, std::string(verdict.rule), std::string(verdict.period), std::move(list)});
}

/// In place of the origin's answer.
net::Task<Session::Next> Session::answer_self_test(std::size_t head_size) {
  client_.in().consume(head_size);
  tx_.detail = "self-test";
  std::string nothing;
  co_return co_await send_answer(204, "", std::move(nothing), http::Persistence::close);
}

}  // namespace breakwater::app
