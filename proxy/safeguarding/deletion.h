#pragma once

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/safeguarding/record.h"

namespace breakwater::safeguarding {

/// What a deletion takes away: of every record of these kinds before `until` that stands before it in the chain, from
/// `from` to `to`, except for those that are held. Times, kinds, references and digests stay, and so does the chain.
struct Deletion {
  /// The sealed part; the body too; or lines and files elsewhere in the state directory, which no record had.
  enum class What : std::uint8_t { names, all, elsewhere };

  std::string purpose;  ///< in words: the rule of the policy, or the request that asked for it
  What what = What::names;
  std::vector<Kind> kinds;
  Milliseconds until;
  std::set<std::int64_t> held{};  ///< by seq
  std::int64_t count = 0;         ///< how many records lost something
  std::int64_t seq = 0;           ///< of its own record
  std::int64_t from = 0;          ///< by seq; both included
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  /// Of the chain that `held` was taken from, the last record: a later hold stops the deletion. No part of its record.
  std::int64_t holds_known_to = std::numeric_limits<std::int64_t>::max();
};

/// The record of a deletion elsewhere: its purpose, `count` lines or files of before `until`.
Entry receipt(const Deletion& deletion, Milliseconds now);

/// The body of its record, and back. nullopt: it is no record of a deletion.
std::string to_json(const Deletion& deletion);
std::optional<Deletion> parse_deletion(const Record& record);

/// A record that has lost a part of it.
struct Loss {
  std::int64_t seq = 0;
  Milliseconds time;
  Kind kind = Kind::attempt;
  Deletion::What what = Deletion::What::names;
};

/// Is the deletion why?
bool covers(const Deletion& deletion, const Loss& loss);

}  // namespace breakwater::safeguarding
