#include "proxy/operations/status_json.h"

#include <nlohmann/json.hpp>

#include "proxy/operations/health.h"

namespace breakwater::operations {
namespace {

using nlohmann::ordered_json;

std::int64_t seconds(GatewayState::Instant instant) {
  return instant.time_since_epoch().count();
}

ordered_json numbers(const std::vector<telemetry::Total>& totals) {
  auto value = ordered_json::object();
  for (const auto& total : totals)
    value[std::string(total.name)] = total.value;
  return value;
}

ordered_json feeds_of(const GatewayState& state) {
  auto feeds = ordered_json::array();
  for (const auto& feed : state.feeds)
    feeds.push_back({{"name", feed.name},
                     {"fetched", seconds(feed.fetched)},
                     {"checked", seconds(feed.checked)},
                     {"failures", feed.failures},
                     {"error", feed.error}});
  return feeds;
}

}  // namespace

std::string status_json(const GatewayState& state) {
  const auto health = health_of(state);
  const auto& in_force = state.in_force;
  ordered_json value{
      {"version", state.version},
      {"healthy", health.answer == Health::Answer::well},
      {"health", health.lines},
      {"now", seconds(state.now)},
      {"started", seconds(state.started)},
      {"listeners", state.listeners},
      {"workers", state.worker_age.size()},
      {"policy",
       {{"file", in_force.policy.string()},
        {"sha256", in_force.policy_digest},
        {"since", seconds(in_force.since)},
        {"refused", seconds(in_force.refused)}}},
      {"lists", {{"version", in_force.version}, {"lists", in_force.lists}, {"entries", in_force.entries}}},
      {"minute_seconds", state.minute_seconds},
      {"minute", numbers(state.last_minute)},
      {"counters", numbers(state.counters)},
      {"records",
       {{"durable", state.recorder.durable},
        {"waiting", state.recorder.backlog},
        {"failures", state.recorder.failures},
        {"bytes", state.store.bytes},
        {"free_bytes", state.store.free_bytes}}},
      {"outbox", {{"waiting", state.outbox.waiting}, {"oldest", seconds(state.outbox.oldest)}}},
      {"feeds", feeds_of(state)},
      {"identity_sources", state.identity_sources},
  };
  if (state.central)
    value["central"] = {{"forwarded", state.central->forwarded},
                        {"waiting", state.central->waiting},
                        {"failures", state.central->failures},
                        {"forks", state.central->forks}};
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace breakwater::operations
