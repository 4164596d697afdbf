#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "categories/file.h"
#include "proxy/doctor/checks.h"
#include "proxy/feeds/progress.h"
#include "proxy/operations/gateway_state.h"

namespace breakwater::doctor {
namespace {

constexpr std::uint64_t kComfort = std::uint64_t{1} << 30;  ///< for records, logs and a new version of the lists
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

/// "" where the mode is right.
std::string mode_of(const std::filesystem::path& path, mode_t forbidden) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || (about.st_mode & forbidden) == 0) return "";
  return fmt::format("{}: mode {:o}", path.string(), about.st_mode & 07777U);
}

/// The exit status of a program that says nothing; -1: it cannot be run.
int quiet_run(const char* program, std::array<const char*, 6> words) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  std::array<char*, 7> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i)
    arguments[i] = const_cast<char*>(words[i]);  // posix_spawn(3) does not write to them
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, program, &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

Findings check_clock() {
  timex about{};
  const int clock = ::adjtimex(&about);
  if (clock < 0) return {{"clock", Grade::doubtful, "the kernel does not say whether it is right", ""}};
  if (clock == TIME_ERROR || (static_cast<unsigned>(about.status) & STA_UNSYNC) != 0)
    return {{"clock", Grade::doubtful, "not synchronised: lessons and records go by it",
             "install chrony or systemd-timesyncd, and see `timedatectl`"}};
  return {{"clock", Grade::well, "synchronised", ""}};
}

Findings check_modes(const std::filesystem::path& state) {
  std::error_code error;
  if (!std::filesystem::is_directory(state, error))
    return {{"modes", Grade::doubtful, state.string() + ": there is no such folder",
             "the gateway makes it at its first start, where its user may"}};
  Findings findings;
  const auto look = [&findings](const std::filesystem::path& path, mode_t forbidden, std::string_view right) {
    if (const auto wrong = mode_of(path, forbidden); !wrong.empty())
      findings.push_back(
          {"modes", Grade::broken, wrong, fmt::format("chmod {} {}, and ask who has read it", right, path.string())});
  };
  look(state, kOthers, "700");
  look(state / "keys", kOthers, "700");
  for (auto entry = std::filesystem::directory_iterator(state / "keys", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() != ".pub") look(entry->path(), kOthers, entry->is_directory() ? "700" : "600");
  }
  for (const auto* name : {"attempts.db", "attempts.db-wal", "heads.jsonl", "passes.log", "passes.json"})
    look(state / name, kOthers, "600");
  struct stat about {};
  if (::stat(state.c_str(), &about) == 0 && ::geteuid() != 0 && about.st_uid != ::geteuid())
    findings.push_back({"modes", Grade::doubtful,
                        state.string() + ": belongs to another user, so little of it can be seen",
                        "run this as that user, or as root"});
  if (findings.empty()) findings.push_back({"modes", Grade::well, state.string() + " is its owner's alone", ""});
  return findings;
}

Findings check_disk(const std::filesystem::path& state) {
  const auto store = operations::look_at_store(state);
  const auto what = fmt::format("{} free for {}", feeds::size_text(store.free_bytes), state.string());
  if (!store.error.empty())
    return {{"disk", Grade::broken, store.error, "make room, or give the folder to the gateway's user"}};
  if (store.free_bytes < kComfort) return {{"disk", Grade::doubtful, what, "make room, or shorten log.keep"}};
  return {{"disk", Grade::well, what, ""}};
}

Findings check_nftables() {
  constexpr auto* kProgram = "/usr/sbin/nft";
  if (::access(kProgram, X_OK) != 0)
    return {{"nftables", Grade::doubtful, "nft is not installed: nothing keeps clients from going around the gateway",
             "apt install nftables"}};
  if (::geteuid() != 0) return {{"nftables", Grade::well, "not looked at: only root may", ""}};
  if (quiet_run(kProgram, {"nft", "list", "table", "inet", "breakwater", nullptr}) != 0)
    return {{"nftables", Grade::doubtful, "there is no table inet breakwater: clients can go around the gateway",
             "load the rules for your Wi-Fi: see deploy/README.md"}};
  return {{"nftables", Grade::well, "table inet breakwater is loaded", ""}};
}

}  // namespace breakwater::doctor
