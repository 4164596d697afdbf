#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <sys/types.h>

#include "proxy/admin/journal.h"
#include "proxy/admin/pass_file.h"
#include "rules/grant.h"

namespace breakwater::admin {

/// Who is at the other end of the control socket, as the kernel says (SO_PEERCRED).
struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// The passes in force, kept in STATE/passes.json, and what becomes of each, in STATE/passes.log: "grant", "use" (the
/// first of each client), "shorten", "revoke" and "end", one JSON object a line. One thread.
class PassBook {
 public:
  /// `tell` gets what the operator should know. Reads what was in force when the gateway ended.
  PassBook(const std::filesystem::path& state, std::function<void(const std::string&)> tell);

  const std::vector<PassRecord>& records() const { return records_; }

  /// Recorded and kept before it is in force; the pass with its id, or why there is none.
  Result<rules::Pass, rules::Refusal> grant(rules::Pass pass, const Peer& peer, rules::SysSeconds now);
  /// Returns why it cannot be. A pass is revoked also where that cannot be recorded yet.
  std::optional<std::string> revoke(std::string_view id, std::string_view by, const Peer& peer, rules::SysSeconds now);
  /// The first use of each client is recorded, all are counted. A pass that is gone is left alone.
  void note_use(std::string_view id, const std::string& client, std::uint64_t uses, rules::SysSeconds now);
  /// Ends what is over.
  void end_past(rules::SysSeconds now);
  /// After a reload: ends what the new policy does not know or has in its floor, shortens what its bells cut.
  void revise(rules::Engine& engine, rules::SysSeconds now);
  /// Writes what could not be written before, and the counts of uses.
  void save();

 private:
  void note(nlohmann::ordered_json event);
  std::optional<std::string> write_notes();
  std::optional<std::string> keep(categories::Durability durability);
  void end(const PassRecord& record, std::string_view why, rules::SysSeconds now);
  void tell_once(const std::optional<std::string>& failure);

  std::filesystem::path state_;
  std::function<void(const std::string&)> tell_;
  Journal journal_;
  std::vector<PassRecord> records_;
  std::vector<std::string> notes_;  ///< lines that are still to be written
  std::set<std::string> told_;      ///< failures that last
  enum class Kept : std::uint8_t { yes, not_yet } kept_ = Kept::yes;
};

}  // namespace breakwater::admin
