#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "proxy/admin/journal.h"

namespace breakwater::portal {

/// What stands for a person (rules::person_key) in what is written: always the same, and no name. Safe from any thread.
using PersonTag = std::function<std::string(std::string_view person_key)>;

/// A file of JSON objects, one a line, that only grows: what people have said to the gateway. Thread-safe.
class Book {
 public:
  static constexpr std::uint64_t kMostBytes = 64 << 20;

  explicit Book(std::filesystem::path file) : file_(std::move(file)), journal_(file_) {}

  /// For the gateway alone: makes folder (0700) and file (0600), and cuts off a line without an end, which nobody was
  /// told of as kept. Returns what went wrong.
  std::optional<std::string> open();
  /// On disk when it returns nothing, else what went wrong; then the line is not in the file.
  std::optional<std::string> append(const nlohmann::ordered_json& object);

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  admin::Journal journal_;
};

/// Each object of a book, in order; a line that is none is left out and counted in `damaged`. A file that is not there
/// is an empty one. Returns what went wrong. Safe while the gateway writes.
std::optional<std::string> read_book(const std::filesystem::path& file,
                                     const std::function<void(const nlohmann::ordered_json&)>& visit,
                                     std::uint64_t& damaged);

/// A member that is a text, or "".
std::string text_of(const nlohmann::ordered_json& object, std::string_view key);

}  // namespace breakwater::portal
