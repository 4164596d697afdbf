#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "rules/acceptance_parser.h"
#include "rules/circumvention_parser.h"
#include "rules/civil_time.h"
#include "rules/lists_parser.h"
#include "rules/network_index.h"
#include "rules/policy_draft.h"
#include "rules/policy_names.h"
#include "rules/private_use_parser.h"
#include "rules/quantity_reader.h"
#include "rules/recipient_parser.h"
#include "rules/report_schedule_parser.h"
#include "rules/retention_parser.h"
#include "rules/safe_search_parser.h"
#include "rules/self_test_parser.h"
#include "rules/sign_in_parser.h"
#include "rules/theme_parser.h"
#include "rules/timetable_parser.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {
namespace {

using categories::Network;

constexpr std::size_t kMaxGroups = 256;
constexpr std::size_t kMaxTimetables = 256;
constexpr std::size_t kMaxRules = 4096;

class PolicyParser {
 public:
  PolicyParser(const std::filesystem::path& file, DiagnosticSink& sink) : folder_(file.parent_path()), sink_(sink) {
    draft_.file = file.string();
  }

  PolicyDraft parse(const toml::table& tree);

 private:
  void centre(TomlTable table);
  void timetables(std::vector<TomlTable> tables);
  void groups(std::vector<TomlTable> tables);
  void networks(const std::vector<Text>& texts, Group& group);
  std::optional<Network> network(const Text& text);
  void rules(std::vector<TomlTable> tables);
  void rule_categories(TomlTable& table, RuleDraft& rule);
  std::vector<std::string> periods(const std::vector<Text>& texts, const std::vector<GroupId>& groups,
                                   std::string_view whose);
  void quotas(std::vector<TomlTable> tables);
  void other_periods();
  void concern(TomlTable table);
  std::vector<Text> hosts(TomlTable& table);
  void bell(TomlTable table);
  template <class Range>
  std::optional<std::uint16_t> reference(const Text& text, std::string_view kind, const Range& named) {
    const auto found = find_named(text, kind, named, sink_);
    sound_ &= found.has_value();
    return found;
  }

