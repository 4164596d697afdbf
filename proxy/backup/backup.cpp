#include "proxy/backup/backup.h"

#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>

#include "proxy/backup/archive_file.h"
#include "proxy/backup/contents.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLast = "last_backup";
constexpr int kPatience = 10'000;  ///< milliseconds, for the store to be free
constexpr std::size_t kMaxStamp = 32;

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

Connection open(const fs::path& file, int flags) {
  sqlite3* connection = nullptr;
  sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  return Connection(connection);
}

/// The records as they are at one moment: all pages in one step are one read transaction, beside which others write on
/// (WAL).
std::optional<std::string> copy_records(const fs::path& from, const fs::path& to) {
  const auto source = open(from, SQLITE_OPEN_READONLY);
  const auto target = open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3_busy_timeout(source.get(), kPatience);
  auto* copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (!copy) return from.string() + ": " + sqlite3_errmsg(target.get());
  const int code = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) return from.string() + ": " + sqlite3_errstr(code);
  // One file: what is restored needs no log beside it.
  if (sqlite3_exec(target.get(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr) != SQLITE_OK)
    return to.string() + ": " + sqlite3_errmsg(target.get());
  return std::nullopt;
}

std::optional<std::string> add(const fs::path& copy, std::string_view name, Manifest& manifest) {
  const auto measured = measure(copy);
  if (!measured) return copy.string() + " cannot be read";
  manifest[std::string(name)] = *measured;
  return std::nullopt;
}

/// Everything that is kept, into `folder`; the records last, so that no head is of a record that is not there.
std::optional<std::string> gather(const fs::path& state, const fs::path& folder, Manifest& manifest) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(state, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path() == folder) {
      entry.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    const auto name = entry->path().lexically_relative(state).string();
    if (!is_kept(name) || name == kRecords || entry->is_symlink(ignored) || !entry->is_regular_file(ignored)) continue;
    if (manifest.size() == kMaxFiles) return "there are too many files";
    const auto copy = folder / name;
    fs::create_directories(copy.parent_path(), ignored);
    std::error_code failed;
    if (!fs::copy_file(entry->path(), copy, failed)) {
      if (failed == std::errc::no_such_file_or_directory) continue;  // replaced at this moment
      return name + ": " + failed.message();
    }
    if (auto wrong = add(copy, name, manifest)) return wrong;
  }
  if (error) return state.string() + ": " + error.message();
  if (!fs::exists(state / kRecords, error)) return state.string() + ": there are no records";
  if (auto wrong = copy_records(state / kRecords, folder / kRecords)) return wrong;
  return add(folder / kRecords, kRecords, manifest);
}

}  // namespace

std::optional<Made> make(const fs::path& state, const fs::path& out, std::string& error) {
  std::string pattern = (state / "backup.XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    error = state.string() + ": no folder can be made there";
    return std::nullopt;
  }
  const fs::path folder = pattern;
  auto part = out;
  part += ".part";
  Manifest manifest;
  auto wrong = gather(state, folder, manifest);
  if (!wrong) wrong = write_archive(part, folder, manifest);
  std::error_code code;
  fs::remove_all(folder, code);
  if (!wrong) {
    fs::rename(part, out, code);
    if (code) wrong = out.string() + ": " + code.message();
  }
  if (wrong) {
    fs::remove(part, code);
    error = *wrong;
    return std::nullopt;
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  error = safeguarding::write_private(state / kLast, fmt::format("{}\n", now.time_since_epoch().count()));
  Made made{manifest.size(), 0};
  for (const auto& [name, file] : manifest)
    made.bytes += file.size;
  return made;
}

std::optional<std::chrono::sys_seconds> last(const fs::path& state) {
  std::string error;
  const auto text = safeguarding::read_private(state / kLast, kMaxStamp, error);
  std::int64_t seconds = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), seconds).ec != std::errc())
    return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace breakwater::backup
