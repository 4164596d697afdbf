#include "proxy/app/egress_watch.h"

#include <array>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "proxy/deploy/counters.h"

namespace breakwater::app {

EgressWatch::EgressWatch(std::function<deploy::NftRun()> list) : list_(std::move(list)) {}

std::vector<telemetry::Total> EgressWatch::packets() const {
  const std::lock_guard lock(mutex_);
  return sums_;
}

void EgressWatch::look() {
  const auto run = list_();
  std::string error = run.error;
  const auto values = run.code == 0 ? deploy::parse_counters(run.output, error) : std::vector<deploy::CounterValue>();
  if (values.empty()) {
    if (!std::exchange(told_, true))
      spdlog::info("packets refused at the network's edge are not counted: {}", error.substr(0, error.find('\n')));
    return;
  }
  told_ = false;
  const auto known = deploy::known_counters();
  const std::lock_guard lock(mutex_);
  if (sums_.empty()) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      sums_.push_back({known[i].name, 0});
      last_.push_back(values[i].packets);
    }
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto packets = values[i].packets;
    sums_[i].value += packets < last_[i] ? packets : packets - last_[i];
    last_[i] = packets;
  }
}

deploy::NftRun list_counters() {
  const std::array<std::string, 6> words{"-j", "list", "counters", "table", "inet", "breakwater"};
  return deploy::run_nft(words, "");
}

}  // namespace breakwater::app
