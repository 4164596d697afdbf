// {"passes":[{"id":"7QK4M-2XP9D","group":"learners","category":"games","host":"","from":1795428000,"until":1795429800,
//             "by":"a tutor","reason":"a lesson","clients":{"10.20.1.2":3}}]}

#include "proxy/admin/pass_file.h"

#include <fstream>
#include <numeric>

#include <nlohmann/json.hpp>

namespace breakwater::admin {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMostBytes = 8 << 20;  // 64 passes with 1,024 clients each are 2 MiB

rules::SysSeconds instant(const json& value) {
  return rules::SysSeconds(std::chrono::seconds(value.get<std::int64_t>()));
}

PassRecord record_of(const json& value) {
  PassRecord record;
  auto& pass = record.pass;
  value.at("id").get_to(pass.id);
  value.at("group").get_to(pass.group);
  value.at("category").get_to(pass.category);
  value.at("host").get_to(pass.host);
  value.at("by").get_to(pass.by);
  value.at("reason").get_to(pass.reason);
  value.at("clients").get_to(record.clients);
  pass.from = instant(value.at("from"));
  pass.until = instant(value.at("until"));
  return record;
}

}  // namespace

std::uint64_t PassRecord::uses() const {
  return std::accumulate(clients.begin(), clients.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& client) { return sum + client.second; });
}

std::vector<PassRecord> read_passes(const std::filesystem::path& state, std::string& error) {
  const auto file = state / "passes.json";
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code == std::errc::no_such_file_or_directory) return {};
  if (code || size > kMostBytes) {
    error = file.string() + ": " + (code ? code.message() : "larger than 8 MiB");
    return {};
  }
  std::ifstream stream(file, std::ios::binary);
  std::vector<PassRecord> records;
  try {
    const auto whole = json::parse(stream);
    for (const auto& value : whole.at("passes"))
      records.push_back(record_of(value));
  } catch (const json::exception&) {
    error = file.string() + ": damaged";
    return {};
  }
  if (records.size() <= rules::kMaxPasses) return records;
  error = file.string() + ": more than " + std::to_string(rules::kMaxPasses) + " passes";
  return {};
}

std::optional<std::string> write_passes(const std::filesystem::path& state, const std::vector<PassRecord>& records,
                                        categories::Durability durability) {
  auto passes = json::array();
  for (const auto& [pass, clients] : records)
    passes.push_back({{"id", pass.id},
                      {"group", pass.group},
                      {"category", pass.category},
                      {"host", pass.host},
                      {"from", pass.from.time_since_epoch().count()},
                      {"until", pass.until.time_since_epoch().count()},
                      {"by", pass.by},
                      {"reason", pass.reason},
                      {"clients", clients}});
  const auto text = json{{"passes", std::move(passes)}}.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  const auto file = state / "passes.json";
  std::string error;
  if (categories::write_image(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, durability,
                              error))
    return std::nullopt;
  return file.string() + error.substr(error.rfind(": "));  // without the temporary file's name, to be told once
}

std::vector<rules::Pass> passes_of(const std::vector<PassRecord>& records) {
  std::vector<rules::Pass> passes;
  passes.reserve(records.size());
  for (const auto& record : records)
    passes.push_back(record.pass);
  return passes;
}

}  // namespace breakwater::admin
