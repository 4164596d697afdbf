#include "proxy/safeguarding/pseudonym.h"

#include "proxy/safeguarding/secret_file.h"

namespace breakwater::safeguarding {
namespace {

constexpr std::size_t kCharacters = 8;

std::string tag(const crypto::Secret& key, std::string_view about, std::string_view text) {
  return crypto::base32(crypto::view(crypto::keyed_digest(key, std::string(about).append(text))), kCharacters);
}

}  // namespace

Result<Pseudonyms, std::string> Pseudonyms::load_or_make(const std::filesystem::path& keys) {
  auto key = load_or_make_secret(keys / "pseudonym.key");
  if (!key) return key.error();
  return Pseudonyms(*key);
}

std::string Pseudonyms::of_person(std::string_view person_key) const {
  return "P-" + tag(key_, "person ", person_key);
}

std::string Pseudonyms::of_host(std::string_view host) const {
  return tag(key_, "host ", host);
}

}  // namespace breakwater::safeguarding