  std::filesystem::path folder_;
  DiagnosticSink& sink_;
  CategoryNames category_names_{sink_};
  GroupMembersParser members_{sink_};
  PolicyDraft draft_;
  SafeSearchDraft safe_search_;
  std::vector<TimetableDraft> timetables_;
  std::vector<std::set<std::string>> periods_;  ///< by timetable
  std::set<std::string> all_periods_;
  std::map<Network, std::pair<GroupId, Place>> networks_;
  bool sound_ = true;  ///< every reference so far was known: what depends on them may be judged
};

void PolicyParser::centre(TomlTable table) {
  if (auto name = table.label("name", Need::required)) draft_.centre = std::move(name->value);
  if (const auto zone = table.label("timezone", Need::required)) {
    draft_.zone = find_zone(zone->value);
    if (!draft_.zone)
      sink_.error(zone->place, "unknown time zone " + in_quotes(zone->value) +
                                   sink_.did_you_mean(zone->place, zone->value, zone_names()));
  }
  for (auto& host : hosts(table))
    draft_.own_hosts.push_back(std::move(host.value));
  table.check_unknown();
}

void PolicyParser::timetables(std::vector<TomlTable> tables) {
  keep_first(kMaxTimetables, "timetables", tables, sink_);
  UniqueNames names("timetable", sink_);
  UniqueNames calendar_names("calendar", sink_);
  for (auto& table : tables) {
    auto& draft = timetables_.emplace_back(parse_timetable(table, folder_, sink_));
    if (!draft.timetable.name.empty()) names.add({draft.timetable.name, draft.name_place});
    draft_.timetables.push_back(draft.timetable);
    draft_.timetables.back().zone = draft_.zone;
    auto& periods = periods_.emplace_back();
    for (const auto name : draft.week_periods())
      periods.emplace(name);
    for (const auto& text : draft.other_periods)
      periods.insert(text.value);
    for (const auto& name : draft.calendar_names)
      calendar_names.add(name);
    for (auto& calendar : draft.calendars) {
      calendar.timetable = draft_.timetables.size() - 1;
      draft_.calendars.push_back(std::move(calendar));
    }
    all_periods_.insert(periods.begin(), periods.end());
  }
}

std::optional<Network> PolicyParser::network(const Text& text) {
  if (const auto network = Network::parse(text.value)) return network;
  // Tell host bits, which are easily repaired, from what is no network at all.
  const std::string_view value = text.value;
  const auto slash = std::min(value.find('/'), value.size());
  const auto address = categories::IpAddress::parse(value.substr(0, slash));
  const auto digits = value.substr(std::min(slash + 1, value.size()));
  unsigned prefix = 0;
  const auto parsed = std::from_chars(digits.begin(), digits.end(), prefix);
  const unsigned width = address && address->is_v4() ? 32 : 128;
  if (address && parsed.ec == std::errc{} && parsed.ptr == digits.end() && prefix <= width) {
    const auto meant = network_of(*address, static_cast<std::uint8_t>(128 - width + prefix));
    sink_.error(text.place,
                in_quotes(value) + " has host bits set; did you mean " + in_quotes(meant.to_string()) + '?');
    return std::nullopt;
  }
  sink_.error(text.place, in_quotes(text.value) + " is no network (write 10.20.0.0/16 or fd00:20::/64)");
  return std::nullopt;
}

void PolicyParser::networks(const std::vector<Text>& texts, Group& group) {
  const auto id = static_cast<GroupId>(draft_.groups.size());
  for (const auto& text : texts) {
    const auto parsed = network(text);
    if (!parsed) continue;
    const auto [earlier, fresh] = networks_.try_emplace(*parsed, id, text.place);
    if (fresh) {
      group.networks.push_back(*parsed);
    } else if (earlier->second.first == id) {
      sink_.error(text.place, "network " + in_quotes(text.value) + " stands twice in this group");
    } else {
      sink_.error(text.place, "network " + in_quotes(text.value) + " belongs to group " +
                                  in_quotes(draft_.groups[earlier->second.first].name) + " already (" +
                                  at_line(earlier->second.second) + ')');
    }
  }
}

void PolicyParser::groups(std::vector<TomlTable> tables) {
  keep_first(kMaxGroups, "groups", tables, sink_);
  UniqueNames names("group", sink_);
  Place catch_all;
  for (auto& table : tables) {
    Group group;
    if (auto name = table.label("name", Need::required)) {
      names.add(*name);
      group.name = std::move(name->value);
    }
    networks(table.texts("networks"), group);
    group.members = members_.parse(table);
    if (const auto timetable = table.text("timetable"))
      group.timetable = reference(*timetable, "timetable", draft_.timetables);
    if (const auto fallback = table.text("default")) {
      if (fallback->value == "block")
        group.fallback = Action::block;
      else if (fallback->value != "allow")
        sink_.error(fallback->place, "default: " + in_quotes(fallback->value) + " is neither \"allow\" nor \"block\"");
    }
    if (const auto flag = table.flag("catch_all"); flag && flag->value) {
      if (draft_.catch_all) {
        sink_.error(flag->place, "group " + in_quotes(draft_.groups[*draft_.catch_all].name) +
                                     " is the catch-all already (" + at_line(catch_all) + ')');
      } else {
        catch_all = flag->place;
        draft_.catch_all = static_cast<GroupId>(draft_.groups.size());
      }
    }
    group.sign_in = parse_sign_in(table, sink_);
    group.safe_search = parse_group_safe_search(table, safe_search_, sink_);
    table.check_unknown();
    draft_.groups.push_back(std::move(group));
  }
  if (tables.empty()) sink_.warning({}, "there is no [[group]]: every client is refused");
}

void PolicyParser::rule_categories(TomlTable& table, RuleDraft& rule) {
  std::map<std::string, Place> allowed;
  for (auto& text : table.texts("allow")) {
    if (!category_names_.check(text)) continue;
    allowed.try_emplace(text.value, text.place);
    rule.allow.push_back(std::move(text));
  }
  for (auto& text : table.texts("block")) {
    if (!category_names_.check(text)) continue;
    if (const auto found = allowed.find(text.value); found != allowed.end())
      sink_.error(text.place,
                  "this rule both allows (" + at_line(found->second) + ") and blocks " + in_quotes(text.value));
    rule.block.push_back(std::move(text));
  }
  if (table.is_empty("allow") && table.is_empty("block"))
    sink_.error(table.place(), "this rule says nothing: it needs allow or block");
}

/// `whose` names what speaks of the periods, for these groups: "rule".
std::vector<std::string> PolicyParser::periods(const std::vector<Text>& texts, const std::vector<GroupId>& groups,
                                               std::string_view whose) {
  const auto is_meant = [&](std::size_t group) {
    return groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end();
  };
  std::set<std::uint16_t> timetables;
  for (std::size_t i = 0; i < draft_.groups.size(); ++i)
    if (draft_.groups[i].timetable && is_meant(i)) timetables.insert(*draft_.groups[i].timetable);
  std::vector<std::string> names;
  for (const auto& period : texts) {
    const auto knows = [&](std::uint16_t timetable) { return periods_[timetable].contains(period.value); };
    if (!all_periods_.contains(period.value))
      sink_.error(period.place, "unknown period " + in_quotes(period.value) +
                                    sink_.did_you_mean(period.place, period.value, all_periods_));
    else if (sound_ && std::none_of(timetables.begin(), timetables.end(), knows))
      sink_.error(period.place, "period " + in_quotes(period.value) + " is in no timetable of this " +
                                    std::string(whose) + "'s groups");
    names.push_back(period.value);
  }
  return names;
}

void PolicyParser::rules(std::vector<TomlTable> tables) {
  keep_first(kMaxRules, "rules", tables, sink_);
  UniqueNames names("rule", sink_);
  for (auto& table : tables) {
    RuleDraft rule;
    if (auto name = table.label("name", Need::required)) {
      names.add(*name);
      rule.name = std::move(*name);
    }
    for (const auto& text : table.texts("groups", Need::filled))
      if (const auto group = reference(text, "group", draft_.groups)) rule.groups.push_back(*group);
    rule.periods = periods(table.texts("periods", Need::filled), rule.groups, "rule");
    rule_categories(table, rule);
    table.check_unknown();
    draft_.rules.push_back(std::move(rule));
  }
}

void PolicyParser::quotas(std::vector<TomlTable> tables) {
  keep_first(kMaxQuotas, "quotas", tables, sink_);
  UniqueNames names("quota", sink_);
  for (auto& table : tables) {
    auto draft = parse_quota(table, category_names_, sink_);
    auto& quota = draft.quota;
    if (!quota.name.empty()) names.add({quota.name, draft.place});
    for (const auto& text : draft.groups)
      if (const auto group = reference(text, "group", draft_.groups)) quota.groups.push_back(*group);
    quota.periods = periods(draft.periods, quota.groups, "quota");
    if (sound_) check_returns(draft, draft_.groups, sink_);
    draft_.quotas.push_back(std::move(draft));
  }
}

/// An exception or a calendar may bring a period that the week does not have, if a rule or quota speaks of it; else its
/// name is likely a slip.
void PolicyParser::other_periods() {
  std::set<std::string_view> in_rules;
  for (const auto& rule : draft_.rules)
    in_rules.insert(rule.periods.begin(), rule.periods.end());
  for (const auto& draft : draft_.quotas)
    in_rules.insert(draft.quota.periods.begin(), draft.quota.periods.end());
  for (const auto& timetable : timetables_) {
    const auto week = timetable.week_periods();
    for (const auto& period : timetable.other_periods) {
      if (in_rules.contains(period.value) || std::find(week.begin(), week.end(), period.value) != week.end()) continue;
      sink_.warning(period.place, "period " + in_quotes(period.value) +
                                      " is in neither this timetable's week nor a rule" +
                                      sink_.did_you_mean(period.place, period.value, week));
    }
  }
}

void PolicyParser::concern(TomlTable table) {
  for (auto& [category, level] : table.entries()) {
    if (!category_names_.check(category)) continue;
    auto concern = Concern::none;
    for (const auto known : {Concern::notice, Concern::warning, Concern::danger})
      if (level.value == to_string(known)) concern = known;
    if (concern == Concern::none)
      sink_.error(level.place, in_quotes(level.value) + " is no concern (write notice, warning or danger)");
    draft_.concern.emplace_back(std::move(category), concern);
  }
}

std::vector<Text> PolicyParser::hosts(TomlTable& table) {
  auto texts = table.texts("hosts");
  std::erase_if(texts, [&](Text& text) {
    const auto host = categories::normalise_host(text.value, categories::HostSource::person);
    if (host)
      text.value = host->text();
    else
      sink_.error(text.place, in_quotes(text.value) + " is no host: " + std::string(to_string(host.error())));
    return !host;
  });
  return texts;
}

void PolicyParser::bell(TomlTable table) {
  if (const auto grace = read_duration(table, "grace", {"0s", "1h"}, sink_)) draft_.grace = *grace;
  table.check_unknown();
}

PolicyDraft PolicyParser::parse(const toml::table& tree) {
  TomlTable top(tree, "the policy", sink_);
  if (auto table = top.table("centre", Need::required)) centre(std::move(*table));
  if (auto table = top.table("lists")) {
    auto lists = parse_lists(*table, folder_, category_names_, sink_);
    draft_.sources = std::move(lists.sources);
    draft_.feeds = std::move(lists.feeds);
    draft_.locked = std::move(lists.locked);
  } else if (!top.has("lists")) {
    sink_.warning({}, "there is no [lists]: no site has a category");
  }
  timetables(top.tables("timetable"));
  if (auto table = top.table("safe_search")) safe_search_ = parse_safe_search(*table, sink_);
  groups(top.tables("group"));
  if (auto table = top.table("floor")) {
    for (auto& text : table->texts("categories"))
      if (category_names_.check(text)) draft_.floor.push_back(std::move(text));
    table->check_unknown();
  }
  if (auto table = top.table("essential")) {
    draft_.essential = hosts(*table);
    table->check_unknown();
  }
  if (auto table = top.table("concern")) concern(std::move(*table));
  parse_themes(top.tables("theme"), category_names_, draft_.safeguarding, sink_);
  if (auto table = top.table("safeguarding")) {
    parse_safeguarding(*table, category_names_, draft_.safeguarding, sink_);
    table->check_unknown();
  }
  if (auto table = top.table("bell")) bell(std::move(*table));
  if (auto table = top.table("acceptance")) draft_.acceptance = parse_acceptance(*table, folder_, draft_.groups, sink_);
  if (auto table = top.table("retention")) draft_.retention = parse_retention(*table, sink_);
  if (auto table = top.table("log")) draft_.private_use = parse_private_use(*table, all_periods_, sink_);
  if (auto table = top.table("circumvention")) draft_.circumvention = parse_circumvention(*table, draft_.groups, sink_);
  draft_.recipients = parse_recipients(top.tables("recipient"), folder_, sink_);
  if (auto table = top.table("reports"))
    draft_.reports = parse_report_schedule(*table, draft_.recipients, draft_.timetables, sink_);
  draft_.self_tests = parse_self_tests(top.tables("selftest"), draft_.groups, category_names_, sink_);
  rules(top.tables("rule"));
  quotas(top.tables("quota"));
  other_periods();
  top.check_unknown();
  return std::move(draft_);
}

}  // namespace

PolicyDraft parse_policy(std::string_view text, const std::filesystem::path& file, DiagnosticSink& sink) {
  const auto tree = parse_toml(text, sink);
  if (!tree) return {};
  auto draft = PolicyParser(file, sink).parse(*tree);
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    draft.text = text;
  return draft;
}

}  // namespace breakwater::rules
