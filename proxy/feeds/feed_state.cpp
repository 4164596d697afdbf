#include "proxy/feeds/feed_state.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proxy/feeds/files.h"

namespace breakwater::feeds {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::size_t kMaxState = std::size_t{64} << 10;
constexpr auto kFirstRetry = std::chrono::minutes(15);
constexpr std::uint32_t kMaxDoublings = 16;
constexpr double kSpread = 0.1;

std::filesystem::path state_file(const std::filesystem::path& feed_folder) {
  return feed_folder / "state.json";
}

std::string text_of(const json& state, const char* key) {
  const auto found = state.find(key);
  return found != state.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const json& state, const char* key) {
  const auto found = state.find(key);
  return found != state.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace

FeedState read_state(const std::filesystem::path& feed_folder) {
  FeedState state;
  const auto text = read_head(state_file(feed_folder), kMaxState);
  if (!text) return state;
  const auto read = json::parse(*text, nullptr, false);
  if (!read.is_object()) {
    state.last_error = "state.json was damaged: fetched anew";
    return state;
  }
  const auto instant = [&](const char* key) { return Instant(seconds(number_of(read, key))); };
  state.url = text_of(read, "url");
  state.minisign_key = text_of(read, "minisign");
  state.validators = {text_of(read, "etag"), text_of(read, "last_modified")};
  state.sha256 = text_of(read, "sha256");
  state.fetched_at = instant("fetched_at");
  state.checked_url = text_of(read, "checked_url");
  state.checked_at = instant("checked_at");
  state.next_due = instant("next_due");
  state.last_error = text_of(read, "last_error");
  state.failures = static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_of(read, "failures"), 0, 1'000'000));
  return state;
}

std::optional<std::string> write_state(const std::filesystem::path& feed_folder, const FeedState& state) {
  const auto number = [](Instant instant) { return instant.time_since_epoch().count(); };
  const json written{{"url", state.url},
                     {"minisign", state.minisign_key},
                     {"etag", state.validators.etag},
                     {"last_modified", state.validators.last_modified},
                     {"sha256", state.sha256},
                     {"fetched_at", number(state.fetched_at)},
                     {"checked_url", state.checked_url},
                     {"checked_at", number(state.checked_at)},
                     {"next_due", number(state.next_due)},
                     {"last_error", state.last_error},
                     {"failures", state.failures}};
  return replace_file(state_file(feed_folder), written.dump(2, ' ', true, json::error_handler_t::replace) + '\n');
}

bool is_due(const rules::Download& download, const FeedState& state, Instant now) {
  if (download.every == seconds{0}) return false;
  // A due time further off than any that is ever set: the clock was put back, or the policy asks more often now.
  const bool too_far = state.next_due - now > download.every + download.every / 5;
  return state.checked_url != download.url || state.next_due <= now || too_far;
}

Instant next_due(const rules::Download& download, std::uint32_t failures, Instant now, double spread) {
  seconds wait = download.every;
  if (failures > 0) wait = std::min(wait, seconds(kFirstRetry) * (1U << std::min(failures - 1, kMaxDoublings)));
  const auto moved = static_cast<double>(wait.count()) * (1 + kSpread * (2 * spread - 1));
  return now + seconds(static_cast<std::int64_t>(moved));
}

}  // namespace breakwater::feeds
