#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "categories/result.h"
#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/deletion.h"
#include "proxy/safeguarding/record.h"
#include "proxy/safeguarding/sealer.h"

namespace breakwater::safeguarding {

/// What SQLite answered: its primary result code, and its words after the name of the file.
struct StoreError {
  int code = 0;
  std::string message;
};

/// Which records; those that meet all of it.
struct Filter {
  std::vector<Kind> kinds{};  ///< none: all
  Milliseconds since{};
  Milliseconds until = Milliseconds::max();                       ///< not included
  std::string reference{};                                        ///< "": any
  std::int64_t after = std::numeric_limits<std::int64_t>::min();  ///< place in the chain: not included
  std::int64_t up_to = std::numeric_limits<std::int64_t>::max();  ///< included
};

/// The records of one gateway, as a chain: `attempts.db` in the state directory (SQLite, WAL, synchronous=FULL). One
/// thread at a time; others, and other processes, open their own: all of them may append.
class Store {
 public:
  enum class Mode : std::uint8_t { read_only, read_write };

  /// `read_write` makes the folder (0700) and the file (0600) where they are not there, makes the schema or migrates
  /// it, and seals with `sealer`: one of its own where there is none. `read_only` needs file and schema, and works
  /// while the gateway writes. A file that is damaged, of another program or of a later version is refused and left as
  /// it is.
  static Result<std::unique_ptr<Store>, StoreError> open(const std::filesystem::path& state, Mode mode,
                                                         std::shared_ptr<Sealer> sealer = {});
  ~Store();

  /// All or none, in one transaction, on disk when it returns without an error. Each body gets a random salt, so that
  /// its digest tells nothing once it is deleted. Blocks for a second at most where another process holds the lock, and
  /// fails where the file was moved or deleted (open it anew), or where names cannot be sealed.
  std::optional<StoreError> append(std::span<const Entry> entries);
  /// The same. An attempt whose id and time are there already is kept once, so that a retry cannot double it. Text is
  /// kept as clean_text() makes it.
  std::optional<StoreError> append(std::span<const Attempt> attempts);

  /// Sheets of a Tally. Those that go on are kept beside the chain, without names; those that do not go on become
  /// records of it.
  struct Sheets {
    std::span<const Attempt> open;
    std::span<const Attempt> closed;
  };
  /// The same with sheets.
  std::optional<StoreError> append(std::span<const Attempt> attempts, const Sheets& sheets);
  /// Sheets that a process has left which did not end well become records, and are told in `left`; without names. To be
  /// called where no process goes on with them.
  std::optional<StoreError> close_sheets(std::vector<Attempt>& left);

  /// How a deletion goes on without keeping others from writing.
  struct Slices {
    std::size_t records = 2'000;  ///< in one transaction, with a record of their own that tells of it
    std::stop_token stop{};       ///< fails at the next one
  };
  /// Deletes what `deletion` names and records it, and fills in its count; nothing is recorded where there was nothing
  /// to delete. Slice by slice, with pauses as long as a slice: what was done until it failed is done and recorded.
  /// What is deleted is overwritten in the file, and goes from its log. Heads, keys and deletions themselves prove the
  /// chain, and cannot be deleted.
  std::optional<StoreError> erase(Deletion& deletion, Milliseconds now, const Slices& slices);
  std::optional<StoreError> erase(Deletion& deletion, Milliseconds now) { return erase(deletion, now, Slices{}); }

  /// Calls `visit` for each record that the filter lets through, in the order of the chain. `visit` leaves the store
  /// alone.
  std::optional<StoreError> each(const Filter& filter, const std::function<void(const Record&)>& visit);

  /// The place of the last record in the chain; 0: none.
  std::optional<StoreError> last_seq(std::int64_t& seq);

  /// Signs the last record's hash, records the head, and adds it to `heads.jsonl` in the state directory. Where nothing
  /// came since the last head, that one is answered. The gateway's key is made and recorded at the first call.
  Result<Head, StoreError> sign_head(Milliseconds now);
  /// The one that was recorded last.
  std::optional<StoreError> last_head(std::optional<Head>& head);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
