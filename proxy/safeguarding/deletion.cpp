#include "proxy/safeguarding/deletion.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace breakwater::safeguarding {
namespace {

constexpr std::array<std::string_view, 3> kWhat{"names", "all", "elsewhere"};

}  // namespace

Entry receipt(const Deletion& deletion, Milliseconds now) {
  return {now, Kind::deletion, "", to_json(deletion), ""};
}

std::string to_json(const Deletion& deletion) {
  auto kinds = nlohmann::ordered_json::array();
  for (const auto kind : deletion.kinds)
    kinds.push_back(to_string(kind));
  nlohmann::ordered_json json{{"purpose", deletion.purpose},
                              {"what", kWhat[static_cast<std::size_t>(deletion.what)]},
                              {"kinds", kinds},
                              {"until", std::int64_t{deletion.until.time_since_epoch().count()}},
                              {"held", deletion.held},
                              {"count", deletion.count}};
  if (deletion.what != Deletion::What::elsewhere) {
    json["from"] = deletion.from;
    json["to"] = deletion.to;
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Deletion> parse_deletion(const Record& record) {
  if (record.kind != Kind::deletion || !record.body) return std::nullopt;
  const auto json = nlohmann::json::parse(*record.body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {  // a member that is absent or of another type is all that throws here
    Deletion deletion;
    deletion.purpose = json.at("purpose").get<std::string>();
    const auto* const what = std::ranges::find(kWhat, json.at("what").get<std::string>());
    if (what == kWhat.end()) return std::nullopt;
    deletion.what = static_cast<Deletion::What>(what - kWhat.begin());
    for (const auto& name : json.at("kinds")) {
      const auto kind = parse_kind(name.get<std::string>());
      if (!kind) return std::nullopt;
      deletion.kinds.push_back(*kind);
    }
    deletion.until = Milliseconds(std::chrono::milliseconds(json.at("until").get<std::int64_t>()));
    deletion.held = json.at("held").get<std::set<std::int64_t>>();
    deletion.count = json.at("count").get<std::int64_t>();
    deletion.seq = record.seq;
    deletion.from = json.value("from", deletion.from);  // older ones went over the whole chain
    deletion.to = json.value("to", deletion.to);
    return deletion;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool covers(const Deletion& deletion, const Loss& loss) {
  const bool takes_it = deletion.what == Deletion::What::all || deletion.what == loss.what;
  const bool is_there = loss.seq >= deletion.from && loss.seq <= deletion.to;
  return takes_it && is_there && loss.seq < deletion.seq && loss.time < deletion.until &&
         std::ranges::find(deletion.kinds, loss.kind) != deletion.kinds.end() && !deletion.held.contains(loss.seq);
}

}  // namespace breakwater::safeguarding
