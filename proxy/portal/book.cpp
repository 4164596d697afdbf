#include "proxy/portal/book.h"

#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::portal {
namespace {

using nlohmann::ordered_json;

/// Where the last whole line ends.
std::optional<std::uint64_t> end_of_lines(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::uint64_t end = 0;
  for (std::string line; std::getline(in, line) && !in.eof();)
    end += line.size() + 1;
  return in.bad() ? std::nullopt : std::optional(end);
}

}  // namespace

std::optional<std::string> Book::open() {
  constexpr mode_t kOwner = 0600;
  const auto folder = file_.parent_path();
  std::error_code ignored;  // open() says it again
  std::filesystem::create_directories(folder, ignored);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  const categories::File file(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kOwner));
  const categories::File parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto end = file ? end_of_lines(file_) : std::nullopt;
  if (end && parent && ::ftruncate(file.get(), static_cast<off_t>(*end)) == 0 && ::fsync(file.get()) == 0 &&
      ::fsync(parent.get()) == 0)
    return std::nullopt;
  return file_.string() + ": " + categories::last_error();
}

std::optional<std::string> Book::append(const ordered_json& object) {
  const auto line = object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const std::scoped_lock lock(mutex_);
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file_, ignored);
  if (!ignored && size + line.size() > kMostBytes) return file_.string() + ": it has reached 64 MiB";
  return journal_.append(line);
}

std::optional<std::string> read_book(const std::filesystem::path& file,
                                     const std::function<void(const ordered_json&)>& visit, std::uint64_t& damaged) {
  damaged = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in && errno == ENOENT) return std::nullopt;
  for (std::string line; std::getline(in, line) && !in.eof();) {
    const auto object = ordered_json::parse(line, nullptr, false);
    object.is_object() ? visit(object) : void(++damaged);
  }
  if (in.eof()) return std::nullopt;
  return file.string() + ": " + categories::last_error();
}

std::string text_of(const ordered_json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace breakwater::portal
