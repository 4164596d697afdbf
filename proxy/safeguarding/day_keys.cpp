#include "proxy/safeguarding/day_keys.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/sealed.h"

namespace breakwater::safeguarding {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 1 << 20;  // of a day key's file: some thousand recipients
constexpr std::size_t kDayLength = 10;

bool is_day(std::string_view text) {
  return text.size() == kDayLength && text[4] == '-' && text[7] == '-' &&
         text.find_first_not_of("0123456789-") == std::string_view::npos;
}

std::vector<fs::path> files(const fs::path& state) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator at(days_folder(state), code), end; !code && at != end; at.increment(code))
    if (at->path().extension() == ".json") found.push_back(at->path());
  std::ranges::sort(found);
  return found;
}

std::optional<DayKey::Wrapped> parse_wrapped(const nlohmann::json& json) {
  const auto to = crypto::array_from_text<32>(json.value("key", ""));
  auto box = crypto::from_text(json.value("box", ""));
  if (!to || !box || box->empty()) return std::nullopt;
  return DayKey::Wrapped{{json.value("name", ""), *to}, *std::move(box)};
}

}  // namespace

std::string to_json(const DayKey& key) {
  auto wrapped = nlohmann::ordered_json::array();
  for (const auto& one : key.wrapped)
    wrapped.push_back(
        {{"name", one.to.name}, {"key", crypto::to_text(crypto::view(one.to.key))}, {"box", crypto::to_text(one.box)}});
  const nlohmann::ordered_json json{{"day", key.day}, {"id", crypto::to_text(key.id)}, {"wrapped", wrapped}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<DayKey> parse_day_key(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {  // a member of another type is all that throws here
    DayKey key;
    key.day = json.value("day", "");
    const auto id = crypto::from_text(json.value("id", ""), DayKey::kIdBytes);
    if (!id || !is_day(key.day) || !json.contains("wrapped")) return std::nullopt;
    key.id = *id;
    for (const auto& one : json["wrapped"]) {
      auto wrapped = parse_wrapped(one);
      if (!wrapped) return std::nullopt;
      key.wrapped.push_back(*std::move(wrapped));
    }
    return key;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string day_of(Milliseconds time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

fs::path keys_folder(const fs::path& state) {
  return state / "keys";
}

fs::path days_folder(const fs::path& state) {
  return keys_folder(state) / "days";
}

fs::path day_key_file(const fs::path& state, const DayKey& key) {
  return days_folder(state) / std::string(key.day).append(".").append(crypto::to_text(key.id)).append(".json");
}

std::string write_day_key(const fs::path& state, const DayKey& key) {
  const auto file = day_key_file(state, key);
  auto error = write_private(file, to_json(key) + "\n");
  return error.empty() ? error : file.string().append(": ").append(error);
}

std::vector<DayKey> read_day_keys(const fs::path& state, std::vector<std::string>& errors) {
  std::vector<DayKey> keys;
  for (const auto& file : files(state)) {
    std::string error;
    const auto text = read_private(file, kMaxBytes, error);
    auto key = text ? parse_day_key(*text) : std::nullopt;
    if (key)
      keys.push_back(*std::move(key));
    else
      errors.push_back(file.string().append(": ").append(text || error.empty() ? "is no day key" : error));
  }
  return keys;
}

std::string destroy_day_keys(const fs::path& state, const std::string& day, std::size_t& destroyed) {
  for (const auto& file : files(state)) {
    const auto name = file.filename().string();
    if (!is_day(name.substr(0, kDayLength)) || name.substr(0, kDayLength) >= day) continue;
    if (const auto error = destroy_private(file); !error.empty()) return file.string().append(": ").append(error);
    ++destroyed;
  }
  return {};
}

std::string_view to_string(Unopened why) {
  switch (why) {
    case Unopened::nothing:
      return "there is none";
    case Unopened::deleted:
      return "deleted by retention";
    case Unopened::no_key:
      return "the key of its day is not here";
    case Unopened::other_key:
      return "sealed to other keys than this one";
    case Unopened::damaged:
      return "damaged";
  }
  return "";
}

Opener::Opener(const crypto::KeyPair& pair, const std::vector<DayKey>& days) : pair_(pair) {
  for (const auto& day : days)
    days_.emplace(day.id, day);
}

Result<std::string, Unopened> Opener::open(const Record& record) {
  if (record.sealed.empty()) return is_nothing_sealed(record) ? Unopened::nothing : Unopened::deleted;
  const auto sealed = parse_sealed(record.sealed);
  if (!sealed) return Unopened::damaged;
  const auto key = find(std::string(sealed->key_id));
  if (!key) return key.error();
  auto text = crypto::decrypt(sealed->box, sealed_to(record), *key);
  if (!text) return Unopened::damaged;
  return *std::move(text);
}

Result<crypto::Secret, Unopened> Opener::find(const std::string& id) {
  if (const auto found = opened_.find(id); found != opened_.end()) return found->second;
  const auto day = days_.find(id);
  if (day == days_.end()) return Unopened::no_key;
  const auto& all = day->second.wrapped;
  const auto mine = std::ranges::find_if(all, [this](const auto& one) { return one.to.key == pair_.public_key; });
  if (mine == all.end()) return Unopened::other_key;
  auto bytes = crypto::unwrap(mine->box, pair_);
  if (!bytes) return Unopened::damaged;
  const crypto::Wipe wipe(*bytes);
  const auto key = crypto::Secret::from(*bytes);
  if (!key) return Unopened::damaged;
  opened_.emplace(id, *key);
  return *key;
}

}  // namespace breakwater::safeguarding
