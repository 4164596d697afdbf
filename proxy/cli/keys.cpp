#include "proxy/cli/keys.h"

#include <iostream>
#include <map>

#include <nlohmann/json.hpp>

#include "proxy/cli/secret_input.h"
#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/key_file.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/sealer.h"

namespace breakwater::cli {
namespace {

namespace fs = std::filesystem;
using safeguarding::NamedKey;

fs::path with_pub(fs::path file) {
  return file += ".pub";
}

/// nullopt where it cannot be read, and that is told.
std::optional<std::string> read(const fs::path& file) {
  std::string error;
  auto text = safeguarding::read_private(file, safeguarding::kMaxKeyFile, error);
  if (!text) fail(file.string() + ": " + (error.empty() ? "there is no such file" : error));
  return text;
}

nlohmann::ordered_json to_json(const NamedKey& key) {
  return {{"name", key.name},
          {"key", safeguarding::crypto::to_text(safeguarding::crypto::view(key.key))},
          {"fingerprint", safeguarding::fingerprint(key.key)}};
}

void print(const NamedKey& key, const char* what, Output output) {
  if (output == Output::json) {
    auto json = to_json(key);
    json["what"] = what;
    std::cout << json.dump() << '\n';
    return;
  }
  std::cout << what << "  " << safeguarding::fingerprint(key.key) << "  " << key.name << '\n';
}

}  // namespace

int keys_new(const KeysOptions& options) {
  if (!safeguarding::crypto::ready()) return fail("libsodium cannot be used");
  std::error_code ignored;
  for (const auto& file : {options.out, with_pub(options.out)})
    if (fs::exists(file, ignored)) return fail(file.string() + ": is there already, and a key is never overwritten");
  auto passphrase = read_passphrase(options.passphrase_file, Asked::twice);
  if (!passphrase) return kUsage;
  const safeguarding::crypto::Wipe wipe(*passphrase);
  if (passphrase->size() < safeguarding::kMinPassphrase)
    return fail("a passphrase has 12 characters at least: some words are good", kWrong);
  const auto pair = safeguarding::crypto::make_key_pair();
  const auto text = safeguarding::seal_key_file(pair, options.name, *passphrase);
  if (text.empty()) return fail("there is not memory enough to seal the key: it takes 256 MiB");
  if (const auto error = safeguarding::write_private(options.out, text); !error.empty())
    return fail(options.out.string() + ": cannot be written: " + error);
  const NamedKey named{options.name, pair.public_key};
  if (const auto error = safeguarding::write_private(with_pub(options.out), to_line(named)); !error.empty())
    return fail(with_pub(options.out).string() + ": cannot be written: " + error);
  print(named, "made", options.output);
  if (options.output == Output::text)
    std::cout << options.out.string() << " opens names: keep it, and its passphrase, off the gateway\n"
              << with_pub(options.out).string() << " goes to the gateway: name it as key of a [[recipient]]\n";
  return 0;
}

int keys_show(const KeysOptions& options) {
  const auto text = read(options.file);
  if (!text) return kUsage;
  std::string error;
  std::string error_of_private;
  if (const auto key = safeguarding::parse_public_key(*text, error)) {
    print(*key, "public", options.output);
  } else if (const auto sealed = safeguarding::parse_key_file(*text, error_of_private)) {
    print(*sealed, "private", options.output);
  } else {
    return fail(options.file.string() + ": " + (text->starts_with('{') ? error_of_private : error), kWrong);
  }
  return 0;
}

int keys_list(const KeysOptions& options) {
  std::string error;
  const auto recipients = safeguarding::read_recipients(options.state, error);
  if (!error.empty()) return fail(error);
  std::vector<std::string> damaged;
  std::map<std::string, std::size_t> to;  // days by the name of who may open them
  const auto days = safeguarding::read_day_keys(options.state, damaged);
  for (const auto& day : days)
    for (const auto& one : day.wrapped)
      ++to[one.to.name];
  for (const auto& recipient : recipients)
    print({recipient.name, recipient.key}, "recipient", options.output);
  if (options.output == Output::text) {
    if (recipients.empty()) std::cout << "no recipient: names are sealed to a key on this machine\n";
    for (const auto& [name, count] : to)
      std::cout << count << " day keys are sealed to " << name << '\n';
    if (!days.empty()) std::cout << "days from " << days.front().day << " to " << days.back().day << '\n';
  }
  for (const auto& each : damaged)
    fail(each);
  return damaged.empty() ? 0 : kWrong;
}

}  // namespace breakwater::cli
