// {"key":"...","recipient":"...","to":"dsl@example.org","reference":"E-7QK4M-2XP9D","severity":"danger","line":"...",
//  "queued":1795428000000,"tries":0,"next_try":1795428000000,"error":"","merged":[]}\n
// Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n ...

#include "proxy/alerts/letter_file.h"

#include <array>
#include <cstdio>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::alerts {
namespace {

using Json = nlohmann::ordered_json;

constexpr mode_t kOwner = 0600;

rules::Concern parse_concern(std::string_view text) {
  for (const auto concern : {rules::Concern::notice, rules::Concern::warning, rules::Concern::danger})
    if (text == to_string(concern)) return concern;
  return rules::Concern::none;
}

Milliseconds instant(const Json& value) {
  return Milliseconds(std::chrono::milliseconds(value.get<std::int64_t>()));
}

}  // namespace

std::string to_file(const Letter& letter) {
  Json head;
  head["key"] = letter.key;
  head["recipient"] = letter.recipient;
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
    head.at("key").get_to(letter.key);
    head.at("recipient").get_to(letter.recipient);
    head.at("to").get_to(letter.to);
    head.at("reference").get_to(letter.reference);
    letter.severity = parse_concern(head.at("severity").get_ref<const std::string&>());
    head.at("line").get_to(letter.line);
    letter.queued = instant(head.at("queued"));
    head.at("tries").get_to(letter.tries);
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

std::optional<std::string> replace_private_file(const std::filesystem::path& file, std::string_view text) {
  using categories::File;
  auto fresh = file;
  fresh += ".new";
  const File out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwner));
  if (out && out.write(text) && ::fsync(out.get()) == 0 && ::rename(fresh.c_str(), file.c_str()) == 0) {
    const File folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder && ::fsync(folder.get()) == 0) return std::nullopt;
  }
  return file.string() + ": " + categories::last_error();
}

std::optional<std::string> read_private_file(const std::filesystem::path& file, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.size() > most) return std::nullopt;
  return text;
}

}  // namespace breakwater::alerts
