#include "proxy/identity/accounting_sessions.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace breakwater::identity {
namespace {

constexpr std::chrono::seconds kMostBack = std::chrono::hours(24 * 7);  ///< that a NAS may say something lasted

bool shares_address(const AccountingSession& a, const AccountingSession& b) {
  return std::ranges::any_of(a.addresses, [&](const auto& network) {
    return network.prefix == 128 && std::ranges::find(b.addresses, network) != b.addresses.end();
  });
}

nlohmann::json to_json(const AccountingSession& session) {
  std::vector<std::string> addresses;
  for (const auto& network : session.addresses)
    addresses.push_back(network.to_string());
  return {{"nas", session.nas},
          {"id", session.id},
          {"user", session.user},
          {"mac", session.mac ? session.mac->to_string() : ""},
          {"addresses", addresses},
          {"since", session.since.time_since_epoch().count()},
          {"heard", session.heard.time_since_epoch().count()}};
}

AccountingSession from_json(const nlohmann::json& value) {
  const auto time = [&](const char* key) {
    return rules::SysSeconds(std::chrono::seconds(value.at(key).get<std::int64_t>()));
  };
  AccountingSession session{value.at("nas"), value.at("id"), value.at("user"), {}, {}, time("since"), time("heard")};
  session.mac = MacAddress::parse(value.at("mac").get<std::string>());
  for (const auto& text : value.at("addresses"))
    if (const auto network = categories::Network::parse(text.get<std::string>())) session.addresses.push_back(*network);
  return session;
}

}  // namespace

bool AccountingSessions::apply(const AccountingRequest& request, const categories::IpAddress& client,
                               rules::SysSeconds now) {
  auto nas = client.to_string();
  if (!request.nas.empty()) nas.append(" ").append(request.nas);
  const Key key{std::move(nas), request.session};
  switch (request.status) {
    case Accounting::start:
    case Accounting::interim:
      return update(key, request, now);
    case Accounting::stop:
      return end(key, now);
    case Accounting::on:
    case Accounting::off:
      return end_nas(key.first);
    case Accounting::other:
      return false;
  }
  return false;
}

bool AccountingSessions::update(const Key& key, const AccountingRequest& request, rules::SysSeconds now) {
  if (const auto ended = ended_.find(key); ended != ended_.end() && now < ended->second + kLate) return false;
  const auto found = sessions_.find(key);
  const auto ago = request.delay + (request.status == Accounting::interim ? request.lasted : std::chrono::seconds(0));
  AccountingSession next{
      key.first, key.second, request.user, request.mac, request.addresses, now - std::min(ago, kMostBack), now};
  if (found != sessions_.end()) {
    // An Interim need not repeat what the Start said, and an address may come and go within a session.
    const auto& known = found->second;
    next.since = known.since;
    if (next.user.empty()) next.user = known.user;
    if (!next.mac) next.mac = known.mac;
    if (next.addresses.empty()) next.addresses = known.addresses;
  } else if (sessions_.size() >= kMaxSessions) {
    return false;
  }
  const bool same = found != sessions_.end() && found->second.user == next.user && found->second.mac == next.mac &&
                    found->second.addresses == next.addresses;
  if (!same && !make_way(key, next, now)) return false;
  sessions_.insert_or_assign(key, std::move(next));
  return !same;
}

/// Ends what this session takes the place of. False: it is itself the older one, and what it says is late.
bool AccountingSessions::make_way(const Key& key, const AccountingSession& session, rules::SysSeconds now) {
  std::vector<Key> older;
  for (const auto& [other_key, other] : sessions_) {
    if (other_key == key || session.user == other.user) continue;
    const bool same_device = session.mac && session.mac == other.mac;
    if (!same_device && !shares_address(session, other)) continue;
    if (other.since > session.since) return false;
    older.push_back(other_key);
  }
  for (const auto& each : older)
    end(each, now);
  return true;
}

bool AccountingSessions::end(const Key& key, rules::SysSeconds now) {
  if (ended_.size() < kMaxEnded) ended_.insert_or_assign(key, now);
  return sessions_.erase(key) != 0;
}

/// The NAS begins or ends its service: its sessions are over, and it may use their numbers again.
bool AccountingSessions::end_nas(const std::string& nas) {
  const auto of_nas = [&](const auto& entry) { return entry.first.first == nas; };
  std::erase_if(ended_, of_nas);
  return std::erase_if(sessions_, of_nas) != 0;
}

bool AccountingSessions::expire(rules::SysSeconds now, std::chrono::seconds silence) {
  std::erase_if(ended_, [&](const auto& entry) { return entry.second + kLate <= now; });
  return std::erase_if(sessions_, [&](const auto& entry) { return entry.second.heard + silence <= now; }) != 0;
}

std::vector<const AccountingSession*> AccountingSessions::all() const {
  std::vector<const AccountingSession*> sessions;
  sessions.reserve(sessions_.size());
  for (const auto& [key, session] : sessions_)
    sessions.push_back(&session);
  return sessions;
}

std::string AccountingSessions::save() const {
  auto value = nlohmann::json::array();
  for (const auto& [key, session] : sessions_)
    value.push_back(to_json(session));
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool AccountingSessions::restore(std::string_view text) {
  sessions_.clear();
  try {
    for (const auto& value : nlohmann::json::parse(text)) {
      auto session = from_json(value);
      const Key key{session.nas, session.id};
      sessions_.emplace(key, std::move(session));
    }
    return true;
  } catch (const nlohmann::json::exception&) {
    sessions_.clear();
    return false;
  }
}

}  // namespace breakwater::identity
