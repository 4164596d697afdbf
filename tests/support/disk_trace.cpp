#include "tests/support/disk_trace.h"

#include <map>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace breakwater::test {
namespace {

using What = DiskStep::What;

struct Trace {
  std::string folder;
  std::vector<DiskStep> steps{};
  std::map<std::string, int> names{};  // of files
  struct Open {
    int file = 0;  // 0: a folder
    std::string path{};
    bool appends = false;
  };
  std::map<int, Open> open{};  // by descriptor
  int files = 0;

  bool covers(const std::string& path) const {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  }

  int file_of(const std::string& path) {
    const auto known = names.find(path);
    if (known != names.end()) return known->second;
    steps.push_back({.what = What::create, .file = ++files, .path = path});
    return names[path] = files;
  }

  void opened(int descriptor, const std::string& path, int flags) {
    if ((flags & O_ACCMODE) == O_RDONLY) {  // a folder, to be synced
      open[descriptor] = {.path = path};
      return;
    }
    const int file = file_of(path);
    open[descriptor] = {file, path, (flags & O_APPEND) != 0};
    if ((flags & O_TRUNC) != 0) steps.push_back({.what = What::truncate, .file = file});
  }

  void renamed(const std::string& from, const std::string& to) {
    steps.push_back({.what = What::rename, .path = from, .other = to});
    const auto node = names.extract(from);
    if (!node.empty()) names[to] = node.mapped();
  }
};

std::mutex mutex;
Trace* current = nullptr;

int opened(const char* path, int flags, ::mode_t mode) {
  const std::lock_guard lock(mutex);
  const int descriptor = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (descriptor >= 0 && current && current->covers(path)) current->opened(descriptor, path, flags);
  return descriptor;
}

/// Does the call, and writes down what `step_of` makes of it where the descriptor is a file's.
template <class Call, class StepOf>
auto on_file(int descriptor, const Call& call, const StepOf& step_of) {
  const std::lock_guard lock(mutex);
  const auto* const open = current && current->open.contains(descriptor) ? &current->open[descriptor] : nullptr;
  const off_t at = !open || open->file == 0 ? 0 : ::lseek(descriptor, 0, open->appends ? SEEK_END : SEEK_CUR);
  const auto result = call();
  if (open && result >= 0) current->steps.push_back(step_of(*open, static_cast<std::size_t>(at), result));
  return result;
}

std::string bytes_of(const void* data, ssize_t count) {
  return {static_cast<const char*>(data), static_cast<std::size_t>(count)};
}

int synced(int descriptor, long call) {
  return on_file(
      descriptor, [&] { return static_cast<int>(::syscall(call, descriptor)); },
      [](const Trace::Open& open, std::size_t, int) {
        return DiskStep{.what = open.file == 0 ? What::sync_folder : What::sync, .file = open.file, .path = open.path};
      });
}

int truncated(int descriptor, off_t size) {
  return on_file(
      descriptor, [&] { return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size)); },
      [size](const Trace::Open& open, std::size_t, int) {
        return DiskStep{.what = What::truncate, .file = open.file, .offset = static_cast<std::size_t>(size)};
      });
}

ssize_t written_at(int descriptor, const void* data, std::size_t size, off_t offset) {
  return on_file(
      descriptor, [&] { return static_cast<ssize_t>(::syscall(SYS_pwrite64, descriptor, data, size, offset)); },
      [&](const Trace::Open& open, std::size_t, ssize_t count) {
        return DiskStep{.what = What::write,
                        .file = open.file,
                        .offset = static_cast<std::size_t>(offset),
                        .bytes = bytes_of(data, count)};
      });
}

ssize_t written(int descriptor, const void* data, std::size_t size) {
  return on_file(
      descriptor, [&] { return static_cast<ssize_t>(::syscall(SYS_write, descriptor, data, size)); },
      [&](const Trace::Open& open, std::size_t at, ssize_t count) {
        return DiskStep{.what = What::write, .file = open.file, .offset = at, .bytes = bytes_of(data, count)};
      });
}

