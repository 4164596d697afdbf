#include "proxy/feeds/progress.h"

#include <algorithm>
#include <array>
#include <optional>

#include <sys/ioctl.h>
#include <unistd.h>

namespace breakwater::feeds {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kBetweenDraws = milliseconds(100);
constexpr std::size_t kUsualColumns = 80;
constexpr std::size_t kBar = 24;

/// "0:04", "12:30", "3:00:00"
std::string time_text(std::uint64_t seconds) {
  std::array<char, 32> text{};
  if (seconds < 3600)
    std::snprintf(text.data(), text.size(), "%u:%02u", static_cast<unsigned>(seconds / 60),
                  static_cast<unsigned>(seconds % 60));
  else
    std::snprintf(text.data(), text.size(), "%u:%02u:%02u", static_cast<unsigned>(seconds / 3600),
                  static_cast<unsigned>(seconds / 60 % 60), static_cast<unsigned>(seconds % 60));
  return text.data();
}

std::size_t columns_of(std::FILE* out) {
  winsize size{};
  return ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualColumns;
}

class Lines : public Progress {
 public:
  explicit Lines(std::FILE* out) : out_(out) {}
  void start(std::string_view name) override { name_ = name; }
  void moved(std::uint64_t, std::uint64_t) override {}
  void finish(std::string_view outcome) override {
    std::fprintf(out_, "%s: %.*s\n", name_.c_str(), static_cast<int>(outcome.size()), outcome.data());
    std::fflush(out_);
  }

 protected:
  std::FILE* out_;
  std::string name_;
};

class Bar final : public Lines {
 public:
  using Lines::Lines;

  void start(std::string_view name) override {
    Lines::start(name);
    first_.reset();
    draw(name_);
  }

  void moved(std::uint64_t received, std::uint64_t total) override {
    const auto now = Clock::now();
    if (!first_ || received < *first_) {  // what comes now is another file, or the same anew
      first_ = received;
      began_ = now;
    }
    if (now - drawn_ < kBetweenDraws) return;
    drawn_ = now;
    draw(progress_text(name_, received, total, *first_, std::chrono::duration_cast<milliseconds>(now - began_),
                       columns_of(out_) - 1));
  }

  void finish(std::string_view outcome) override {
    draw("");
    Lines::finish(outcome);
  }

 private:
  void draw(std::string_view text) {
    constexpr std::string_view kClearToEnd = "\x1b[K";  // ECMA-48 8.3.41, EL
    std::fprintf(out_, "\r%.*s%s", static_cast<int>(text.size()), text.data(), kClearToEnd.data());
    std::fflush(out_);
  }

  std::optional<std::uint64_t> first_;
  Clock::time_point began_;
  Clock::time_point drawn_;
};

}  // namespace

std::unique_ptr<Progress> make_progress(std::FILE* out) {
  if (::isatty(::fileno(out)) == 1) return std::make_unique<Bar>(out);
  return std::make_unique<Lines>(out);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit)
    value /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
  return text.data();
}

std::string progress_text(std::string_view name, std::uint64_t received, std::uint64_t total, std::uint64_t began_with,
                          milliseconds elapsed, std::size_t columns) {
  std::string text(name);
  text += "  ";
  const auto shown = std::min(received, total);
  if (total > 0) {
    const auto share = static_cast<double>(shown) / static_cast<double>(total);
    const auto filled = static_cast<std::size_t>(share * kBar);
    text += '[';
    text.append(filled, '#').append(kBar - filled, '.');
    text += "]  ";
    text += std::to_string(static_cast<unsigned>(share * 100));
    text += "%  ";
  }
  text += size_text(received);
  if (elapsed.count() > 0 && received > began_with) {
    const auto rate = static_cast<double>(received - began_with) * 1000 / static_cast<double>(elapsed.count());
    text += "  ";
    text += size_text(static_cast<std::uint64_t>(rate));
    text += "/s";
    if (total > 0 && rate >= 1) {
      text += "  ";
      text += time_text(static_cast<std::uint64_t>(static_cast<double>(total - shown) / rate));
    }
  }
  if (text.size() > columns) text.resize(columns);
  return text;
}

}  // namespace breakwater::feeds
