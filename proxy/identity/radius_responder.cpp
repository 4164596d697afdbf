#include "proxy/identity/radius_responder.h"

#include <algorithm>

namespace breakwater::identity {

RadiusResponder::RadiusResponder(std::vector<RadiusClient> clients) : clients_(std::move(clients)) {
  std::ranges::stable_sort(clients_, std::ranges::greater(), [](const auto& each) { return each.network.prefix; });
}

const RadiusClient* RadiusResponder::client(const categories::IpAddress& from) const {
  const auto found = std::ranges::find_if(clients_, [&](const auto& each) { return each.network.contains(from); });
  return found == clients_.end() ? nullptr : &*found;
}

RadiusResponder::Answer RadiusResponder::take(std::span<const std::uint8_t> datagram, const categories::IpAddress& from,
                                              std::uint16_t port, AccountingSessions& sessions, rules::SysSeconds now) {
  const auto* sender = client(from);
  if (!sender) {
    ++counts_.refused;
    return {{}, "not a client of identity.radius.clients", false};
  }
  AccountingRequest request;
  if (const auto status = parse_accounting_request(datagram, sender->secret, request); status != RadiusStatus::ok) {
    ++counts_.refused;
    return {{}, to_string(status), false};
  }
  Answer answer{accounting_response(request, sender->secret), {}, false};
  if (seen_.size() >= kRemembered) seen_.clear();
  auto& seen = seen_[{from, port, request.identifier}];
  if (seen == request.authenticator) {
    ++counts_.duplicates;
    return answer;
  }
  seen = request.authenticator;
  ++counts_.requests;
  answer.changed = sessions.apply(request, from, now);
  return answer;
}

}  // namespace breakwater::identity
