#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "categories/result.h"
#include "proxy/safeguarding/attempt.h"

namespace breakwater::safeguarding {

/// What SQLite answered: its primary result code, and its words after the name of the file.
struct StoreError {
  int code = 0;
  std::string message;
};

/// The attempts of one gateway: `attempts.db` in the state directory (SQLite, WAL, synchronous=FULL). One thread at a
/// time; others, and other processes, open their own.
class Store {
 public:
  enum class Mode : std::uint8_t { read_only, read_write };

  /// `read_write` makes the folder (0700) and the file (0600) where they are not there, and makes or migrates the
  /// schema. `read_only` needs them, and works while the gateway writes. A file that is damaged, of another program or
  /// of a later version is refused and left as it is.
  static Result<std::unique_ptr<Store>, StoreError> open(const std::filesystem::path& state, Mode mode);
  ~Store();

  /// All or none, in one transaction, on disk when it returns without an error. An attempt whose id and time are there
  /// already is kept once, so that a retry cannot double it. Text is kept as clean_text() makes it. Blocks for a second
  /// at most where another process holds the lock, and fails where the file was moved or deleted: open it anew.
  std::optional<StoreError> append(std::span<const Attempt> attempts);

  /// Calls `visit` for each attempt since `since`, oldest first.
  std::optional<StoreError> each(std::chrono::sys_time<std::chrono::milliseconds> since,
                                 const std::function<void(const Attempt&)>& visit);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
