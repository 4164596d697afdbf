#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/safeguarding/record.h"
#include "rules/verdict.h"

namespace breakwater::alerts {

using safeguarding::Milliseconds;

/// One message to one recipient, as it waits to be sent.
struct Letter {
  /// Those about episodes are sent first, and only they count against the messages of an hour.
  enum class Of : std::uint8_t { episode, report };

  Of of = Of::episode;
  std::string key;        ///< what it tells, to whom: nothing with the same key is ever queued again
  std::string recipient;  ///< their name in the policy
  std::string role;       ///< theirs, as the policy names it
  std::string to;         ///< their address
  std::string reference;  ///< of the episode; "digest", "report"
  rules::Concern severity = rules::Concern::none;
  std::string line;  ///< what stands in a digest in its place; "": it is never put in one
  Milliseconds queued;
  std::uint32_t tries = 0;
  Milliseconds next_try;            ///< not before
  std::string error;                ///< of the last try
  std::vector<std::string> merged;  ///< of a digest: the keys of the letters that it stands for
  std::string mail;                 ///< RFC 5322, CRLF
};

/// The letters that wait, each in a file of its own in STATE/outbox (0600, replaced whole), and the keys of those that
/// are done, in STATE/outbox/done. Whatever happens between two calls, a letter is there or it is not, and a digest
/// takes the place of its letters at once. One thread at a time; one process writes.
class Outbox {
 public:
  static constexpr std::size_t kMaxLetters = 1000;
  static constexpr std::chrono::hours kRemembered{24 * 90};  ///< how long a key that is done is kept

  /// Told of what cannot be written, and of files that are no letters: these are set aside, not deleted.
  using Tell = std::function<void(const std::string& message)>;
  Outbox(std::filesystem::path folder, Milliseconds now, Tell tell, std::size_t most = kMaxLetters);

  enum class Added : std::uint8_t {
    queued,
    known,     ///< it is queued or done already
    left_out,  ///< all others are at least as serious, and there is no room
    failed,    ///< the disk refused, which was told; it is sent all the same, unless the process ends before
  };
  /// On disk when it returns `queued`. When the outbox is full, the least serious letter (of these the newest) gives
  /// way, and is counted for the next digest of its recipient.
  Added add(Letter letter);
  bool knows(std::string_view key) const;

  /// By key.
  const std::map<std::string, Letter, std::less<>>& letters() const { return letters_; }
  /// Keeps what a try has changed: tries, next_try, error.
  void keep(const Letter& letter);

  enum class Done : std::uint8_t { sent, given_up };
  /// The letter leaves the queue. What was sent counts in sent_since().
  void finish(const std::string& key, Done done, Milliseconds when);
  /// Messages about episodes that this recipient was sent in (since, until], oldest first.
  std::vector<Milliseconds> sent_since(std::string_view recipient, Milliseconds since, Milliseconds until) const;

  /// How many letters to this recipient gave way since the last digest.
  std::uint64_t left_out(const std::string& recipient) const;
  /// The same; counting begins anew.
  std::uint64_t take_left_out(const std::string& recipient);

 private:
  struct Sent {
    std::string recipient;
    Milliseconds when;
  };
  void read(Milliseconds now);
  void read_done(const std::filesystem::path& file, Milliseconds now);
  void drop_merged(const Letter& digest);
  bool write(const Letter& letter);
  void mark(const Letter& letter, Done done, Milliseconds when);
  void write_left_out();
  std::filesystem::path file_of(std::string_view key) const;
  std::filesystem::path done_file_of(std::string_view key) const;

  std::filesystem::path folder_;
  Tell tell_;
  std::size_t most_;
  std::map<std::string, Letter, std::less<>> letters_;
  std::map<std::string, std::uint64_t> left_out_;
  std::set<std::string, std::less<>> done_;  ///< hashes of keys
  std::vector<Sent> sent_;
};

}  // namespace breakwater::alerts
