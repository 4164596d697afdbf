// {"time":1795428000,"people":[{"person":"user:ann","group":"learners","quotas":[
//   {"quota":"private
//   use","seconds":45,"of_minutes":20,"bytes":123456,"of_bytes":null,"last":1795427990,"until":1795428900,
//    "slot":1795427985,"slot_bytes":4096}]}]}

#include "proxy/quota/book_file.h"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "categories/image.h"

namespace breakwater::quota {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kMostBytes = 64 << 20;  // all people with all quotas
// Far from overflow: the year 5138, and a petabyte.
constexpr std::int64_t kMostSeconds = 100'000'000'000;
constexpr std::int64_t kMostCounted = 1'000'000'000'000'000;

Json seconds_of(SysSeconds when) {
  return when.time_since_epoch().count();
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json write(const Account& account) {
  return {{"quota", account.quota},
          {"seconds", account.active.count()},
          {"of_minutes", account.minutes ? Json(account.minutes->count()) : Json()},
          {"bytes", account.bytes},
          {"of_bytes", or_null(account.most_bytes)},
          {"last", seconds_of(account.last)},
          {"until", account.until ? seconds_of(*account.until) : Json()},
          {"slot", seconds_of(account.slot)},
          {"slot_bytes", account.slot_bytes}};
}

Json write(const std::string& key, const Person& person) {
  auto accounts = Json::array();
  for (const auto& account : person.accounts)
    accounts.push_back(write(account));
  return {{"person", key}, {"group", person.group}, {"quotas", std::move(accounts)}};
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A whole number that is in range; others throw as anything else that is wrong.
std::int64_t number(const Json& value, std::int64_t most) {
  const auto number = value.is_number_integer() ? value.get<std::int64_t>() : -1;
  if (number < 0 || number > most) throw Json::other_error::create(501, "out of range", &value);
  return number;
}

std::chrono::seconds seconds(const Json& value) {
  return std::chrono::seconds(number(value, kMostSeconds));
}

std::uint64_t bytes(const Json& value) {
  return static_cast<std::uint64_t>(number(value, kMostCounted));
}

Account read_account(const Json& value) {
  Account account;
  value.at("quota").get_to(account.quota);
  account.active = seconds(value.at("seconds"));
  account.bytes = bytes(value.at("bytes"));
  account.slot = SysSeconds(seconds(value.at("slot")));
  account.slot_bytes = bytes(value.at("slot_bytes"));
  account.last = SysSeconds(seconds(value.at("last")));
  if (const auto& until = value.at("until"); !until.is_null()) account.until = SysSeconds(seconds(until));
  if (const auto& of = value.at("of_minutes"); !of.is_null())
    account.minutes = std::chrono::minutes(number(of, kMostSeconds));
  if (const auto& of = value.at("of_bytes"); !of.is_null()) account.most_bytes = bytes(of);
  return account;
}

std::filesystem::path file_of(const std::filesystem::path& state) {
  return state / "quota" / "ledger.json";
}

}  // namespace

std::string to_json(const std::string& key, const Person& person) {
  return dump(write(key, person));
}

std::string to_json(const Written& written) {
  std::vector<const People::value_type*> sorted;
  for (const auto& entry : written.people)
    sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  auto people = Json::array();
  for (const auto* entry : sorted)
    people.push_back(write(entry->first, entry->second));
  return dump({{"time", seconds_of(written.time)}, {"people", std::move(people)}});
}

std::optional<Written> parse_book(std::string_view text) {
  try {
    const auto whole = Json::parse(text);
    Written written;
    written.time = SysSeconds(seconds(whole.at("time")));
    for (const auto& value : whole.at("people")) {
      if (written.people.size() == kMostPeople) return std::nullopt;
      auto& person = written.people[value.at("person").get<std::string>()];
      value.at("group").get_to(person.group);
      for (const auto& account : value.at("quotas"))
        person.accounts.push_back(read_account(account));
    }
    return written;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Written read_book(const std::filesystem::path& state, std::string& error) {
  const auto file = file_of(state);
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code == std::errc::no_such_file_or_directory) return {};
  if (code || size > kMostBytes) {
    error = file.string() + ": " + (code ? code.message() : "larger than 64 MiB");
    return {};
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (auto written = parse_book(text)) return *std::move(written);
  error = file.string() + ": damaged";
  return {};
}

std::optional<std::string> write_book(const std::filesystem::path& state, const Written& written) {
  const auto file = file_of(state);
  std::error_code code;
  std::filesystem::create_directories(file.parent_path(), code);
  if (!code) std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, code);
  if (code) return file.parent_path().string() + ": " + code.message();
  const auto text = to_json(written) + '\n';
  std::string error;
  if (categories::write_image(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                              categories::Durability::synced, error))
    return std::nullopt;
  return file.string() + error.substr(error.rfind(": "));  // without the temporary file's name, to be told once
}

}  // namespace breakwater::quota
