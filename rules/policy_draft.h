#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "categories/catalogue_builder.h"
#include "rules/calendar.h"
#include "rules/diagnostic_sink.h"
#include "rules/feed.h"
#include "rules/policy.h"
#include "rules/quota_parser.h"
#include "rules/self_test.h"
#include "rules/theme_parser.h"

namespace breakwater::rules {

struct RuleDraft {
  Text name;
  std::vector<GroupId> groups;       ///< empty: all
  std::vector<std::string> periods;  ///< empty: all
  std::vector<Text> allow;
  std::vector<Text> block;
};

/// A policy file as read: complete but for categories, which are names until a catalogue knows them.
struct PolicyDraft {
  std::string file;
  std::string text;  ///< of the file, where it is not all ASCII; empty otherwise (see DiagnosticSink)

  std::string centre;
  const date::time_zone* zone = nullptr;
  std::chrono::milliseconds grace{60'000};
  std::vector<std::string> own_hosts;  ///< in normal form
  categories::Sources sources;
  std::vector<Feed> feeds;  ///< the first of `sources`, in their order
  std::vector<LockedSlot> locked;
  std::vector<Timetable> timetables;  ///< without the events of calendars
  std::vector<Calendar> calendars;
  std::vector<Group> groups;
  std::optional<GroupId> catch_all;
  std::vector<RuleDraft> rules;
  std::vector<QuotaDraft> quotas;
  std::vector<Text> floor;
  std::vector<std::pair<Text, Concern>> concern;
  SafeguardingDraft safeguarding;
  std::vector<Text> essential;  ///< in normal form
  std::optional<AcceptanceTerms> acceptance;
  std::vector<Recipient> recipients;
  Retention retention;
  PrivateUse private_use;
  Circumvention circumvention;
  ReportSchedule reports;
  std::vector<SelfTest> self_tests;
};

/// Parses and checks a file; see PolicyFile::parse(). Every mistake goes to the sink; without one the draft is whole.
PolicyDraft parse_policy(std::string_view text, const std::filesystem::path& file, DiagnosticSink& sink);

/// See PolicyFile::resolve(). nullopt where there was an error.
std::optional<Policy> resolve_policy(const PolicyDraft& draft, const categories::Catalogue& catalogue,
                                     DiagnosticSink& sink);

/// Only the checks of resolve_policy(), for a draft that has mistakes of its own.
void check_names(const PolicyDraft& draft, const categories::Catalogue& catalogue, DiagnosticSink& sink);

}  // namespace breakwater::rules
