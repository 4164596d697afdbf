#include "proxy/feeds/feed_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "categories/archive.h"
#include "proxy/feeds/checks.h"
#include "proxy/feeds/list_check.h"

namespace breakwater::feeds {
namespace {

constexpr std::size_t kMaxName = 100;

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

void remove_tree(const std::filesystem::path& path) {
  std::error_code ignored;  // what is still there shows at its next use
  std::filesystem::remove_all(path, ignored);
}

/// The last segment of the path of a URL, in characters that are safe in a file's name.
std::string file_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  auto name = std::string(url.substr(url.rfind('/') + 1).substr(0, kMaxName));
  const auto is_safe = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  };
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return !is_safe(c); }, '_');
  if (name.empty()) return "list";
  if (name.front() == '.') name.front() = '_';
  return name;
}

double random_spread() {
  std::random_device random;
  return std::uniform_real_distribution<>()(random);
}

Staged refused(std::string message) {
  return {FetchResult::refused, std::move(message), {}, {}};
}

}  // namespace

FeedStore::FeedStore(const std::filesystem::path& feeds_folder, rules::Feed feed)
    : feed_(std::move(feed)), folder_(feeds_folder / feed_.name) {
  error_ = make_folder(folder_);
  if (error_) return;
  lock_ = File(::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (!lock_)
    error_ = "cannot open " + (folder_ / "lock").string() + ": " + last_error();
  else if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    error_ = errno == EWOULDBLOCK ? "another process is updating this feed" : "cannot lock the feed: " + last_error();
  else
    state_ = read_state(folder_);
}

Request FeedStore::request(const std::string& url, std::uint64_t max_bytes) const {
  return {
      url, download().transport, {}, download().proxy, download().ca, max_bytes, download().timeout, download().stall};
}

Fetched FeedStore::fetch_text(const std::string& url, std::size_t max_bytes, const std::atomic<bool>& cancel,
                              std::string& text) const {
  const auto file = folder_ / "incoming" / "beside";
  NoProgress silent;
  auto fetched = fetch(request(url, max_bytes), file, silent, cancel);
  if (fetched.result != FetchResult::done) {
    fetched.message.insert(0, file_name(url) + ": ");
  } else if (auto read = read_head(file, max_bytes)) {
    text = std::move(*read);
  } else {
    fetched = {FetchResult::refused, "cannot read " + file.string() + ": " + last_error(), {}, {}};
  }
  return fetched;
}

Fetched FeedStore::fetch_proofs(const std::atomic<bool>& cancel, Proofs& proofs) const {
  Fetched fetched{FetchResult::done, "", {}, {}};
  if (!download().sha256_url.empty()) fetched = fetch_text(download().sha256_url, kMaxSumsBytes, cancel, proofs.sums);
  if (fetched.result != FetchResult::done || download().minisign_key.empty()) return fetched;
  const auto url = download().signature_url.empty() ? download().url + ".minisig" : download().signature_url;
  return fetch_text(url, kMaxSignatureBytes, cancel, proofs.signature);
}

std::optional<std::string> FeedStore::verify(const std::filesystem::path& file, const Proofs& proofs,
                                             std::string& sha256) const {
  if (auto why = looks_like_no_list(file)) return why;
  const MappedFile mapped(file);
  if (!mapped) return "cannot read " + file.string() + ": " + last_error();
  sha256 = sha256_of(mapped.bytes());
  if (sha256.empty()) return "OpenSSL has no SHA-256";
  if (!download().sha256_url.empty()) {
    const auto expected = find_sha256(proofs.sums, file.filename().string());
    if (!expected) return "the file of SHA-256 digests has none for " + file.filename().string();
    if (sha256 != *expected) return "the SHA-256 digest does not match";
  }
  if (download().minisign_key.empty()) return std::nullopt;
  auto why = check_minisign(mapped.bytes(), proofs.signature, download().minisign_key);
  if (why) why->insert(0, "signature: ");
  return why;
}

/// What was verified with another key, or not at all, counts for nothing.
bool FeedStore::has_current() const {
  return state_.url == download().url && state_.minisign_key == download().minisign_key && is_there(current());
}

std::optional<std::string> FeedStore::unpack(const std::filesystem::path& file,
                                             categories::Diagnostics& diagnostics) const {
  if (categories::is_archive(file)) {
    categories::ArchiveLimits limits;
    limits.total_bytes = limits.file_bytes = download().max_unpacked_bytes;
    return categories::unpack_archive(file, staged(), limits, diagnostics);
  }
  if (auto fault = make_folder(staged())) return fault;
  if (::rename(file.c_str(), (staged() / file.filename()).c_str()) != 0) return "cannot move the list: " + last_error();
  return std::nullopt;
}

Staged FeedStore::stage_from(const std::filesystem::path& incoming, Progress& progress,
                             const std::atomic<bool>& cancel) {
  const auto file = incoming / file_name(download().url);
  auto wanted = request(download().url, download().max_bytes);
  if (has_current()) wanted.known = state_.validators;
  // The proofs come first: they are small, and the file need not come twice where they fail.
  Proofs proofs;
  auto fetched = fetch_proofs(cancel, proofs);
  if (fetched.result == FetchResult::done) fetched = fetch(wanted, file, progress, cancel);
  if (fetched.result != FetchResult::done) return {fetched.result, std::move(fetched.message), fetched.retry_after, {}};

  std::string sha256;
  if (auto why = verify(file, proofs, sha256)) return refused(std::move(*why));
  if (has_current() && sha256 == state_.sha256) {
    state_.validators = std::move(fetched.validators);
    return {FetchResult::unchanged, "", {}, {}};
  }
  Staged outcome;
  if (auto why = unpack(file, outcome.diagnostics)) {
    outcome.message = std::move(*why);
    return outcome;
  }
  pending_ = state_;
  pending_.url = download().url;
  pending_.minisign_key = download().minisign_key;
  pending_.validators = std::move(fetched.validators);
  pending_.sha256 = std::move(sha256);
  outcome.result = FetchResult::done;
  return outcome;
}

Staged FeedStore::stage(Progress& progress, const std::atomic<bool>& cancel) {
  remove_tree(staged());
  const auto incoming = folder_ / "incoming";
  if (auto fault = make_folder(incoming)) return refused(std::move(*fault));
  auto outcome = stage_from(incoming, progress, cancel);
  // A part is kept for the next attempt, and nothing else.
  if (outcome.result != FetchResult::temporary && outcome.result != FetchResult::cancelled) remove_tree(incoming);
  return outcome;
}

std::optional<std::string> FeedStore::promote(Instant now) {
  // The lists are on disk before anything says that they are current: else a power cut would leave empty files behind,
  // and a server that says "unchanged" for ever.
  const File folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  bool done = folder && ::syncfs(folder.get()) == 0;
  if (done && is_there(current())) {
    done = ::renameat2(AT_FDCWD, staged().c_str(), AT_FDCWD, current().c_str(), RENAME_EXCHANGE) == 0;
    if (done) {
      remove_tree(previous());
      ::rename(staged().c_str(), previous().c_str());  // if not, the next stage() clears it away
    }
  } else if (done) {
    done = ::rename(staged().c_str(), current().c_str()) == 0;
  }
  if (!done) return "cannot promote the new version in " + folder_.string() + ": " + last_error();
  state_ = pending_;
  state_.fetched_at = now;
  return note_check("", now);
}

std::optional<std::string> FeedStore::discard(std::string_view reason, Instant now) {
  remove_tree(staged());
  ++state_.failures;
  return save(reason, next_due(download(), 0, now, random_spread()), now);
}

std::optional<std::string> FeedStore::note_check(std::string_view problem, Instant now) {
  state_.failures = problem.empty() ? 0 : state_.failures + 1;
  return save(problem, next_due(download(), state_.failures, now, random_spread()), now);
}

std::optional<std::string> FeedStore::save(std::string_view problem, Instant due, Instant now) {
  state_.last_error = problem;
  state_.checked_url = download().url;
  state_.checked_at = now;
  state_.next_due = due;
  return write_state(folder_, state_);
}

std::filesystem::path current_lists(const std::filesystem::path& feeds_folder, std::string_view feed_name) {
  auto current = feeds_folder / feed_name / "current";
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(current, error);
  if (error || entry == std::filesystem::directory_iterator() || !entry->is_regular_file(error)) return current;
  auto only = entry->path();
  entry.increment(error);
  if (error || entry != std::filesystem::directory_iterator()) return current;
  return only;
}

}  // namespace breakwater::feeds
