// Input: an Accounting-Request. It is parsed as it is, and again with a length and an authenticator that fit it.

#include <algorithm>
#include <array>
#include <vector>

#include "proxy/identity/accounting_sessions.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::identity {
namespace {

using fuzz::require;

constexpr std::string_view kSecret = "testing123";
constexpr std::size_t kHead = 20;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void check_session(const AccountingRequest& request) {
  require(request.addresses.size() <= kMaxSessionAddresses, "too many addresses");
  require(!request.mac || request.mac->is_device(), "a MAC of no device");
  const auto is_control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; };
  for (const auto* text : {&request.user, &request.session, &request.nas})
    require(std::ranges::none_of(*text, is_control), "a control character");
  const auto now = rules::SysSeconds(std::chrono::seconds(1'763'800'000));
  const auto from = categories::IpAddress::from_v4(0x0a140002);
  AccountingSessions sessions;
  sessions.apply(request, from, now);
  require(sessions.size() <= 1, "one request, two sessions");
  AccountingSessions restored;
  require(restored.restore(sessions.save()) && restored.save() == sessions.save(), "a session is lost by a restart");
  auto stop = request;
  stop.status = Accounting::stop;
  require(sessions.size() == 0 || sessions.apply(stop, from, now), "a session that does not stop");
  require(sessions.size() == 0, "a session after its Stop");
}

void run(std::span<const std::uint8_t> input) {
  AccountingRequest request;
  parse_accounting_request(input, kSecret, request);
  if (input.size() < kHead || input.size() > kMaxRadiusBytes) return;
  std::vector<std::uint8_t> packet(input.begin(), input.end());
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  std::fill(packet.begin() + 4, packet.begin() + kHead, 0);
  std::ranges::copy(radius_md5({packet, bytes_of(kSecret)}), packet.begin() + 4);
  const auto status = parse_accounting_request(packet, kSecret, request);
  require(status != RadiusStatus::bad_authenticator && status != RadiusStatus::truncated, "a good packet refused");
  AccountingRequest other;
  const auto by_other = parse_accounting_request(packet, "another", other);
  require(by_other == RadiusStatus::bad_authenticator || by_other == RadiusStatus::not_accounting,
          "a packet that was made with another secret");
  if (status != RadiusStatus::ok) return;
  check_session(request);
  auto response = accounting_response(request, kSecret);
  require(response.size() <= packet.size(), "a response that is larger than the request");
  std::array<std::uint8_t, 16> authenticator{};
  std::copy_n(response.begin() + 4, authenticator.size(), authenticator.begin());
  std::ranges::copy(request.authenticator, response.begin() + 4);
  require(radius_md5({response, bytes_of(kSecret)}) == authenticator, "a response that does not verify");
}

const fuzz::Registration registered{"radius", &run};

}  // namespace
}  // namespace breakwater::identity
