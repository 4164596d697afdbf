#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include "categories/diagnostic.h"
#include "proxy/feeds/feed_state.h"
#include "proxy/feeds/files.h"

namespace breakwater::feeds {

/// What came of one look for a new version.
struct Staged {
  FetchResult result = FetchResult::refused;
  std::string message;  ///< why not; "" where done or unchanged
  std::chrono::seconds retry_after{0};
  categories::Diagnostics diagnostics;  ///< of unpacking
};

/// STATE/feeds/NAME, where the lists of one feed live:
///
///   state.json   see FeedState
///   incoming/    what is being fetched
///   staged/      a new version, unpacked and verified, that nobody uses yet
///   current/     the lists in use, as CATEGORY/domains or as one file
///   previous/    those before
///   lock         held by who updates
///
/// A version becomes current in one step, so that a reader sees the old or the new one.
class FeedStore {
 public:
  /// `feeds_folder` is STATE/feeds; the feed must be one that comes by URL. Takes the lock; see error().
  FeedStore(const std::filesystem::path& feeds_folder, rules::Feed feed);

  /// Why it cannot be used: another process updates the feed, or there is no folder.
  const std::optional<std::string>& error() const { return error_; }

  /// Fetches, verifies and unpacks into staged(). `unchanged` also where the server sends anew what is current.
  Staged stage(Progress& progress, const std::atomic<bool>& cancel);
  /// Makes what stage() left the current version, durably. Returns what went wrong: then the old one stays, or, where
  /// it was only the state that could not be written, the new one will be fetched again.
  std::optional<std::string> promote(Instant now);
  /// Drops what stage() left, and notes why; the next check, `every` from now, fetches it again. Returns what went
  /// wrong.
  std::optional<std::string> discard(std::string_view reason, Instant now);
  /// Notes how a check ended that brought nothing to promote; an empty `problem`: well. Returns what went wrong.
  std::optional<std::string> note_check(std::string_view problem, Instant now);

  const rules::Feed& feed() const { return feed_; }
  const FeedState& state() const { return state_; }
  std::filesystem::path current() const { return folder_ / "current"; }
  std::filesystem::path staged() const { return folder_ / "staged"; }
  std::filesystem::path previous() const { return folder_ / "previous"; }

 private:
  const rules::Download& download() const { return *feed_.download; }
  Request request(const std::string& url, std::uint64_t max_bytes) const;
  struct Proofs {
    std::string sums;
    std::string signature;
  };
  Fetched fetch_text(const std::string& url, std::size_t max_bytes, const std::atomic<bool>& cancel,
                     std::string& text) const;
  Fetched fetch_proofs(const std::atomic<bool>& cancel, Proofs& proofs) const;
  std::optional<std::string> verify(const std::filesystem::path& file, const Proofs& proofs, std::string& sha256) const;
  bool has_current() const;
  std::optional<std::string> save(std::string_view problem, Instant due, Instant now);
  Staged stage_from(const std::filesystem::path& incoming, Progress& progress, const std::atomic<bool>& cancel);
  std::optional<std::string> unpack(const std::filesystem::path& file, categories::Diagnostics& diagnostics) const;

  rules::Feed feed_;
  std::filesystem::path folder_;
  File lock_;
  std::optional<std::string> error_;
  FeedState state_;
  FeedState pending_;  ///< of what is staged
};

/// Where the lists of a feed are, once some came: the path of its categories::Source. The folder, or the one file in
/// it.
std::filesystem::path current_lists(const std::filesystem::path& feeds_folder, std::string_view feed_name);

}  // namespace breakwater::feeds
