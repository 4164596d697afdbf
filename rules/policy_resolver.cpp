#include <algorithm>
#include <map>

#include "rules/policy_draft.h"

namespace breakwater::rules {

using categories::CategoryId;
using categories::CategorySet;

/// Turns names of categories into a Policy that answers by index.
class PolicyBuilder {
 public:
  PolicyBuilder(const PolicyDraft& draft, const categories::Catalogue& catalogue, DiagnosticSink& sink)
      : draft_(draft), catalogue_(catalogue), table_(catalogue.categories()), sink_(sink) {}

  Policy build() {
    policy_.centre = draft_.centre;
    policy_.zone = draft_.zone;
    policy_.grace = draft_.grace;
    policy_.acceptance = draft_.acceptance;
    policy_.recipients = draft_.recipients;
    policy_.retention = draft_.retention;
    policy_.private_use = draft_.private_use;
    policy_.circumvention = draft_.circumvention;
    policy_.reports = draft_.reports;
    policy_.groups = draft_.groups;
    policy_.catch_all = draft_.catch_all;
    policy_.timetables = draft_.timetables;
    networks();
    floor();
    concern();
    safeguarding();
    essential();
    rules();
    quotas();
    self_tests();
    return std::move(policy_);
  }

  void check_names() {
    floor();
    concern();
    safeguarding();
    essential();
    self_tests();
    for (const auto& rule : draft_.rules)
      for (const auto* names : {&rule.allow, &rule.block})
        for (const auto& text : *names)
          category(text);
    for (const auto& quota : draft_.quotas)
      for (const auto& text : quota.categories)
        category(text);
  }

 private:
  std::optional<CategoryId> category(const Text& text) {
    const auto found = table_.find(text.value);
    if (!found)
      sink_.error(text.place, "unknown category " + in_quotes(text.value) +
                                  sink_.did_you_mean(text.place, text.value, table_.names()));
    return found;
  }

  void self_tests() {
    for (const auto& test : draft_.self_tests)
      if (!test.category.empty()) category({test.category, test.place});
  }

  /// Applies each mention to its whole family, parents first, so that the more specific name has the last word.
  template <class Value>
  void apply(const std::map<CategoryId, Value>& mentions, auto& by_category) const {
    for (const bool children : {false, true}) {
      for (const auto& [id, value] : mentions) {
        if (table_.parent(id).has_value() != children) continue;
        const auto family = table_.family(id);
        for (std::size_t member = 0; member < table_.size(); ++member)
          if (family.test(member)) by_category[member] = value;
      }
    }
  }

  void networks() {
    std::vector<NetworkIndex::Entry> entries;
    for (std::size_t group = 0; group < policy_.groups.size(); ++group)
      for (const auto& network : policy_.groups[group].networks)
        entries.emplace_back(network, static_cast<GroupId>(group));
    for (std::size_t group = 0; group < policy_.groups.size(); ++group)
      policy_.members_.add(static_cast<GroupId>(group), policy_.groups[group].members);
    policy_.networks_ = NetworkIndex(std::move(entries));
  }

  void floor() {
    policy_.floor = categories::locked_categories(table_);
    for (const auto& text : draft_.floor)
      if (const auto id = category(text)) policy_.floor |= table_.family(*id);
    for (const auto& slot : draft_.locked)
      if (const auto id = table_.find(slot.category)) policy_.floor |= table_.family(*id);
  }

  void concern() {
    policy_.concern.assign(table_.size(), Concern::none);
    const auto locked = categories::locked_categories(table_);
    for (std::size_t id = 0; id < table_.size(); ++id)
      if (locked.test(id)) policy_.concern[id] = Concern::danger;
    std::map<CategoryId, Concern> mentions;
    for (const auto& [text, level] : draft_.concern)
      if (const auto id = category(text)) mentions.emplace(*id, level);
    apply(mentions, policy_.concern);
  }

  void safeguarding() {
    auto& safeguarding = policy_.safeguarding;
    safeguarding = draft_.safeguarding.settings;
    for (const auto& draft : draft_.safeguarding.themes) {
      auto& theme = safeguarding.themes.emplace_back(draft.theme);
      for (const auto& text : draft.categories)
        if (const auto id = category(text)) theme.categories |= table_.family(*id);
    }
    for (const auto& text : draft_.safeguarding.monitored) {
      const auto id = category(text);
      if (!id) continue;
      safeguarding.monitored |= table_.family(*id);
      if (policy_.concern[*id] == Concern::none)
        sink_.error(text.place, "monitor: " + in_quotes(text.value) + " is no concern: give it a level in [concern]");
      else if (policy_.floor.test(*id))
        sink_.warning(text.place, "monitor: " + in_quotes(text.value) +
                                      " is in the floor: it is never allowed, and recorded anyway");
    }
  }

  void essential() {
    const auto scratch = catalogue_.make_scratch();
    categories::Classification classification;
    for (const auto& text : draft_.essential) {
      const auto host = categories::normalise_host(text.value, categories::HostSource::person);
      if (host && scratch) catalogue_.classify(*host, "", *scratch, classification);
      if (!host || !scratch || classification.status != categories::ClassifyStatus::ok)
        sink_.error(text.place,
                    "essential host " + in_quotes(text.value) + " could not be judged: the matching engine failed");
      else
        check_floor(text, classification);
      policy_.essential_.insert(text.value);
    }
  }

