// The notes are lines of fields with a tab between them; of a list where a file's name has one there is no note:
//   DIGEST  FORMAT  STAMP  FILE  [STAMP  INCLUDED-FILE]...

#include "categories/part_cache.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include <sys/stat.h>

namespace breakwater::categories {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotes = "stamps";
constexpr std::string_view kPartSuffix = ".part";

bool can_be_noted(const fs::path& file) {
  return file.string().find_first_of("\t\n") == std::string::npos;
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

PartCache::PartCache(fs::path folder, const SipKey& key) : folder_(std::move(folder)), key_(key) {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  load();
}

std::string PartCache::stamp(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "absent";
  std::ostringstream text;
  text << status.st_size << ' ' << status.st_ino << ' ' << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec << ' '
       << status.st_ctim.tv_sec << '.' << status.st_ctim.tv_nsec;
  return text.str();
}

std::string PartCache::key(const ListFile& file) {
  return std::string{to_string(file.format)} + '\t' + file.path.string();
}

fs::path PartCache::part_file(std::string_view digest) const {
  return folder_ / std::string{digest}.append(kPartSuffix);
}

void PartCache::load() {
  std::ifstream stream{folder_ / kNotes};
  for (std::string line; std::getline(stream, line);) {
    std::istringstream fields{line};
    Note note;
    std::string format;
    std::string path;
    std::getline(fields, note.digest, '\t');
    std::getline(fields, format, '\t');
    std::getline(fields, note.stamp, '\t');
    if (!std::getline(fields, path, '\t') || !is_digest(note.digest)) continue;
    std::string stamp;
    std::string include;
    while (std::getline(fields, stamp, '\t') && std::getline(fields, include, '\t'))
      note.includes.push_back({include, stamp});
    notes_.insert_or_assign(std::move(format) + '\t' + path, std::move(note));
  }
}

std::optional<Part> PartCache::find(const ListFile& file) const {
  const auto known = notes_.find(key(file));
  if (known == notes_.end() || stamp(file.path) != known->second.stamp) return std::nullopt;
  for (const auto& [include, before] : known->second.includes)
    if (stamp(include) != before) return std::nullopt;
  return find(known->second.digest);
}

std::optional<Part> PartCache::find(std::string_view digest) const {
  if (folder_.empty() || !is_digest(digest)) return std::nullopt;
  auto part = Part::open(part_file(digest));
  if (!part || part->digest() != digest || !part->is_of(key_)) return std::nullopt;
  return std::move(*part);
}

Result<Part, CatalogueError> PartCache::keep(const ListFile& file, const std::string& stamp,
                                             std::vector<std::uint8_t> bytes) {
  if (folder_.empty()) return Part::from_bytes(std::move(bytes));
  auto part = Part::from_bytes(std::move(bytes));
  if (!part) return part;
  Note note{std::string{part->digest()}, stamp, part->includes()};
  std::string ignored;  // without room on the disk the part stays in memory
  if (!write_image(part_file(note.digest), part->bytes(), Durability::cached, ignored)) return part;
  notes_.insert_or_assign(key(file), std::move(note));
  auto mapped = Part::open(part_file(part->digest()));
  return mapped ? std::move(mapped) : std::move(part);
}

void PartCache::drop(std::string_view digest) const {
  if (folder_.empty() || !is_digest(digest)) return;
  std::error_code ignored;
  fs::remove(part_file(digest), ignored);
}

void PartCache::save(const std::vector<ListFile>& files) const {
  if (folder_.empty()) return;
  std::ostringstream text;
  for (const auto& file : files) {
    const auto known = notes_.find(key(file));
    if (known == notes_.end() || !can_be_noted(file.path)) continue;
    const auto& [digest, stamp, includes] = known->second;
    if (!std::ranges::all_of(includes, [](const auto& include) { return can_be_noted(include.file); })) continue;
    text << digest << '\t' << to_string(file.format) << '\t' << stamp << '\t' << file.path.string();
    for (const auto& [include, include_stamp] : includes)
      text << '\t' << include_stamp << '\t' << include.string();
    text << '\n';
  }
  const auto bytes = std::move(text).str();
  std::string ignored;
  write_image(folder_ / kNotes, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, Durability::cached,
              ignored);
}

void prune_cache(const fs::path& folder, const std::set<std::string>& used) {
  std::error_code error;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    if (is_digest(at->path().stem().string()) && !used.contains(name)) {
      std::error_code ignored;
      fs::remove(at->path(), ignored);
    }
  }
}

}  // namespace breakwater::categories
