#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/result.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/episode.h"
#include "proxy/safeguarding/store.h"

/// An episode and what people did about it, read from the chain alone: nothing of it is kept elsewhere, so that whoever
/// verifies the chain has verified the case.
namespace breakwater::safeguarding {

enum class CaseState : std::uint8_t { fresh, seen, under_review, referred, no_further_action };
/// "new", "seen", "under review", "referred", "no further action"
std::string_view to_string(CaseState state);
std::optional<CaseState> parse_case_state(std::string_view text);
/// All names, for "one of".
std::string case_states();

/// A record of Kind::decision. What people wrote may name somebody, so that it is sealed; older records have it in
/// their body.
struct Decision {
  Milliseconds time;  ///< of its record
  CaseState state = CaseState::fresh;
  std::string reason;   ///< kSealedWords where it did not open
  std::string outcome;  ///< "referred to ...", or what came of it
  std::string by;
};
inline constexpr std::string_view kSealedWords = "sealed";

/// A record of Kind::hold: while the last one says so, nothing of the case is deleted. The reason is sealed as that of
/// a decision.
struct Hold {
  enum class Turn : std::uint8_t { on, off };
  Milliseconds time;
  Turn turn = Turn::on;
  std::string by;
  std::string reason;
};

inline constexpr std::string_view kShown = "show";  ///< somebody looked at this one case

/// A record of Kind::access: names were opened, or records left the gateway. The reason is sealed as that of a
/// decision.
struct Access {
  Milliseconds time;
  std::string by;
  std::string reason;
  std::string what;     ///< kShown, "report", "export"
  std::string subject;  ///< pseudonym
};

/// Body of a record of Kind::alert: what has become of a message, or that somebody has taken notice.
struct AlertStep {
  Milliseconds time;
  std::string state;  ///< "queued", "sent", "given up", "left out", "in a digest", "acknowledged"
  std::string role;   ///< of who is told; "": it is no message
};

/// nullopt: it is no record of one, or it is deleted.
std::optional<AlertStep> parse_alert(const Record& record);
/// `opener` for sealed words; without one kSealedWords stands for them.
std::optional<Decision> parse_decision(const Record& record, Opener* opener = nullptr);
std::optional<Hold> parse_hold(const Record& record, Opener* opener = nullptr);
std::optional<Access> parse_access(const Record& record, Opener* opener = nullptr);

/// A record of Kind::episode: how far the episode had come.
struct Growth {
  Milliseconds time;
  Stage stage = Stage::opened;
  std::uint64_t attempts = 0;
};

struct Case {
  Episode episode;             ///< as its last record has it
  Record record;               ///< that record: its sealed part has the names
  std::vector<Growth> growth;  // the rest in the order of the chain
  std::vector<AlertStep> alerts;
  std::vector<Decision> decisions;
  std::vector<Hold> holds;
  std::vector<Access> accesses;

  /// That of the last decision. Without any, a case that was looked at is seen.
  CaseState state() const;
  bool held() const { return !holds.empty() && holds.back().turn == Hold::Turn::on; }
  /// When somebody first decided something, or had it shown with its names; nullopt: nobody has looked at it. A report
  /// about all episodes is no look at one.
  std::optional<Milliseconds> first_look() const;
};

/// The cases whose episodes began in [since, until), in the order of the chain; with a reference that one alone. An
/// episode whose body was deleted is none. The words of decisions are read with an `opener`, whose use was recorded.
struct CaseFilter {
  Milliseconds since{};
  Milliseconds until = Milliseconds::max();
  std::string reference{};
};
Result<std::vector<Case>, StoreError> read_cases(Store& store, const CaseFilter& filter = {}, Opener* opener = nullptr);

/// Why the decision makes no sense now; "" where it does. Nothing becomes new again, or merely seen after more was
/// decided; all but "seen" needs a reason, and a referral an outcome that says to whom.
std::string refusal(const Case& about, const Decision& decision);
/// The same of a hold: it needs a reason, and changes something.
std::string refusal(const Case& about, const Hold& hold);

/// To be appended.
Entry to_entry(const std::string& reference, const Decision& decision);
Entry to_entry(const std::string& reference, const Hold& hold);
Entry to_entry(const std::string& reference, const Access& access);

}  // namespace breakwater::safeguarding
