#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/diagnostic_sink.h"
#include "rules/subject.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Who belongs to a group, beside its networks.
struct GroupMembers {
  std::vector<OwnerKind> devices;
  std::vector<std::string> users;  ///< account names in lower case; `*` stands for any run of characters
};

/// Account names are compared without regard to ASCII case.
std::string lower_account(std::string_view name);

/// Reads `devices` and `users` of each [[group]] in turn; what two groups claim is a mistake.
class GroupMembersParser {
 public:
  static constexpr std::size_t kMaxUsers = 10'000;   ///< in all groups
  static constexpr std::size_t kMaxPatterns = 256;   ///< of them with a `*`: each is tried in turn
  static constexpr std::size_t kMaxNameBytes = 253;  ///< a RADIUS attribute holds no more (RFC 2865 5)

  explicit GroupMembersParser(DiagnosticSink& sink) : sink_(sink) {}
  GroupMembers parse(TomlTable& table);

 private:
  bool is_new(const Text& text, const std::string& meant);

  DiagnosticSink& sink_;
  std::map<std::string, Place> seen_;
  std::size_t users_ = 0;
  std::size_t patterns_ = 0;
};

/// Finds the group that claims an account or a kind of device.
class MemberIndex {
 public:
  void add(GroupId group, const GroupMembers& members);

  /// A name as it stands wins over patterns, of those the one with the most letters.
  std::optional<GroupId> of_user(std::string_view user) const;
  std::optional<GroupId> of_device(OwnerKind kind) const;

 private:
  std::unordered_map<std::string, GroupId> names_;
  std::vector<std::pair<std::string, GroupId>> patterns_;  ///< the longest first
  std::array<GroupId, kOwnerKinds.size() + 1> kinds_{kNoGroup, kNoGroup, kNoGroup, kNoGroup, kNoGroup};
};

}  // namespace breakwater::rules
