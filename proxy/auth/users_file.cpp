#include "proxy/auth/users_file.h"

#include <algorithm>
#include <charconv>

#include <sodium.h>

#include "proxy/auth/basic_credentials.h"
#include "proxy/wire/utf8.h"
#include "rules/group_members.h"

namespace breakwater::auth {
namespace {

/// What crypto_pwhash_str_verify() reads: "$argon2id$v=19$m=65536,t=2,p=1$SALT$HASH".
constexpr std::string_view kPrefix = "$argon2id$v=19$m=";

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool take_number(std::string_view& text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value == 0 || value > most) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// "" where the hash can be verified, at a cost that is bearable.
std::string_view hash_mistake(std::string_view hash) {
  const bool long_one = hash.size() >= crypto_pwhash_STRBYTES;
  if (long_one || !take(hash, kPrefix)) return "no argon2id hash: make one with `breakwater user add`";
  if (!take_number(hash, UsersFile::kMaxMemoryKib) || !take(hash, ",t=") || !take_number(hash, UsersFile::kMaxPasses) ||
      !take(hash, ",p=1$"))
    return "this argon2id hash costs too much (256 MiB and 16 passes at most, p=1)";
  const auto dollar = hash.find('$');
  if (dollar == std::string_view::npos || dollar == 0 || dollar + 1 == hash.size()) return "the hash is cut short";
  return {};
}

}  // namespace

std::string_view name_mistake(std::string_view name) {
  if (name.empty() || name.size() > kMaxUserBytes) return "a name has 1 to 253 bytes";
  for (auto rest = name; !rest.empty();) {
    const auto length = wire::utf8_length(rest);
    const auto byte = static_cast<unsigned char>(rest.front());
    if (length == 0 || byte < 0x20 || byte == 0x7f || byte == ':')
      return "a name is UTF-8 without colons and control characters";
    rest.remove_prefix(length);
  }
  if (name.front() == '#') return "a name does not begin with #";
  return {};
}

std::optional<UsersFile> UsersFile::parse(std::string_view text, const std::string& file,
                                          categories::Diagnostics& diagnostics) {
  UsersFile users;
  unsigned line_number = 0;
  bool sound = true;
  const auto complain = [&](std::string_view what) {
    sound = false;
    diagnostics.push_back({categories::Severity::error, file, line_number, 0, std::string(what)});
  };
  if (text.size() > kMaxBytes) {
    complain("larger than 8 MiB");
    return std::nullopt;
  }
  while (!text.empty() && diagnostics.size() < categories::kKeptPerList) {
    const auto line = next_line(text);
    ++line_number;
    if (line.empty() || line.front() == '#') continue;
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    const auto hash = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (const auto mistake = name_mistake(name); !mistake.empty())
      complain(mistake);
    else if (const auto wrong = hash_mistake(hash); !wrong.empty())
      complain(wrong);
    else if (users.hashes_.size() == kMaxUsers)
      complain("more than 50000 users");
    else if (!users.hashes_.emplace(rules::lower_account(name), hash).second)
      complain("this name stands twice");
  }
  return sound ? std::optional(std::move(users)) : std::nullopt;
}

bool UsersFile::verify(std::string_view user, std::string_view password) const {
  // Where the name is not there another hash is tried, to no avail: who asks must not learn it by the clock.
  static const std::string kDecoy = hash_password("");
  const auto found = hashes_.find(std::string(user));
  const auto& hash = found != hashes_.end() ? found->second : hashes_.empty() ? kDecoy : hashes_.begin()->second;
  const bool right = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  return right && found != hashes_.end();
}

std::string hash_password(std::string_view password) {
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return {};
  hash.resize(hash.find('\0'));
  return hash;
}

std::optional<std::string> with_user(std::string_view text, std::string_view name, std::string_view hash) {
  const auto wanted = rules::lower_account(name);
  std::string out;
  out.reserve(text.size() + name.size() + hash.size() + 2);
  bool found = false;
  const auto append_user = [&] { out.append(name).append(":").append(hash).append("\n"); };
  while (!text.empty()) {
    const auto line = next_line(text);
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos ||
        rules::lower_account(line.substr(0, colon)) != wanted) {
      out.append(line).append("\n");
    } else {
      if (!found && !hash.empty()) append_user();
      found = true;
    }
  }
  if (!found && hash.empty()) return std::nullopt;
  if (!found) append_user();
  return out;
}

}  // namespace breakwater::auth
