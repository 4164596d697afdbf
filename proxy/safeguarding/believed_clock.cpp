#include "proxy/safeguarding/believed_clock.h"

#include <charconv>

#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/private_file.h"

namespace breakwater::safeguarding {
namespace {

constexpr std::size_t kMostBytes = 32;
constexpr std::int64_t kMostSeconds = std::int64_t{1} << 40;  // far from what milliseconds cannot hold

}  // namespace

BelievedClock::BelievedClock(const std::filesystem::path& state) : file_(state / "retention.clock") {}

/// nullopt: there is none, or it is no time.
std::optional<Milliseconds> BelievedClock::read() const {
  std::string error;
  const auto text = read_private(file_, kMostBytes, error);
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const auto* const end = text->data() + text->size();
  const auto [stop, code] = std::from_chars(text->data(), end, seconds);
  const bool is_whole = stop == end || *stop == '\n';
  if (code != std::errc() || !is_whole || seconds < 0 || seconds > kMostSeconds) return std::nullopt;
  return Milliseconds(std::chrono::seconds(seconds));
}

std::string BelievedClock::doubt(Milliseconds now, Milliseconds newest, Steady::time_point time) {
  const auto noted = read();
  const auto known = noted.value_or(newest);
  if (now - known > kMostAhead) {
    if (!doubted_) doubted_ = time;
    if (time - *doubted_ < kSettled)
      return "the clock says " + day_of(now) + ", and was last seen at " + day_of(known) +
             ": nothing is deleted until it has said so for " + std::to_string(kSettled.count()) +
             " days, or, where it is right, `date +%s` is written into " + file_.string();
  }
  doubted_.reset();
  if (noted && now - *noted < std::chrono::minutes(1)) return {};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return write_private(file_, std::to_string(seconds) + "\n");
}

}  // namespace breakwater::safeguarding
