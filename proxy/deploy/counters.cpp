#include "proxy/deploy/counters.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace breakwater::deploy {
namespace {

using Json = nlohmann::json;

constexpr KnownCounter kCounters[] = {
    {"http_intercepted", "connections to port 80, sent to the gateway"},
    {"tls_intercepted", "connections to port 443, sent to the gateway"},
    {"explicit_proxy", "connections to the proxy itself"},
    {"dns_forced", "questions to another resolver, sent to ours"},
    {"quic_refused", "packets of QUIC (UDP 443)"},
    {"dot_refused", "packets of DNS over TLS or QUIC (port 853)"},
    {"doh_refused", "packets to a known address of encrypted DNS"},
    {"direct_allowed", "packets that may pass by the gateway (deploy.direct)"},
    {"egress_refused", "other packets that would pass by the gateway"},
    {"gateway_refused", "packets to other ports of the gateway"},
    {"intercept_port_refused", "packets to the interception ports by number"},
    {"inbound_refused", "packets to the Wi-Fi that nobody there asked for"},
    {"spoofed", "packets with a false source address"},
};

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool is_text(const Json* value, std::string_view text) {
  return value && value->is_string() && value->get_ref<const std::string&>() == text;
}

}  // namespace

std::span<const KnownCounter> known_counters() {
  return kCounters;
}

std::vector<CounterValue> parse_counters(std::string_view json, std::string& error) {
  const auto root = Json::parse(json, nullptr, false);
  const auto* entries = member(root, "nftables");
  if (!entries || !entries->is_array()) {
    error = "nft did not print its JSON";
    return {};
  }
  std::vector<CounterValue> values(std::size(kCounters));
  for (const auto& entry : *entries) {
    const auto* counter = member(entry, "counter");
    if (!counter) continue;
    const auto* name = member(*counter, "name");
    if (!is_text(member(*counter, "family"), "inet") || !is_text(member(*counter, "table"), "breakwater")) {
      error = "nft printed a counter of another table";
      return {};
    }
    const auto* const known = std::find_if(std::begin(kCounters), std::end(kCounters),
                                           [name](const auto& each) { return is_text(name, each.name); });
    if (known == std::end(kCounters)) continue;
    auto& value = values[static_cast<std::size_t>(known - std::begin(kCounters))];
    const auto* packets = member(*counter, "packets");
    const auto* bytes = member(*counter, "bytes");
    if (!value.name.empty() || !packets || !packets->is_number_unsigned() || !bytes || !bytes->is_number_unsigned()) {
      error = "the counter " + std::string(known->name) + " is malformed, or there twice";
      return {};
    }
    value = {std::string(known->name), packets->get<std::uint64_t>(), bytes->get<std::uint64_t>()};
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].name.empty()) continue;
    error = "the counter " + std::string(kCounters[i].name) + " is missing: the rules are of another version";
    return {};
  }
  return values;
}

}  // namespace breakwater::deploy
