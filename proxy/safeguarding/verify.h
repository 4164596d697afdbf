#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/deletion.h"
#include "proxy/safeguarding/record.h"

namespace breakwater::safeguarding {

/// What the look at a chain has found.
struct Verification {
  /// The first record that is not as it was written. 0: what is wrong is no record's.
  struct Fault {
    std::int64_t seq = 0;
    std::string message;
  };

  std::optional<Fault> fault;  ///< none: every record is as it was written
  std::int64_t records = 0;    ///< as far as it looked
  Milliseconds first, last;    ///< times of the first and the last record
  std::int64_t heads = 0;      ///< with a sound signature
  std::optional<Head> head;    ///< the last of them
  /// Records of heads that say an earlier time than the one before: somebody set the clock back, which is no fault.
  std::vector<std::int64_t> set_back;
  std::int64_t names_deleted = 0, bodies_deleted = 0;
  std::vector<Deletion> deletions;  ///< in the order of the chain
};

/// Follows a chain record by record: pure, and as quick as its hashes.
class Verifier {
 public:
  /// `heads` that were kept elsewhere (heads.jsonl, a mail), whose signatures are known to be sound.
  explicit Verifier(std::span<const Head> heads);

  /// The next record in the order of seq. After a fault only deletions still count, since they tell of records before
  /// them.
  void add(const Record& record);
  /// After the last one.
  Verification finish();

 private:
  void fail(std::int64_t seq, std::string message);
  void check_link(const Record& record);
  void settle_link(const Record& next);
  void check_parts(const Record& record);
  void check_head(const Record& record);
  void check_losses();
  void check_end();

  Verification result_;
  std::multimap<std::int64_t, Head> heads_;  // by the record that they cover
  std::set<crypto::PublicKey> keys_;         // that the chain has named
  std::optional<Record> unlinked_;           // does not follow: the next one tells why
  Digest computed_{};                        // what its hash should be
  Digest before_ = kNoRecord;
  std::vector<Loss> losses_;  // which a later record has to tell of
};

/// The chain in a state directory, its `heads.jsonl`, and the heads given. nullopt, and why in `error`, where it cannot
/// be read at all.
std::optional<Verification> verify_state(const std::filesystem::path& state, std::span<const Head> heads,
                                         std::string& error);

}  // namespace breakwater::safeguarding
