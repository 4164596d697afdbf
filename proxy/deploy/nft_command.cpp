#include "proxy/deploy/nft_command.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "categories/file.h"

extern char** environ;

namespace breakwater::deploy {
namespace {

using categories::File;

constexpr std::size_t kMostOutput = 16 << 20;

/// Files in memory: nft reads and writes at its own pace, and none waits for the other.
File make_file() {
  return File{::memfd_create("nft", MFD_CLOEXEC)};
}

std::string read_all(const File& file) {
  std::string text;
  std::array<char, 4096> buffer{};
  off_t at = 0;
  while (text.size() < kMostOutput) {
    const auto size = ::pread(file.get(), buffer.data(), buffer.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    at += size;
  }
  return text;
}

}  // namespace

NftRun run_nft(std::span<const std::string> words, const std::string& input) {
  const auto in = make_file();
  const auto out = make_file();
  const auto err = make_file();
  if (!in || !out || !err || !in.write(input) || ::lseek(in.get(), 0, SEEK_SET) != 0)
    return {-1, {}, categories::last_error()};

  std::vector<std::string> owned{"nft"};
  owned.insert(owned.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  arguments.reserve(owned.size() + 1);
  for (auto& word : owned)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.get(), STDERR_FILENO);
  pid_t child = 0;
  const auto failed = ::posix_spawnp(&child, "nft", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return {-1, {}, "nft cannot be run: " + std::generic_category().message(failed)};

  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return {-1, {}, categories::last_error()};
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_all(out), read_all(err)};
}

}  // namespace breakwater::deploy
