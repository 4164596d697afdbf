#include "proxy/safeguarding/attempt_json.h"

#include <array>
#include <span>

#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {
namespace {

using Json = nlohmann::ordered_json;

struct Field {
  const char* key;
  std::string Attempt::*value;
};

constexpr auto kClear = std::to_array<Field>({{"civil", &Attempt::civil},
                                              {"pseudonym", &Attempt::pseudonym},
                                              {"confidence", &Attempt::confidence},
                                              {"owner", &Attempt::owner},
                                              {"group", &Attempt::group},
                                              {"action", &Attempt::action},
                                              {"method", &Attempt::method},
                                              {"host_tag", &Attempt::host_tag},
                                              {"category", &Attempt::category},
                                              {"theme", &Attempt::theme},
                                              {"concern", &Attempt::concern},
                                              {"list", &Attempt::list},
                                              {"rule", &Attempt::rule},
                                              {"period", &Attempt::period},
                                              {"reason", &Attempt::reason},
                                              {"approach", &Attempt::approach}});
constexpr const char* kLine = "line";
constexpr const char* kCount = "count";
constexpr const char* kUntil = "until";

constexpr auto kSealed = std::to_array<Field>({{"client", &Attempt::client},
                                               {"device", &Attempt::device},
                                               {"user", &Attempt::user},
                                               {"host", &Attempt::host},
                                               {"url", &Attempt::url},
                                               {"search", &Attempt::search},
                                               {"sni", &Attempt::sni},
                                               {"referrer", &Attempt::referrer}});

static_assert(kClear.size() + kSealed.size() + 1 == kTextFields.size(), "each field is kept once; the id elsewhere");

Json to_json(const Attempt& attempt, std::span<const Field> fields) {
  auto json = Json::object();
  for (const auto& [key, value] : fields)
    if (!(attempt.*value).empty()) json[key] = clean_text(attempt.*value);
  return json;
}

/// False: it is no object, or a field is no text.
bool take(const Json& json, std::span<const Field> fields, Attempt& attempt) {
  if (!json.is_object()) return false;
  for (const auto& [key, value] : fields) {
    const auto found = json.find(key);
    if (found == json.end()) continue;
    if (!found->is_string()) return false;
    attempt.*value = found->get<std::string>();
  }
  return true;
}

}  // namespace

Entry to_entry(const Attempt& attempt) {
  auto body = to_json(attempt, kClear);
  if (attempt.line != 0) body[kLine] = attempt.line;
  if (attempt.count > 1) {
    body[kCount] = attempt.count;
    body[kUntil] = attempt.until.time_since_epoch().count();
  }
  return {attempt.time, Kind::attempt, clean_text(attempt.id), body.dump(), to_json(attempt, kSealed).dump()};
}

std::optional<Attempt> parse_attempt(const Record& record, std::string_view opened) {
  if (record.kind != Kind::attempt) return std::nullopt;
  Attempt attempt;
  attempt.time = record.time;
  attempt.id = record.reference;
  if (!opened.empty() && !take(Json::parse(opened, nullptr, false), kSealed, attempt)) return std::nullopt;
  if (!record.body) return attempt;
  const auto body = Json::parse(*record.body, nullptr, false);
  if (!take(body, kClear, attempt)) return std::nullopt;
  if (const auto line = body.find(kLine); line != body.end() && line->is_number_unsigned())
    attempt.line = line->get<std::uint32_t>();
  if (const auto count = body.find(kCount); count != body.end() && count->is_number_unsigned())
    attempt.count = count->get<std::uint64_t>();
  if (const auto until = body.find(kUntil); until != body.end() && until->is_number_integer())
    attempt.until = Milliseconds(std::chrono::milliseconds(until->get<std::int64_t>()));
  return attempt;
}

}  // namespace breakwater::safeguarding
