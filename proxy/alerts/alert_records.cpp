// {"state":"sent","role":"dsl","severity":"danger","tries":0}, sealed {"recipient":"...","to":"..."}
// {"state":"acknowledged"}, sealed {"by":"..."}

#include "proxy/alerts/alert_records.h"

#include <nlohmann/json.hpp>

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;
using safeguarding::Entry;
using safeguarding::Kind;
using safeguarding::Record;

constexpr std::string_view kAcknowledged = "acknowledged";

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool shows_a_look(const Record& record) {
  if (record.kind != Kind::alert) return true;
  const auto body = record.body ? Json::parse(*record.body, nullptr, false) : Json();
  const auto state = body.is_object() ? body.find("state") : body.end();
  return body.is_object() && state != body.end() && *state == kAcknowledged;
}

}  // namespace

Entry to_entry(std::string_view state, const Letter& letter, Milliseconds now) {
  const Json body{
      {"state", state}, {"role", letter.role}, {"severity", to_string(letter.severity)}, {"tries", letter.tries}};
  return {now, Kind::alert, letter.reference, dump(body), dump({{"recipient", letter.recipient}, {"to", letter.to}})};
}

Entry acknowledgement(const std::string& reference, const std::string& by, Milliseconds now) {
  return {now, Kind::alert, reference, dump({{"state", kAcknowledged}}), dump({{"by", by}})};
}

bool is_seen(safeguarding::Store& store, const std::string& reference) {
  bool seen = false;
  const safeguarding::Filter filter{{Kind::alert, Kind::decision, Kind::access}, {}, Milliseconds::max(), reference};
  static_cast<void>(store.each(filter, [&](const Record& record) { seen |= shows_a_look(record); }));
  return seen;
}

std::optional<safeguarding::StoreError> find_episode(safeguarding::Store& store, const std::string& reference,
                                                     bool& found) {
  found = false;
  if (reference.empty()) return std::nullopt;  // the filter would take it for any
  const safeguarding::Filter filter{{Kind::episode}, {}, Milliseconds::max(), reference};
  return store.each(filter, [&](const Record&) { found = true; });
}

}  // namespace breakwater::alerts
