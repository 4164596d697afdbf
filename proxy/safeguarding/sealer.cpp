#include "proxy/safeguarding/sealer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/sealed.h"
#include "proxy/safeguarding/secret_file.h"

namespace breakwater::safeguarding {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 1 << 20;
constexpr std::size_t kDaysInMemory = 4;

fs::path recipients_file(const fs::path& state) {
  return keys_folder(state) / "recipients.json";
}

fs::path holding_file(const fs::path& state) {
  return keys_folder(state) / "holding.key";
}

std::string named(const fs::path& file, std::string_view what) {
  return file.string().append(": ").append(what);
}

std::optional<std::vector<SealTo>> parse_recipients(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array()) return std::nullopt;
  try {  // a member of another type is all that throws here
    std::vector<SealTo> recipients;
    for (const auto& one : json) {
      const auto key = crypto::array_from_text<32>(one.value("key", ""));
      if (!key) return std::nullopt;
      recipients.push_back({one.value("name", ""), *key});
    }
    return recipients;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string to_json(const std::vector<SealTo>& recipients) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& one : recipients)
    json.push_back({{"name", one.name}, {"key", crypto::to_text(crypto::view(one.key))}});
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

/// What changes whenever the file does; cheap enough to be asked for each name.
std::string stamp(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{} {} {} {}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::string wrap_to(const std::vector<SealTo>& recipients, std::string_view key, DayKey& day) {
  day.wrapped.clear();
  for (const auto& to : recipients) {
    auto box = crypto::wrap(key, to.key);
    if (box.empty()) return "nothing can be sealed to the key of " + to.name;
    day.wrapped.push_back({to, std::move(box)});
  }
  return {};
}

/// Every day key that the holding key opens goes to the recipients in its place. Only then the holding key goes.
std::string leave_holding(const fs::path& state, const std::vector<SealTo>& recipients) {
  std::string error;
  auto bytes = read_private(holding_file(state), crypto::Secret::kBytes, error);
  if (!bytes) return error.empty() ? error : named(holding_file(state), error);
  const crypto::Wipe wipe_bytes(*bytes);
  const auto secret = crypto::Secret::from(*bytes);
  if (!secret) return named(holding_file(state), "is no key");
  const auto pair = crypto::key_pair_of(*secret);
  std::vector<std::string> damaged;
  for (auto& day : read_day_keys(state, damaged)) {
    for (const auto& one : day.wrapped) {
      if (one.to.key != pair.public_key) continue;
      auto key = crypto::unwrap(one.box, pair);
      if (!key) return "the key of " + day.day + " does not open with the holding key";
      const crypto::Wipe wipe_key(*key);
      auto fresh = day;
      if (error = wrap_to(recipients, *key, fresh); !error.empty()) return error;
      if (error = write_day_key(state, fresh); !error.empty()) return error;
      break;
    }
  }
  if (!damaged.empty()) return damaged.front();
  return destroy_private(holding_file(state));
}

}  // namespace

std::vector<SealTo> read_recipients(const fs::path& state, std::string& error) {
  const auto file = recipients_file(state);
  const auto text = read_private(file, kMaxFile, error);
  if (!text) {
    if (!error.empty()) error = named(file, error);
    return {};
  }
  auto recipients = parse_recipients(*text);
  if (!recipients) error = named(file, "is damaged: start the gateway to have it written anew");
  return recipients.value_or(std::vector<SealTo>{});
}

std::string put_recipients(const fs::path& state, const std::vector<SealTo>& recipients) {
  if (!crypto::ready()) return "libsodium cannot be used";
  const FolderLock lock(days_folder(state));
  std::string error;
  const auto before = read_recipients(state, error);
  if (!error.empty() || before != recipients) {
    error = write_private(recipients_file(state), to_json(recipients));
    if (!error.empty()) return named(recipients_file(state), error);
  }
  return recipients.empty() ? std::string() : leave_holding(state, recipients);
}

std::string Sealer::seal(const Record& record, std::string_view text, std::string& sealed) {
  const std::lock_guard lock(mutex_);
  const auto key = key_of(day_of(record.time));
  if (!key) return key.error();
  sealed.assign(1, kSealedVersion);
  sealed += key->id;
  sealed += crypto::encrypt(text, sealed_to(record), key->key);
  return {};
}

Result<Sealer::Current, std::string> Sealer::key_of(const std::string& day) {
  if (stamp(recipients_file(state_)) != recipients_) current_.clear();
  std::error_code ignored;
  if (const auto found = current_.find(day); found != current_.end()) {
    if (fs::exists(found->second.file, ignored)) return found->second;
    current_.erase(found);
  }
  if (!crypto::ready()) return std::string("libsodium cannot be used");

  const FolderLock lock(days_folder(state_));
  recipients_ = stamp(recipients_file(state_));
  std::string error;
  auto recipients = read_recipients(state_, error);
  if (!error.empty()) return error;
  if (recipients.empty()) {
    const auto holding = load_or_make_secret(holding_file(state_));
    if (!holding) return holding.error();
    recipients.push_back({"holding key of the gateway", crypto::key_pair_of(*holding).public_key});
  }
  DayKey wrapped{crypto::random_bytes(DayKey::kIdBytes), day, {}};
  const Current made{wrapped.id, crypto::Secret::random(), day_key_file(state_, wrapped)};
  if (error = wrap_to(recipients, made.key.view(), wrapped); !error.empty()) return error;
  if (error = write_day_key(state_, wrapped); !error.empty()) return error;
  if (current_.size() >= kDaysInMemory) current_.erase(current_.begin());
  current_.emplace(day, made);
  return made;
}

std::optional<Opener> holding_opener(const fs::path& state) {
  if (!crypto::ready()) return std::nullopt;
  std::string error;
  auto bytes = read_private(holding_file(state), crypto::Secret::kBytes, error);
  if (!bytes) return std::nullopt;
  const crypto::Wipe wipe(*bytes);
  const auto secret = crypto::Secret::from(*bytes);
  if (!secret) return std::nullopt;
  std::vector<std::string> damaged;
  return Opener(crypto::key_pair_of(*secret), read_day_keys(state, damaged));
}

}  // namespace breakwater::safeguarding