  void check_floor(const Text& text, const categories::Classification& classification) {
    if ((classification.categories & policy_.floor).none()) return;
    for (const auto& match : classification.matches) {
      if (!policy_.floor.test(match.category)) continue;
      sink_.error(text.place, "essential host " + text.value +
                                  " is in the floor: " + std::string(table_.name(match.category)) + " (" +
                                  catalogue_.lists()[match.list].name + ':' + std::to_string(match.line) + ')');
    }
  }

  void rules() {
    for (const auto& group : policy_.groups) {
      auto& periods = policy_.rulings_.emplace_back();
      if (!group.timetable)
        periods.push_back({"", Rulings(table_.size())});
      else
        for (const auto period : period_names(*group.timetable))
          periods.push_back({std::string(period), Rulings(table_.size())});
    }
    for (const auto& rule : draft_.rules)
      add(rule);
  }

  std::vector<std::string_view> period_names(std::size_t index) const {
    const auto& timetable = policy_.timetables[index];
    std::vector<std::string_view> names{timetable.outside};
    for (const auto& week : timetable.weeks)
      for (const auto& day : week)
        for (const auto& slot : day)
          names.push_back(slot.period);
    for (const auto& exception : timetable.exceptions)
      names.push_back(exception.period);
    for (const auto& calendar : draft_.calendars) {
      if (calendar.timetable != index) continue;
      if (!calendar.period.empty()) names.push_back(calendar.period);
      for (const auto& [text, period] : calendar.texts)
        names.push_back(period);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  void add(const RuleDraft& rule) {
    std::map<CategoryId, Action> mentions;
    for (const auto& text : rule.allow) {
      const auto id = category(text);
      if (!id) continue;
      if (policy_.floor.test(*id))
        sink_.warning(text.place, in_quotes(text.value) + " is in the floor: no rule allows it");
      mentions.emplace(*id, Action::allow);
    }
    for (const auto& text : rule.block)
      if (const auto id = category(text)) mentions.emplace(*id, Action::block);
    std::vector<std::optional<Action>> says(table_.size());
    apply(mentions, says);

    const auto index = static_cast<std::uint16_t>(policy_.rules.size());
    policy_.rules.push_back(rule.name.value);
    for (std::size_t group = 0; group < policy_.groups.size(); ++group) {
      if (!rule.groups.empty() && std::count(rule.groups.begin(), rule.groups.end(), group) == 0) continue;
      for (auto& [period, rulings] : policy_.rulings_[group]) {
        if (!rule.periods.empty() && std::find(rule.periods.begin(), rule.periods.end(), period) == rule.periods.end())
          continue;
        for (std::size_t id = 0; id < says.size(); ++id)
          if (says[id] && !rulings[id]) rulings[id] = Ruling{*says[id], index};
      }
    }
  }

  void quotas() {
    for (const auto& draft : draft_.quotas) {
      auto quota = draft.quota;
      for (const auto& text : draft.categories) {
        const auto id = category(text);
        if (!id) continue;
        quota.categories |= table_.family(*id);
        if (policy_.floor.test(*id))
          sink_.error(text.place,
                      in_quotes(text.value) + " is in the floor: it never opens, so that nothing is used up");
        else if (!is_ever_allowed(quota, table_.family(*id)))
          sink_.warning(text.place,
                        in_quotes(text.value) + " is never allowed where this quota holds: nothing is used up");
      }
      policy_.quotas.push_back(std::move(quota));
    }
  }

  bool is_ever_allowed(const Quota& quota, const CategorySet& family) const {
    for (std::size_t i = 0; i < policy_.groups.size(); ++i) {
      const auto group = static_cast<GroupId>(i);
      for (const auto period : policy_.periods(group)) {
        if (!quota.holds(group, period)) continue;
        for (std::size_t id = 0; id < table_.size(); ++id) {
          if (!family.test(id) || policy_.floor.test(id)) continue;
          const auto* ruling = policy_.ruling(group, period, static_cast<CategoryId>(id));
          if ((ruling ? ruling->action : policy_.groups[i].fallback) == Action::allow) return true;
        }
      }
    }
    return false;
  }

  const PolicyDraft& draft_;
  const categories::Catalogue& catalogue_;
  const categories::CategoryTable& table_;
  DiagnosticSink& sink_;
  Policy policy_;
};

std::optional<Policy> resolve_policy(const PolicyDraft& draft, const categories::Catalogue& catalogue,
                                     DiagnosticSink& sink) {
  auto policy = PolicyBuilder(draft, catalogue, sink).build();
  if (sink.has_errors()) return std::nullopt;
  return policy;
}

void check_names(const PolicyDraft& draft, const categories::Catalogue& catalogue, DiagnosticSink& sink) {
  PolicyBuilder(draft, catalogue, sink).check_names();
}

}  // namespace breakwater::rules
