#include "proxy/cli/person.h"

#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/pseudonym.h"

namespace breakwater::cli {

std::function<std::string(std::string_view)> person_tag(const std::filesystem::path& state) {
  const auto keys = safeguarding::keys_folder(state);
  std::error_code ignored;
  // Only the gateway makes the key: what is only looked at stays as it is.
  if (!std::filesystem::exists(keys / "pseudonym.key", ignored)) return [](std::string_view) { return std::string(); };
  const auto pseudonyms = safeguarding::Pseudonyms::load_or_make(keys);
  if (pseudonyms) return [all = *pseudonyms](std::string_view key) { return all.of_person(key); };
  fail(pseudonyms.error());
  return [](std::string_view) { return std::string(); };
}

std::set<std::string> pseudonyms_of(const std::string& person, const std::filesystem::path& state) {
  if (person.empty()) return {};
  const auto tag = person_tag(state);
  std::set<std::string> all{person};
  for (const std::string_view kind : {"user:", "device:", "address:"}) {
    if (person.starts_with(kind)) return {tag(person)};
    all.insert(tag(std::string(kind).append(person)));
  }
  return all;
}

bool is_asked_for(const std::set<std::string>& asked, const std::string& pseudonym) {
  return asked.empty() || asked.contains(pseudonym);
}

}  // namespace breakwater::cli
