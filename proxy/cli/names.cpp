#include "proxy/cli/names.h"

#include "proxy/cli/secret_input.h"
#include "proxy/cli/terminal.h"
#include "proxy/safeguarding/key_file.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::cli {
namespace {

std::optional<safeguarding::crypto::KeyPair> open_key(const NamesOptions& options) {
  std::string error;
  const auto text = safeguarding::read_private(options.key, safeguarding::kMaxKeyFile, error);
  if (!text) {
    fail(options.key.string() + ": " + (error.empty() ? "there is no such file" : error));
    return std::nullopt;
  }
  if (!safeguarding::parse_key_file(*text, error)) {
    fail(options.key.string() + ": " + error);
    return std::nullopt;
  }
  auto passphrase = read_passphrase(options.passphrase_file, Asked::once);
  if (!passphrase) return std::nullopt;
  const safeguarding::crypto::Wipe wipe(*passphrase);
  auto pair = safeguarding::open_key_file(*text, *passphrase, error);
  if (!pair) fail(options.key.string() + ": " + error);
  return pair;
}

}  // namespace

std::optional<safeguarding::Opener> opener_for(const NamesOptions& options, const std::filesystem::path& state) {
  if (options.by.empty() || options.reason.empty()) {
    fail("names are opened only with --by and --reason, which are recorded");
    return std::nullopt;
  }
  if (options.key.empty()) {
    auto opener = safeguarding::holding_opener(state);
    if (!opener) fail("names are sealed to the recipients of the policy: --key FILE opens them");
    return opener;
  }
  const auto pair = open_key(options);
  if (!pair) return std::nullopt;
  std::vector<std::string> errors;
  const auto days = safeguarding::read_day_keys(state, errors);
  for (const auto& error : errors)
    fail(error);
  return safeguarding::Opener(*pair, days);
}

bool record_access(safeguarding::Store& store, const std::vector<safeguarding::Case>& cases,
                   const NamesOptions& options, std::string_view what) {
  std::vector<safeguarding::Entry> entries;
  entries.reserve(cases.size());
  for (const auto& about : cases)
    entries.push_back(to_entry(
        about.episode.reference,
        safeguarding::Access{now_ms(), options.by, options.reason, std::string(what), about.episode.pseudonym}));
  const auto error = store.append(entries);
  if (error) fail(error->message + ": the access cannot be recorded, so no name is opened");
  return !error;
}

bool record_access(safeguarding::Store& store, const NamesOptions& options, std::string_view what,
                   std::string_view subject) {
  const auto entry =
      to_entry("", safeguarding::Access{now_ms(), options.by, options.reason, std::string(what), std::string(subject)});
  const auto error = store.append(std::span(&entry, 1));
  if (error) fail(error->message + ": the access cannot be recorded, so no name is opened");
  return !error;
}

std::unique_ptr<safeguarding::Store> open_store(const std::filesystem::path& state) {
  // Opening to append would make a store where there is none.
  std::error_code ignored;
  if (!std::filesystem::exists(state / "attempts.db", ignored)) {
    fail(state.string() + ": nothing was recorded here");
    return nullptr;
  }
  auto store = safeguarding::Store::open(state, safeguarding::Store::Mode::read_write);
  if (store) return *std::move(store);
  fail(store.error().message);
  return nullptr;
}

safeguarding::Milliseconds now_ms() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace breakwater::cli
