#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace breakwater::feeds {

/// What a person sees of an update. Called from the thread that updates.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void start(std::string_view name) = 0;
  /// Bytes there are so far, of `total` (0: nobody knows). Called several times a second.
  virtual void moved(std::uint64_t received, std::uint64_t total) = 0;
  /// Ends what start() began; `outcome` is one line.
  virtual void finish(std::string_view outcome) = 0;
};

/// On a terminal a bar that is written over itself; else one plain line a feed. `out` must outlive it.
std::unique_ptr<Progress> make_progress(std::FILE* out);

/// Says nothing.
class NoProgress final : public Progress {
 public:
  void start(std::string_view) override {}
  void moved(std::uint64_t, std::uint64_t) override {}
  void finish(std::string_view) override {}
};

/// "1.5 MiB"
std::string size_text(std::uint64_t bytes);

/// The bar: "ut1  [#######.......]  48%  12.0 MiB  3.1 MiB/s  0:04", or without a bar where `total` is 0. At most
/// `columns` wide. `began_with` is what was there already when the clock began.
std::string progress_text(std::string_view name, std::uint64_t received, std::uint64_t total, std::uint64_t began_with,
                          std::chrono::milliseconds elapsed, std::size_t columns);

}  // namespace breakwater::feeds
