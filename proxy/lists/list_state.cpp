#include "proxy/lists/list_state.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include "categories/host_index.h"
#include "categories/image.h"
#include "categories/part_cache.h"

namespace breakwater::lists {
namespace {

namespace fs = std::filesystem;
using categories::Durability;
using categories::File;
using categories::last_error;

constexpr std::string_view kVersionSuffix = ".json";

std::optional<std::string> read_text(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return std::nullopt;
  return std::move(text).str();
}

bool write_text(const fs::path& file, std::string_view text, Durability durability, std::string& error) {
  return categories::write_image(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, durability,
                                 error);
}

}  // namespace

std::optional<ListState> ListState::open(const fs::path& state, std::string& error) {
  ListState opened{state / "lists"};
  std::error_code code;
  for (const auto& folder : {opened.folder_, opened.cache(), opened.folder_ / "versions", opened.locked_folder()}) {
    fs::create_directories(folder, code);
    if (!code) fs::permissions(folder, fs::perms::owner_all, code);
    if (code) {
      error = folder.string() + ": " + code.message();
      return std::nullopt;
    }
  }
  const auto one_at_a_time = opened.lock();
  if (!one_at_a_time) {
    error = (opened.folder_ / "lock").string() + ": " + last_error();
    return std::nullopt;
  }
  if (!opened.load_key(error)) return std::nullopt;
  return opened;
}

bool ListState::load_key(std::string& error) {
  const auto file = folder_ / "key";
  for (int tries = 0; tries < 2; ++tries) {
    if (const auto text = read_text(file); text && text->size() == sizeof key_) {
      std::memcpy(&key_, text->data(), sizeof key_);
      return true;
    }
    const auto key = categories::random_key();
    if (!key) {
      error = "OpenSSL gives no random bytes";
      return false;
    }
    std::string_view bytes{reinterpret_cast<const char*>(&*key), sizeof *key};
    if (!write_text(file, bytes, Durability::synced, error)) return false;
  }
  error = file.string() + ": cannot be read";
  return false;
}

fs::path ListState::locked(std::string_view name) const {
  return locked_folder() / std::string{name}.append(".part");
}

File ListState::lock() const {
  File file{::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  while (file && ::flock(file.get(), LOCK_EX) != 0)
    if (errno != EINTR) return File{-1};
  return file;
}

fs::path ListState::version_file(std::uint32_t number) const {
  return folder_ / "versions" / std::to_string(number).append(kVersionSuffix);
}

std::vector<std::uint32_t> ListState::numbers() const {
  std::vector<std::uint32_t> found;
  std::error_code error;
  for (fs::directory_iterator at{folder_ / "versions", error}, end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    std::uint32_t number = 0;
    const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (bad == std::errc() && number > 0 && std::string_view{stop} == kVersionSuffix) found.push_back(number);
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

std::optional<Version> ListState::version(std::uint32_t number) const {
  const auto text = read_text(version_file(number));
  auto version = text ? version_from_json(*text) : std::nullopt;
  return version && version->number == number ? std::move(version) : std::nullopt;
}

std::optional<Version> ListState::current() const {
  for (const auto number : numbers())
    if (auto found = version(number)) return found;
  return std::nullopt;
}

std::vector<Version> ListState::history() const {
  std::vector<Version> all;
  for (const auto number : numbers())
    if (auto found = version(number)) all.push_back(std::move(*found));
  return all;
}

std::optional<std::string> ListState::record(Version& version) {
  const auto known = numbers();
  version.number = known.empty() ? 1 : known.front() + 1;
  std::string error;
  if (!write_text(version_file(version.number), to_json(version), Durability::synced, error)) return error;
  std::set<std::string> used;
  std::size_t kept = 0;
  for (const auto number : numbers()) {
    if (kept == kKeptVersions) {
      std::error_code ignored;
      fs::remove(version_file(number), ignored);
    } else if (const auto each = this->version(number)) {
      ++kept;
      used.insert(each->cache_files.begin(), each->cache_files.end());
      for (const auto& [name, held] : each->held)
        used.insert(held.use + ".part");
    }
  }
  categories::prune_cache(cache(), used);
  return std::nullopt;
}

std::optional<Refusal> ListState::refusal() const {
  const auto text = read_text(folder_ / "refused");
  if (!text) return std::nullopt;
  try {
    const auto value = nlohmann::json::parse(*text);
    return Refusal{std::chrono::sys_seconds{std::chrono::seconds{value.at("time").get<std::int64_t>()}},
                   value.at("why"), value.at("lines")};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void ListState::note(const Refusal& refusal) const {
  const nlohmann::json value{
      {"time", refusal.time.time_since_epoch().count()}, {"why", refusal.why}, {"lines", refusal.lines}};
  std::string ignored;  // the same has been told already
  write_text(folder_ / "refused", value.dump(1, ' ', false, nlohmann::json::error_handler_t::replace),
             Durability::cached, ignored);
}

void ListState::clear_refusal() const {
  std::error_code ignored;
  fs::remove(folder_ / "refused", ignored);
}

void ListState::touch_changed() const {
  std::string ignored;  // `serve` then learns of it at its next look at the lists
  write_text(changed(), std::to_string(::getpid()), Durability::cached, ignored);
}

}  // namespace breakwater::lists
