#include "proxy/safeguarding/heads_file.h"

#include <algorithm>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "categories/file.h"
#include "proxy/safeguarding/private_file.h"
#include "proxy/safeguarding/record_text.h"

namespace breakwater::safeguarding {
namespace {

using categories::File;

constexpr off_t kLongestLine = 1024;  // of ours: some 260

std::optional<Head> head_of(std::string_view line) {
  return parse_head(text_in(line, kHeadMember));
}

/// Opened, and held against others who write or mend.
File open_locked(const std::filesystem::path& file, int flags) {
  File opened(::open(file.c_str(), flags | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  while (opened && ::flock(opened.get(), LOCK_EX) != 0)
    if (errno != EINTR) return File();
  return opened;
}

/// Where the next line goes, all that stands behind it cut off; -1: errno says why.
off_t end_of_lines(const File& file) {
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size <= 0) return size;
  std::string tail(static_cast<std::size_t>(std::min(size, kLongestLine)), '\0');
  const auto count = ::pread(file.get(), tail.data(), tail.size(), size - static_cast<off_t>(tail.size()));
  if (count < 0) return -1;
  const std::string_view text(tail.data(), static_cast<std::size_t>(count));
  const bool is_whole = text.ends_with('\n');
  const auto before = text.substr(0, text.size() - 1).rfind('\n');
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  if (is_whole && head_of(text.substr(begin, text.size() - begin - 1))) return size;
  const off_t end = size - static_cast<off_t>(text.size() - begin);
  return ::ftruncate(file.get(), end) == 0 ? end : -1;
}

std::string failed(const std::filesystem::path& file) {
  return file.filename().string().append(": ").append(categories::last_error());
}

}  // namespace

std::string mend_heads(const std::filesystem::path& file) {
  const auto opened = open_locked(file, 0);
  if (!opened) return errno == ENOENT ? std::string() : failed(file);
  return end_of_lines(opened) >= 0 ? std::string() : failed(file);
}

std::string append_head(const std::filesystem::path& file, const Head& head) {
  const auto out = open_locked(file, O_CREAT);
  const off_t end = out ? end_of_lines(out) : -1;
  if (end < 0 || ::lseek(out.get(), end, SEEK_SET) != end ||
      !out.write(nlohmann::json{{kHeadMember, to_text(head)}}.dump() + "\n") || ::fsync(out.get()) != 0 ||
      !sync_folder(file.parent_path()))
    return failed(file);
  return {};
}

bool read_heads(const std::filesystem::path& file, std::vector<Head>& heads, std::string& fault) {
  std::ifstream stream(file);
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    const auto head = head_of(line);
    if (head && is_signed(*head)) {
      heads.push_back(*head);
      continue;
    }
    fault = "line " + std::to_string(number) + " of " + file.filename().string() +
            (head ? " was edited: its signature does not hold" : " is no head");
    return false;
  }
  return true;
}

}  // namespace breakwater::safeguarding
