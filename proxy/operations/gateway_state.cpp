#include "proxy/operations/gateway_state.h"

#include <algorithm>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::operations {
namespace {

constexpr std::uint64_t kLeastRoom = 16 << 20;  ///< the records of a busy day, and SQLite's log beside them

}  // namespace

GatewayState::Store look_at_store(const std::filesystem::path& state) {
  GatewayState::Store store;
  const auto file = state / "attempts.db";
  struct stat about {};
  if (::stat(file.c_str(), &about) == 0) {
    store.bytes = static_cast<std::uint64_t>(about.st_size);
    if (::access(file.c_str(), W_OK) != 0) store.error = file.string() + ": " + categories::last_error();
  } else if (::access(state.c_str(), W_OK) != 0) {
    store.error = state.string() + ": " + categories::last_error();
  }
  struct statvfs disk {};
  if (::statvfs(state.c_str(), &disk) != 0) return store;
  store.free_bytes = disk.f_bavail * disk.f_frsize;
  if (store.error.empty() && (disk.f_flag & ST_RDONLY) != 0) store.error = state.string() + ": the disk is read-only";
  if (store.error.empty() && store.free_bytes < kLeastRoom) store.error = state.string() + ": the disk is full";
  return store;
}

GatewayState::Outbox look_at_outbox(const std::filesystem::path& state) {
  GatewayState::Outbox outbox;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(state / "outbox", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    struct stat about {};
    if (entry->path().extension() != ".letter" || ::stat(entry->path().c_str(), &about) != 0) continue;
    const GatewayState::Instant written{std::chrono::seconds(about.st_mtime)};
    outbox.oldest = outbox.waiting == 0 ? written : std::min(outbox.oldest, written);
    ++outbox.waiting;
  }
  return outbox;
}

}  // namespace breakwater::operations
