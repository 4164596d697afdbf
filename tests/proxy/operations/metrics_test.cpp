#include "proxy/operations/metrics.h"

#include <utility>

#include <gmock/gmock.h>

namespace breakwater::operations {
namespace {

using testing::HasSubstr;

GatewayState state() {
  GatewayState state;
  state.version = "1.2.3";
  state.worker_age = {std::chrono::milliseconds(250)};
  state.feeds = {{"a \"feed\"\n", GatewayState::Instant(std::chrono::seconds(1'700'000'000)), {}, 2, "secret"}};
  state.central = {7, 8, 9, 10};
  state.sights = {{telemetry::Way::intercepted, telemetry::Sight::no_sni, telemetry::Seen::blocked, 11},
                  {telemetry::Way::asked, telemetry::Sight::name, telemetry::Seen::bytes_up, 12}};
  state.timings = {{telemetry::Timed::decision, {1, 0, 2}, 6}};
  state.refused = {{"quic_refused", 13}};
  std::uint64_t value = 0;
  for (const auto& [counter, name] : telemetry::kCounterNames)
    state.counters.push_back({name, ++value});
  return state;
}

TEST(Metrics, EveryCounterIsThere) {
  auto changed = state();
  const auto before = metrics_text(changed);
  for (auto& total : changed.counters) {
    const auto kept = std::exchange(total.value, 123'456'789);
    const auto text = metrics_text(changed);
    EXPECT_NE(text, before) << total.name;
    EXPECT_THAT(text, HasSubstr(" 123456789\n")) << total.name;
    total.value = kept;
  }
}

TEST(Metrics, NamesAndLabels) {
  const auto text = metrics_text(state());
  for (const auto* line : {
           "# TYPE breakwater_requests_total counter\n",
           "# TYPE breakwater_tunnels_open gauge\n",
           "\nbreakwater_build_info{version=\"1.2.3\"} 1\n",
           "\nbreakwater_worker_turned_age_seconds{worker=\"0\"} 0.25\n",
           "\nbreakwater_feed_fetched_timestamp_seconds{feed=\"a \\\"feed\\\"\\n\"} 1700000000\n",
           "\nbreakwater_central_waiting 8\n",
           "\nbreakwater_feed_failures{feed=\"a \\\"feed\\\"\\n\"} 2\n",
           "\nbreakwater_sight_connections_total{way=\"intercepted\",sight=\"no_sni\",verdict=\"blocked\"} 11\n",
           "\nbreakwater_sight_bytes_total{way=\"explicit\",sight=\"name\",direction=\"up\"} 12\n",
           "\nbreakwater_refused_packets_total{counter=\"quic_refused\"} 13\n",
           "# TYPE breakwater_decision_seconds histogram\n",
           "\nbreakwater_decision_seconds_bucket{le=\"2e-06\"} 1\n",
           "\nbreakwater_decision_seconds_bucket{le=\"+Inf\"} 3\n",
           "\nbreakwater_decision_seconds_count 3\n",
           "\nbreakwater_client_hellos_total{outcome=\"no_sni\"} ",
       })
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_EQ(text.find("secret"), std::string::npos);
  // A family is declared once, whatever its labels.
  for (auto at = text.find("# TYPE "); at != std::string::npos; at = text.find("# TYPE ", at + 1)) {
    const auto line = text.substr(at, text.find('\n', at) - at + 1);
    EXPECT_EQ(text.find(line, at + 1), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace breakwater::operations
