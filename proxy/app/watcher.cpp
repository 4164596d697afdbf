#include "proxy/app/watcher.h"

#include <string_view>

#include <sys/stat.h>

namespace breakwater::app {
namespace {

/// FNV-1a: tells a change, guards nothing.
struct Mix {
  std::uint64_t state = 0xcbf29ce484222325;
  void add(std::string_view bytes) {
    for (const char byte : bytes)
      state = (state ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
  }
  template <class Number>
  void add_number(Number number) {
    add({reinterpret_cast<const char*>(&number), sizeof number});
  }
};

}  // namespace

/// A folder counts by what it holds, a file also by its state.
void Watcher::Look::add(const std::filesystem::path& path) {
  Mix mix;
  mix.add(path.native());
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    mix.add_number(status.st_ino);
    if (!S_ISDIR(status.st_mode)) {
      mix.add_number(status.st_size);
      mix.add_number(status.st_mtim.tv_sec);
      mix.add_number(status.st_mtim.tv_nsec);
      const auto changed = std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
      const auto written =
          std::chrono::file_clock::from_sys(changed) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
      if (written <= std::chrono::file_clock::now()) newest = std::max(newest, written);
    }
  }
  fingerprint += mix.state;  // the order in which a folder is read does not matter
}

void Watcher::watch(std::vector<std::filesystem::path> inputs, std::chrono::file_clock::time_point read_from) {
  inputs_ = std::move(inputs);
  const auto now = fingerprint();
  last_ = now.fingerprint;
  in_force_ = now.newest >= read_from ? ~now.fingerprint : now.fingerprint;
}

Watcher::Seen Watcher::look() {
  const auto seen = fingerprint();
  if (!seen.whole) return Seen::changing;
  const auto now = seen.fingerprint;
  const bool settled = now == last_;
  last_ = now;
  if (now == in_force_) return Seen::same;
  if (!settled) return Seen::changing;
  in_force_ = now;
  return Seen::changed;
}

Watcher::Look Watcher::fingerprint() const {
  Look look;
  for (const auto& input : inputs_) {
    look.add(input);
    std::error_code error;
    if (!std::filesystem::is_directory(input, error)) continue;
    for (auto entry = std::filesystem::recursive_directory_iterator(input, error);
         !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error))
      look.add(entry->path());
    if (error == std::errc::too_many_files_open || error == std::errc::too_many_files_open_in_system)
      look.whole = false;
  }
  return look;
}

}  // namespace breakwater::app
