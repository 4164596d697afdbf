#include "proxy/app/pass_keeper.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "rules/civil_time.h"

namespace breakwater::app {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const rules::Pass& pass, const date::time_zone& zone) {
  ordered_json value{{"id", pass.id}, {"group", pass.group}};
  if (!pass.category.empty()) value["category"] = pass.category;
  if (!pass.host.empty()) value["host"] = pass.host;
  value["from"] = rules::format_civil(pass.from, zone);
  value["until"] = rules::format_civil(pass.until, zone);
  value["by"] = pass.by;
  value["reason"] = pass.reason;
  return value;
}

std::string line_of(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace

PassKeeper::PassKeeper(net::Executor executor, std::filesystem::path state, const Clock& clock,
                       const safeguarding::Pseudonyms& pseudonyms, Publish publish, Gather gather, Other other)
    : state_(std::move(state)),
      clock_(clock),
      pseudonyms_(pseudonyms),
      publish_(std::move(publish)),
      gather_(std::move(gather)),
      other_(std::move(other)),
      book_(state_, [](const std::string& message) { spdlog::error("passes: {}", message); }),
      control_(executor, [this](std::string_view line, const admin::Peer& peer) { return answer(line, peer); }),
      second_(executor) {}

std::shared_ptr<const rules::Snapshot> PassKeeper::adopt(const std::shared_ptr<const rules::Snapshot>& loaded) {
  gather();
  rules::Engine engine(loaded);
  book_.revise(engine, clock_.seconds());
  in_force_ = rules::with_passes(*loaded, admin::passes_of(book_.records()));
  return in_force_;
}

void PassKeeper::start() {
  if (const auto failed = control_.listen(state_)) spdlog::error("no pass can be granted: {}", *failed);
  every_second();
}

void PassKeeper::stop() {
  second_.cancel();
  control_.stop();
  gather();
  book_.save();
}

void PassKeeper::every_second() {
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](net::error_code error) {
    if (error) return;
    gather();
    book_.end_past(clock_.seconds());
    book_.save();
    every_second();
  });
}

void PassKeeper::gather() {
  const auto now = clock_.seconds();
  for (const auto& counts : gather_())
    for (const auto& [who, uses] : counts)
      book_.note_use(who.first, pseudonyms_.of_person(who.second), uses, now);
}

void PassKeeper::publish() {
  in_force_ = rules::with_passes(*in_force_, admin::passes_of(book_.records()));
  publish_(in_force_);
}

std::string PassKeeper::answer(std::string_view line, const admin::Peer& peer) {
  const auto request = admin::parse_request(line);
  if (!request) return admin::error_line(request.error());
  switch (request->command) {
    case admin::Command::grant:
      return grant(request->grant, peer);
    case admin::Command::revoke:
      return revoke(request->id, request->by, peer);
    case admin::Command::status:
    case admin::Command::selftest_run:
    case admin::Command::selftest_result:
    case admin::Command::erased:
      return other_(*request, peer);
    case admin::Command::list:
      break;
  }
  return list();
}

std::string PassKeeper::grant(const rules::GrantRequest& request, const admin::Peer& peer) {
  rules::Engine engine(in_force_);
  const auto now = clock_.seconds();
  auto asked = rules::make_pass(request, engine, now);
  if (!asked) return admin::error_line(asked.error().why);
  const auto pass = book_.grant(*std::move(asked), peer, now);
  if (!pass) return admin::error_line(pass.error().why);
  publish();
  spdlog::info("pass {}: granted to {}", pass->id, pass->group);
  return line_of({{"pass", to_json(*pass, *in_force_->policy.zone)}});
}

std::string PassKeeper::revoke(const std::string& id, const std::string& by, const admin::Peer& peer) {
  if (by.empty()) return admin::error_line("who revokes a pass must be named");
  gather();
  if (const auto refused = book_.revoke(id, by, peer, clock_.seconds())) return admin::error_line(*refused);
  publish();
  spdlog::info("pass {}: revoked", id);
  return line_of({{"revoked", id}});
}

std::string PassKeeper::list() {
  gather();
  book_.end_past(clock_.seconds());
  auto passes = ordered_json::array();
  for (const auto& record : book_.records()) {
    auto value = to_json(record.pass, *in_force_->policy.zone);
    value["uses"] = record.uses();
    value["clients"] = record.clients.size();
    passes.push_back(std::move(value));
  }
  return line_of({{"passes", std::move(passes)}});
}

}  // namespace breakwater::app
