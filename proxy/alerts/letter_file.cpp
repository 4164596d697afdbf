// {"key":"...","recipient":"...","role":"dsl","to":"dsl@example.org","reference":"E-7QK4M-2XP9D",
//  "severity":"danger","line":"...","queued":1795428000000,"tries":0,"next_try":1795428000000,"error":"","merged":[]}\n
// {"of":"report", ...: the same of a report}
// Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n ...

#include "proxy/alerts/letter_file.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "proxy/safeguarding/private_file.h"

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kMaxTries = 1'000'000;
constexpr std::string_view kSuffix = ".letter";
constexpr std::string_view kReport = "report";
constexpr std::size_t kMaxFile = 16 << 20;

rules::Concern parse_concern(std::string_view text) {
  for (const auto concern : {rules::Concern::notice, rules::Concern::warning, rules::Concern::danger})
    if (text == to_string(concern)) return concern;
  return rules::Concern::none;
}

/// Not negative, and at most `most`: nobody reckons with more. Throws where it is no such number.
std::uint64_t number(const Json& value, std::uint64_t most) {
  return std::min<std::uint64_t>(value.get_ref<const Json::number_unsigned_t&>(), most);
}

Milliseconds instant(const Json& value) {
  constexpr std::uint64_t kYear2999 = 32'503'680'000'000;
  return Milliseconds(std::chrono::milliseconds(number(value, kYear2999)));
}

}  // namespace

std::string to_file(const Letter& letter) {
  Json head;
  if (letter.of == Letter::Of::report) head["of"] = kReport;
  head["key"] = letter.key;
  head["recipient"] = letter.recipient;
  head["role"] = letter.role;
  head["to"] = letter.to;
  head["reference"] = letter.reference;
  head["severity"] = to_string(letter.severity);
  head["line"] = letter.line;
  head["queued"] = letter.queued.time_since_epoch().count();
  head["tries"] = letter.tries;
  head["next_try"] = letter.next_try.time_since_epoch().count();
  head["error"] = letter.error;
  head["merged"] = letter.merged;
  return head.dump(-1, ' ', false, Json::error_handler_t::replace).append("\n").append(letter.mail);
}

std::optional<Letter> parse_letter(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  try {
    const auto head = Json::parse(text.substr(0, end));
    Letter letter;
    if (const auto of = head.find("of"); of != head.end() && *of == kReport) letter.of = Letter::Of::report;
    head.at("key").get_to(letter.key);
    head.at("recipient").get_to(letter.recipient);
    head.at("role").get_to(letter.role);
    head.at("to").get_to(letter.to);
    head.at("reference").get_to(letter.reference);
    letter.severity = parse_concern(head.at("severity").get_ref<const std::string&>());
    head.at("line").get_to(letter.line);
    letter.queued = instant(head.at("queued"));
    letter.tries = static_cast<std::uint32_t>(number(head.at("tries"), kMaxTries));
    letter.next_try = instant(head.at("next_try"));
    head.at("error").get_to(letter.error);
    head.at("merged").get_to(letter.merged);
    letter.mail = text.substr(end + 1);
    return letter;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string hash_of(std::string_view key) {
  std::array<unsigned char, 16> hash{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  crypto_generichash(hash.data(), hash.size(), bytes, key.size(), nullptr, 0);
  std::array<char, 2 * hash.size() + 1> hex{};
  return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

std::string letter_name(std::string_view key) {
  return hash_of(key).append(kSuffix);
}

std::vector<Letter> read_letters(const std::filesystem::path& folder,
                                 const std::function<void(const std::filesystem::path&)>& damaged) {
  std::vector<Letter> letters;
  std::error_code ignored;  // a folder that is not there holds none
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() != kSuffix) continue;
    std::string error;
    const auto text = safeguarding::read_private(entry.path(), kMaxFile, error);
    auto letter = text ? parse_letter(*text) : std::nullopt;
    if (letter && letter_name(letter->key) == entry.path().filename())
      letters.push_back(*std::move(letter));
    else
      damaged(entry.path());
  }
  return letters;
}

}  // namespace breakwater::alerts
