#include "proxy/safeguarding/bundle.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "proxy/safeguarding/sealed.h"

namespace breakwater::safeguarding {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMark = "bundle 1";
constexpr const char* kSignature = "signature";

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(std::span<const std::uint8_t> bytes) {
  return crypto::to_text(crypto::view(bytes));
}

Json to_json(const Record& record) {
  Json json{{"seq", record.seq},
            {"time", std::int64_t{record.time.time_since_epoch().count()}},
            {"kind", to_string(record.kind)},
            {"reference", record.reference}};
  json["body"] = record.body ? Json(*record.body) : Json(nullptr);
  json["sealed"] = crypto::to_text(record.sealed);
  json["body_digest"] = text_of(record.body_digest);
  json["sealed_digest"] = text_of(record.sealed_digest);
  json["hash"] = text_of(record.hash);
  return json;
}

/// nullopt: it is no record. Throws what nlohmann throws for members that are absent or of another type.
std::optional<Record> parse_record(const Json& json) {
  Record record;
  const auto kind = parse_kind(json.at("kind").get<std::string>());
  auto sealed = crypto::from_text(json.at("sealed").get<std::string>());
  const auto body_digest = crypto::array_from_text<32>(json.at("body_digest").get<std::string>());
  const auto sealed_digest = crypto::array_from_text<32>(json.at("sealed_digest").get<std::string>());
  const auto hash = crypto::array_from_text<32>(json.at("hash").get<std::string>());
  if (!kind || !sealed || !body_digest || !sealed_digest || !hash) return std::nullopt;
  record.seq = json.at("seq").get<std::int64_t>();
  record.time = Milliseconds(std::chrono::milliseconds(json.at("time").get<std::int64_t>()));
  record.kind = *kind;
  record.reference = json.at("reference").get<std::string>();
  if (!json.at("body").is_null()) record.body = json.at("body").get<std::string>();
  record.sealed = *std::move(sealed);
  record.body_digest = *body_digest;
  record.sealed_digest = *sealed_digest;
  record.hash = *hash;
  const bool body_holds = !record.body || crypto::digest(*record.body) == record.body_digest;
  const bool sealed_holds = record.sealed.empty() || crypto::digest(record.sealed) == record.sealed_digest;
  return body_holds && sealed_holds ? std::optional(std::move(record)) : std::nullopt;
}

/// The next line without its end; the rest is left in `text`. nullopt: the text ends within the line.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// The manifest as it was signed: without its signature.
bool holds(Json manifest, const Bundle& bundle) {
  const auto signature = crypto::array_from_text<64>(manifest.at(kSignature).get<std::string>());
  manifest.erase(kSignature);
  return signature && is_signed(dump(manifest), bundle.signer, *signature);
}

/// "" or what is wrong. Throws as parse_record() does.
std::string read_manifest(const Json& manifest, Bundle& bundle) {
  const auto signer = crypto::array_from_text<32>(manifest.at("signer").get<std::string>());
  if (!signer) return "its manifest is damaged";
  bundle.signer = *signer;
  if (!holds(manifest, bundle)) return "its manifest was changed: the signature does not hold";
  bundle.about = manifest.at("about").get<std::string>();
  bundle.by = manifest.at("by").get<std::string>();
  bundle.made = Milliseconds(std::chrono::milliseconds(manifest.at("made").get<std::int64_t>()));
  bundle.head = parse_head(manifest.at("head").get<std::string>());
  return {};
}

std::string read_lines(const Json& manifest, std::string_view text, Bundle& bundle) {
  const auto days = manifest.at("days").get<std::size_t>();
  const auto records = manifest.at("records").get<std::size_t>();
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  if (lines < days + records)
    return "it is cut: " + std::to_string(lines) + " of " + std::to_string(days + records) + " lines are here";
  if (text_of(crypto::digest(text)) != manifest.at("digest").get<std::string>())
    return "it was changed since it was made: its digest is another";
  for (std::size_t i = 0; i < days; ++i) {
    auto day = parse_day_key(*take_line(text));
    if (!day) return "the key of a day in it is damaged";
    bundle.days.push_back(*std::move(day));
  }
  for (std::size_t i = 0; i < records; ++i) {
    auto record = parse_record(Json::parse(*take_line(text)));
    if (!record) return "a record in it is damaged";
    bundle.records.push_back(*std::move(record));
  }
  return {};
}

}  // namespace

std::vector<DayKey> day_keys_of(const std::filesystem::path& state, std::span<const Record> records) {
  std::set<std::string, std::less<>> ids;
  for (const auto& record : records)
    if (const auto sealed = parse_sealed(record.sealed)) ids.emplace(sealed->key_id);
  std::vector<std::string> damaged;
  auto days = read_day_keys(state, damaged);
  std::erase_if(days, [&ids](const DayKey& day) { return !ids.contains(day.id); });
  return days;
}

std::string write_bundle(Bundle bundle, const ChainKey& key) {
  std::string lines;
  for (const auto& day : bundle.days)
    lines.append(to_json(day)).append("\n");
  for (const auto& record : bundle.records)
    lines.append(dump(to_json(record))).append("\n");
  Json manifest{{"breakwater", kMark},
                {"about", bundle.about},
                {"by", bundle.by},
                {"made", std::int64_t{bundle.made.time_since_epoch().count()}},
                {"head", bundle.head ? to_text(*bundle.head) : ""},
                {"days", bundle.days.size()},
                {"records", bundle.records.size()},
                {"digest", text_of(crypto::digest(lines))},
                {"signer", text_of(key.public_key())}};
  manifest[kSignature] = text_of(key.sign(dump(manifest)));
  return dump(manifest).append("\n").append(lines);
}

std::optional<Bundle> read_bundle(std::string_view text, std::string& error) {
  error.clear();
  if (!crypto::ready()) {
    error = "libsodium cannot be used";
    return std::nullopt;
  }
  const bool is_bundle = text.substr(0, 64).find(kMark) != std::string_view::npos;
  const auto line = take_line(text);
  const auto manifest = Json::parse(line.value_or(""), nullptr, false);
  try {  // a member that is absent or of another type is all that throws here
    if (!is_bundle || (line && !manifest.is_object())) error = "it is no bundle of Breakwater";
    if (is_bundle && !line) error = "it is cut within its first line";
    if (!error.empty()) return std::nullopt;
    Bundle bundle;
    error = read_manifest(manifest, bundle);
    if (error.empty()) error = read_lines(manifest, text, bundle);
    if (!error.empty()) return std::nullopt;
    return bundle;
  } catch (const Json::exception&) {
    error = "its manifest is damaged";
    return std::nullopt;
  }
}

}  // namespace breakwater::safeguarding
