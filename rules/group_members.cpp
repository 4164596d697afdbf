#include "rules/group_members.h"

#include <algorithm>

#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

/// Backtracks to the last `*` alone, which is enough: time is at most the product of both lengths.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

std::string lower_account(std::string_view name) {
  std::string lower(name);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool GroupMembersParser::is_new(const Text& text, const std::string& meant) {
  const auto [earlier, fresh] = seen_.try_emplace(meant, text.place);
  if (!fresh)
    sink_.error(text.place, in_quotes(text.value) + " belongs to a group already (" + at_line(earlier->second) + ')');
  return fresh;
}

GroupMembers GroupMembersParser::parse(TomlTable& table) {
  GroupMembers members;
  for (const auto& text : table.texts("devices")) {
    const auto kind = parse_owner_kind(text.value);
    if (!kind)
      sink_.error(text.place, "unknown kind of device " + in_quotes(text.value) +
                                  sink_.did_you_mean(text.place, text.value, kOwnerKinds) +
                                  " (pool laptop, byod, console, guest)");
    else if (is_new(text, "device " + text.value))
      members.devices.push_back(*kind);
  }
  for (const auto& text : table.texts("users")) {
    auto name = lower_account(text.value);
    const bool is_pattern = name.find('*') != std::string::npos;
    if (name.empty() || name.size() > kMaxNameBytes || has_control_character(name)) {
      sink_.error(text.place, in_quotes(text.value) + " is no account name: 1 to 253 bytes, no control characters");
    } else if (name.find_first_not_of('*') == std::string::npos) {
      sink_.error(text.place,
                  in_quotes(text.value) + " is everybody: name a part of the account, as \"*@example.org\"");
    } else if (++users_ == kMaxUsers + 1) {
      sink_.error(text.place, "more than " + std::to_string(kMaxUsers) + " users");
    } else if (is_pattern && ++patterns_ == kMaxPatterns + 1) {
      sink_.error(text.place, "more than " + std::to_string(kMaxPatterns) + " users with a \"*\"");
    } else if (users_ <= kMaxUsers && patterns_ <= kMaxPatterns && is_new(text, "user " + name)) {
      members.users.push_back(std::move(name));
    }
  }
  return members;
}

void MemberIndex::add(GroupId group, const GroupMembers& members) {
  for (const auto kind : members.devices)
    kinds_[static_cast<std::size_t>(kind)] = group;
  for (const auto& user : members.users) {
    if (user.find('*') == std::string::npos)
      names_.emplace(user, group);
    else
      patterns_.emplace_back(user, group);
  }
  std::ranges::stable_sort(patterns_, std::ranges::greater(), [](const auto& entry) {
    return static_cast<std::ptrdiff_t>(entry.first.size()) - 2 * std::ranges::count(entry.first, '*');
  });
}

std::optional<GroupId> MemberIndex::of_user(std::string_view user) const {
  if (names_.empty() && patterns_.empty()) return std::nullopt;
  const auto name = lower_account(user);
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  for (const auto& [pattern, group] : patterns_)
    if (matches(pattern, name)) return group;
  return std::nullopt;
}

std::optional<GroupId> MemberIndex::of_device(OwnerKind kind) const {
  const auto group = kinds_[static_cast<std::size_t>(kind)];
  return group == kNoGroup ? std::nullopt : std::optional(group);
}

}  // namespace breakwater::rules
