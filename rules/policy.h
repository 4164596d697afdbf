#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "categories/category.h"
#include "categories/host.h"
#include "rules/acceptance.h"
#include "rules/circumvention.h"
#include "rules/group_members.h"
#include "rules/network_index.h"
#include "rules/private_use.h"
#include "rules/quota.h"
#include "rules/recipient.h"
#include "rules/report_schedule.h"
#include "rules/retention.h"
#include "rules/safe_search.h"
#include "rules/subject.h"
#include "rules/theme.h"
#include "rules/timetable.h"
#include "rules/verdict.h"

namespace breakwater::rules {

/// What a rule says of a category in one period, looked up by category.
struct Ruling {
  Action action;
  std::uint16_t rule;  ///< index in Policy::rules
};

/// By category; none where no rule speaks of it.
using Rulings = std::vector<std::optional<Ruling>>;

/// Must whoever is in a group sign in before anything but essential hosts opens?
enum class SignIn : std::uint8_t { not_asked, required };

struct Group {
  std::string name;
  std::vector<categories::Network> networks;
  GroupMembers members;
  std::optional<std::uint16_t> timetable;  ///< none: the period is always ""
  Action fallback = Action::allow;         ///< `default`: a site of which no rule speaks
  SafeSearch safe_search;
  SignIn sign_in = SignIn::not_asked;
};

/// A policy resolved against a catalogue's categories. Immutable; safe from any thread. Built by PolicyFile::resolve().
class Policy {
 public:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// Hosts and domains in normal form.
  using Hosts = std::unordered_set<std::string, TextHash, std::equal_to<>>;

  std::string centre;
  const date::time_zone* zone = nullptr;
  std::vector<Group> groups;
  std::optional<GroupId> catch_all;
  std::vector<Timetable> timetables;
  std::vector<std::string> rules;  ///< names, in the order of the file
  categories::CategorySet floor;   ///< with children; the locked categories always
  std::vector<Concern> concern;    ///< by category, children included
  std::chrono::milliseconds grace{60'000};
  std::optional<AcceptanceTerms> acceptance;  ///< its texts are for who reads files to put in
  Safeguarding safeguarding;
  std::vector<Quota> quotas;          ///< at most kMaxQuotas
  std::vector<Recipient> recipients;  ///< who is told; in the order of the file
  Retention retention;
  PrivateUse private_use;
  Circumvention circumvention;
  ReportSchedule reports;

  /// The group whose network is the longest prefix of the address; else the catch-all; else kNoGroup.
  GroupId group_of(const categories::IpAddress& address) const;
  /// The group that claims the account, where one signed in; else that of the device: the one that the register names,
  /// then the one that claims its kind; else that of the address.
  GroupId group_of(const Subject& subject) const;
  std::optional<GroupId> find_group(std::string_view name) const;
  /// Does `essential` name the host or a parent domain of it?
  bool is_essential(const categories::Host& host) const;
  /// The names of the group's periods; "" alone where it has no timetable. Live as long as the policy.
  std::vector<std::string_view> periods(GroupId group) const;
  const Hosts& essential() const { return essential_; }
  /// All that the rules say for this group in this period; no entries where they say nothing. Lives as long as the
  /// policy.
  const Rulings& rulings(GroupId group, std::string_view period) const;
  /// What the rules say of a category for this group in this period; nullptr: no rule speaks of it.
  const Ruling* ruling(GroupId group, std::string_view period, categories::CategoryId category) const;

 private:
  friend class PolicyBuilder;

  /// The few periods of one group.
  struct PeriodRulings {
    std::string period;
    Rulings rulings;
  };

  NetworkIndex networks_;
  MemberIndex members_;
  Hosts essential_;
  std::vector<std::vector<PeriodRulings>> rulings_;  ///< by group
};

}  // namespace breakwater::rules