int closed(int descriptor) {
  const std::lock_guard lock(mutex);
  if (current) current->open.erase(descriptor);
  return static_cast<int>(::syscall(SYS_close, descriptor));
}

int removed(const char* path) {
  const std::lock_guard lock(mutex);
  const int result = static_cast<int>(::syscall(SYS_unlink, path));
  if (result == 0 && current && current->covers(path)) {
    current->names.erase(path);
    current->steps.push_back({.what = What::remove, .path = path});
  }
  return result;
}

int renamed(const char* from, const char* to) {
  const std::lock_guard lock(mutex);
  const int result = static_cast<int>(::syscall(SYS_rename, from, to));
  if (result == 0 && current && current->covers(from)) current->renamed(from, to);
  return result;
}

int folder_made(const char* path, ::mode_t mode) {
  const std::lock_guard lock(mutex);
  const int result = static_cast<int>(::syscall(SYS_mkdir, path, mode));
  if (result == 0 && current && current->covers(path))
    current->steps.push_back({.what = What::make_folder, .path = path});
  return result;
}

}  // namespace

// The linker takes these for libc's, for the shared libraries too. What is variadic there is called alike with three
// fixed arguments in the ABIs of Linux.
extern "C" {
int traced_open(const char*, int, ::mode_t) __asm__("open");
int traced_open64(const char*, int, ::mode_t) __asm__("open64");
int traced_close(int) __asm__("close");
ssize_t traced_write(int, const void*, std::size_t) __asm__("write");
ssize_t traced_pwrite64(int, const void*, std::size_t, off_t) __asm__("pwrite64");
int traced_ftruncate(int, off_t) __asm__("ftruncate");
int traced_ftruncate64(int, off_t) __asm__("ftruncate64");
int traced_fsync(int) __asm__("fsync");
int traced_fdatasync(int) __asm__("fdatasync");
int traced_unlink(const char*) __asm__("unlink");
int traced_rename(const char*, const char*) __asm__("rename");
int traced_mkdir(const char*, ::mode_t) __asm__("mkdir");

int traced_open(const char* path, int flags, ::mode_t mode) {
  return opened(path, flags, mode);
}
int traced_open64(const char* path, int flags, ::mode_t mode) {
  return opened(path, flags, mode);
}
int traced_close(int descriptor) {
  return closed(descriptor);
}
ssize_t traced_write(int descriptor, const void* data, std::size_t size) {
  return written(descriptor, data, size);
}
ssize_t traced_pwrite64(int descriptor, const void* data, std::size_t size, off_t offset) {
  return written_at(descriptor, data, size, offset);
}
int traced_ftruncate(int descriptor, off_t size) {
  return truncated(descriptor, size);
}
int traced_ftruncate64(int descriptor, off_t size) {
  return truncated(descriptor, size);
}
int traced_fsync(int descriptor) {
  return synced(descriptor, SYS_fsync);
}
int traced_fdatasync(int descriptor) {
  return synced(descriptor, SYS_fdatasync);
}
int traced_unlink(const char* path) {
  return removed(path);
}
int traced_rename(const char* from, const char* to) {
  return renamed(from, to);
}
int traced_mkdir(const char* path, ::mode_t mode) {
  return folder_made(path, mode);
}
}

DiskTrace::DiskTrace(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex);
  current = new Trace{folder.string()};
}

DiskTrace::~DiskTrace() {
  finish();
}

void DiskTrace::promise(std::string what) {
  const std::lock_guard lock(mutex);
  current->steps.push_back({.what = What::promise, .bytes = std::move(what)});
}

std::vector<DiskStep> DiskTrace::finish() {
  const std::lock_guard lock(mutex);
  auto steps = current ? std::move(current->steps) : std::vector<DiskStep>();
  delete std::exchange(current, nullptr);
  return steps;
}

}  // namespace breakwater::test
