#include "proxy/app/forwarding.h"

#include <array>
#include <climits>
#include <string>

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace breakwater::app {
namespace {

using safeguarding::Forwarder;

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};  // zero-filled, so that it ends whatever gethostname() did
  static_cast<void>(::gethostname(name.data(), name.size() - 1));
  return name.data();
}

void tell(const std::string& gateway, Forwarder::State state, const std::string& message) {
  switch (state) {
    case Forwarder::State::forwarding:
      spdlog::info("central store: all records are there, as those of gateway {}", gateway);
      break;
    case Forwarder::State::waiting:
      spdlog::warn("central store: {}; records wait here, and go there as soon as they can", message);
      break;
    case Forwarder::State::forked:
      spdlog::error("central store: {}; nothing is forwarded until that is mended: see deploy/postgresql.md", message);
      break;
  }
}

}  // namespace

std::unique_ptr<Forwarder> start_forwarding(const std::filesystem::path& state, const snapshot::Settings& settings) {
  if (settings.store_central.empty()) return nullptr;
  Forwarder::Options options;
  options.state = state;
  options.gateway = settings.store_gateway.empty() ? host_name() : settings.store_gateway;
  options.central = snapshot::central_options(settings);
  options.retry = settings.store_retry;
  options.on_change = [gateway = options.gateway](Forwarder::State now, const std::string& message) {
    tell(gateway, now, message);
  };
  return std::make_unique<Forwarder>(std::move(options));
}

void tell_end(const Forwarder& forwarder) {
  const auto& counters = forwarder.counters();
  spdlog::info("central store: at the end forwarded={} waiting={} failures={} forks={}", counters.forwarded.load(),
               counters.waiting.load(), counters.failures.load(), counters.forks.load());
}

}  // namespace breakwater::app
