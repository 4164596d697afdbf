#include "proxy/cli/unseal.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "proxy/cli/secret_input.h"
#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/bundle.h"
#include "proxy/safeguarding/key_file.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::cli {
namespace {

using Json = nlohmann::ordered_json;
using safeguarding::Record;
using safeguarding::Unopened;

std::optional<std::string> read(const std::filesystem::path& file, std::size_t most) {
  std::string error;
  auto text = safeguarding::read_private(file, most, error);
  if (!text) fail(file.string() + ": " + (error.empty() ? "there is no such file" : error));
  return text;
}

/// The record as one object: what was in clear, and under "sealed" what opened, or why it did not.
Json to_json(const Record& record, const Result<std::string, Unopened>& opened) {
  Json json{{"seq", record.seq},
            {"time", utc_text(std::chrono::floor<std::chrono::seconds>(record.time))},
            {"kind", to_string(record.kind)},
            {"reference", record.reference}};
  auto body = Json::parse(record.body.value_or("{}"), nullptr, false);
  if (body.is_object()) body.erase("salt");
  json["body"] = record.body ? body : Json(nullptr);
  if (opened)
    json["sealed"] = Json::parse(*opened, nullptr, false);
  else if (opened.error() != Unopened::nothing)
    json["closed"] = to_string(opened.error());
  return json;
}

void print_member(const std::string& key, const Json& value, int depth) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  if (!value.is_structured()) {
    std::cout << indent << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
    return;
  }
  std::cout << indent << key << ":\n";
  for (const auto& [name, each] : value.items())
    print_member(value.is_array() ? "-" : name, each, depth + 1);
}

void print_text(const Json& json) {
  std::cout << "record " << json["seq"] << "  " << json["time"].get<std::string>() << "  "
            << json["kind"].get<std::string>() << "  " << json["reference"].get<std::string>() << '\n';
  for (const char* part : {"body", "sealed"})
    if (json.contains(part) && json[part].is_object())
      for (const auto& [name, value] : json[part].items())
        print_member(name, value, 1);
  if (json.contains("closed")) print_member("names", json["closed"], 1);
  std::cout << '\n';
}

}  // namespace

int unseal(const UnsealOptions& options) {
  const auto key_text = read(options.key, safeguarding::kMaxKeyFile);
  const auto bundle_text = key_text ? read(options.bundle, safeguarding::kMaxBundle) : std::nullopt;
  if (!bundle_text) return kUsage;
  std::string error;
  const auto bundle = safeguarding::read_bundle(*bundle_text, error);
  if (!bundle) return fail(options.bundle.string() + ": " + error, kWrong);
  if (!safeguarding::parse_key_file(*key_text, error)) return fail(options.key.string() + ": " + error, kWrong);
  auto passphrase = read_passphrase(options.passphrase_file, Asked::once);
  if (!passphrase) return kUsage;
  const safeguarding::crypto::Wipe wipe(*passphrase);
  const auto pair = safeguarding::open_key_file(*key_text, *passphrase, error);
  if (!pair) return fail(options.key.string() + ": " + error, kWrong);

  safeguarding::Opener opener(*pair, bundle->days);
  std::size_t closed = 0;
  for (const auto& record : bundle->records) {
    const auto opened = opener.open(record);
    if (!opened && opened.error() != Unopened::nothing && opened.error() != Unopened::deleted) ++closed;
    const auto json = to_json(record, opened);
    if (options.output == Output::json)
      std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    else
      print_text(json);
  }
  std::cout << std::flush;
  if (closed == 0) return 0;
  return fail(
      std::to_string(closed) + " of " + std::to_string(bundle->records.size()) + " records did not open: each says why",
      kWrong);
}

}  // namespace breakwater::cli
