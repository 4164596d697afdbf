#include "proxy/alerts/watches.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proxy/safeguarding/private_file.h"

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxFile = 16 << 20;
constexpr std::string_view kIncident = "incident";

Json to_value(const Watch& watch) {
  Json value;
  value["of"] = watch.of == Watch::Of::incident ? kIncident : "danger";
  value["episode"] = Json::parse(to_json(watch.episode), nullptr, false);
  value["device"] = watch.device;
  value["due"] = watch.due.time_since_epoch().count();
  value["next"] = watch.next.time_since_epoch().count();
  value["reminders"] = watch.reminders;
  return value;
}

std::optional<Watch> parse_watch(const Json& value) {
  try {
    const auto instant = [&](const char* key) {
      return Milliseconds(std::chrono::milliseconds(value.at(key).get<std::int64_t>()));
    };
    auto episode = safeguarding::parse_episode(value.at("episode").dump());
    if (!episode) return std::nullopt;
    Watch watch;
    watch.of = value.at("of").get_ref<const std::string&>() == kIncident ? Watch::Of::incident : Watch::Of::danger;
    watch.episode = *std::move(episode);
    value.at("device").get_to(watch.device);
    watch.due = instant("due");
    watch.next = instant("next");
    value.at("reminders").get_to(watch.reminders);
    return watch;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Watches::Watches(std::filesystem::path file, Outbox::Tell tell) : file_(std::move(file)), tell_(std::move(tell)) {
  std::string fault;
  const auto text = safeguarding::read_private(file_, kMaxFile, fault);
  const auto values = text ? Json::parse(*text, nullptr, false) : Json::array();
  std::size_t damaged = values.is_array() ? 0 : 1;
  for (const auto& value : values.is_array() ? values : Json::array()) {
    auto watch = parse_watch(value);
    watch ? watches_.push_back(*std::move(watch)) : void(++damaged);
  }
  if (damaged > 0) tell_(file_.string() + ": damaged; it may be that nobody is reminded of an earlier episode");
}

void Watches::add(Watch watch) {
  const auto is_same = [&](const Watch& one) {
    return one.of == watch.of && one.episode.reference == watch.episode.reference;
  };
  if (std::any_of(watches_.begin(), watches_.end(), is_same)) return;
  if (watches_.size() >= kMaxWatches) {
    tell_("too many episodes wait to be looked at; nobody is reminded of " + watches_.front().episode.reference);
    watches_.erase(watches_.begin());
  }
  watches_.push_back(std::move(watch));
  write();
}

void Watches::run(Milliseconds now, const std::function<Go(Watch&)>& act) {
  bool changed = false;
  const auto ends = [&](Watch& watch) {
    if (watch.next > now) return false;
    changed = true;
    return act(watch) == Go::end;
  };
  std::vector<Watch> kept;
  for (auto& watch : watches_)
    if (!ends(watch)) kept.push_back(std::move(watch));
  watches_ = std::move(kept);
  if (changed) write();
}

void Watches::write() {
  Json values = Json::array();
  for (const auto& watch : watches_)
    values.push_back(to_value(watch));
  const auto text = values.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (const auto fault = safeguarding::write_private(file_, text); !fault.empty()) tell_(fault);
}

}  // namespace breakwater::alerts
