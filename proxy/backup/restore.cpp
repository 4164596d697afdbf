#include <fmt/chrono.h>

#include "proxy/backup/archive_file.h"
#include "proxy/backup/backup.h"
#include "proxy/backup/contents.h"
#include "proxy/safeguarding/verify.h"

namespace breakwater::backup {
namespace {

namespace fs = std::filesystem;

/// Are all files of the manifest there, and what it says?
std::optional<std::string> compare(const fs::path& folder, const Manifest& manifest) {
  for (const auto& [name, about] : manifest) {
    const auto measured = measure(folder / name);
    if (!measured) return name + " is not in the backup";
    if (measured->size != about.size || measured->sha256 != about.sha256) return name + " is damaged";
  }
  return std::nullopt;
}

std::optional<std::string> check(const fs::path& folder, const Manifest& manifest, std::int64_t& records) {
  if (auto wrong = compare(folder, manifest)) return wrong;
  std::string error;
  const auto found = safeguarding::verify_state(folder, {}, error);
  if (!found) return "the records: " + error;
  if (found->fault) return fmt::format("record {}: {}", found->fault->seq, found->fault->message);
  records = found->records;
  return std::nullopt;
}

/// What stands in the way goes to `aside`, the log of SQLite with it.
std::optional<std::string> move_in(const fs::path& folder, const fs::path& state, const fs::path& aside,
                                   const Manifest& manifest) {
  const auto move = [](const fs::path& from, const fs::path& to) -> std::optional<std::string> {
    std::error_code error;
    fs::create_directories(to.parent_path(), error);
    fs::rename(from, to, error);
    if (error) return from.string() + ": " + error.message();
    return std::nullopt;
  };
  std::error_code ignored;
  for (const auto* beside : {"attempts.db-wal", "attempts.db-shm"}) {
    if (!fs::exists(state / beside, ignored)) continue;
    if (auto wrong = move(state / beside, aside / beside)) return wrong;
  }
  for (const auto& [name, about] : manifest) {
    if (fs::exists(state / name, ignored)) {
      if (auto wrong = move(state / name, aside / name)) return wrong;
    }
    if (auto wrong = move(folder / name, state / name)) return wrong;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Restored> restore(const fs::path& file, const fs::path& state, Existing existing, std::string& error) {
  std::error_code code;
  fs::create_directories(state, code);
  fs::permissions(state, fs::perms::owner_all, code);
  const bool has_records = fs::exists(state / kRecords, code);
  if (has_records && existing == Existing::keep) {
    error = (state / kRecords).string() + ": there are records; --replace sets them aside";
    return std::nullopt;
  }
  std::string pattern = (state / "restore.XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    error = state.string() + ": no folder can be made there";
    return std::nullopt;
  }
  const fs::path folder = pattern;
  Restored restored;
  const auto manifest = read_archive(file, folder, error);
  std::optional<std::string> wrong;
  if (!manifest)
    wrong = file.string() + ": " + error;
  else
    wrong = check(folder, *manifest, restored.records);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto aside = state / fmt::format("before-restore-{:%Y%m%dT%H%M%SZ}", now);
  if (!wrong) wrong = move_in(folder, state, aside, *manifest);
  fs::remove_all(folder, code);
  if (wrong) {
    error = *wrong;
    return std::nullopt;
  }
  restored.files = manifest->size();
  if (fs::exists(aside, code)) restored.aside = aside;
  return restored;
}

}  // namespace breakwater::backup
