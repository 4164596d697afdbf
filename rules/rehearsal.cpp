#include "rules/rehearsal.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>

#include "categories/url.h"

namespace breakwater::rules {
namespace {

using categories::CategoryId;
using categories::Host;
using categories::ListRole;

constexpr std::uint64_t kSmallList = 100;  // entries, below which a list may change as it likes
constexpr std::uint64_t kFewVisits = 50;   // below which a share of them says nothing
constexpr std::uint64_t kMostShare = 10;   // percent of the visits that feeds may newly block
constexpr std::size_t kExamples = 10;

/// Where a shared suffix is what the category is about.
constexpr std::array<std::string_view, 5> kAboutSuffixes{"dynamic-dns", "web-hosting", "url-shorteners", "file-hosting",
                                                         "cloud-storage"};

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return std::to_string(number).append(" ").append(number == 1 ? one : many);
}

/// A host and what became of its visits.
struct Changed {
  std::uint64_t visits = 0;
  bool essential = false;
  bool withheld = false;  ///< what a locked list holds is told nowhere
  std::string why;
};
using ChangedHosts = std::unordered_map<std::string, Changed>;

class Rehearsing {
 public:
  explicit Rehearsing(const RehearsalInput& input) : input_(input), after_(input.after) {
    if (input.before) before_.emplace(input.before);
  }

  Rehearsal run() {
    if (before_) {
      categories();
      visits();
    }
    for (const auto& change : input_.changes)
      size(change);
    for (const auto& suffix : input_.suffixes)
      shared_suffix(suffix);
    for (const auto& host : after_.snapshot()->policy.essential())
      protected_host(host, Objection::Kind::essential);
    for (const auto& host : input_.own_hosts)
      protected_host(host, Objection::Kind::own_host);
    return std::move(result_);
  }

 private:
  const Snapshot& after() const { return *after_.snapshot(); }

  void object(Objection::Kind kind, std::string message) { result_.objections.push_back({kind, std::move(message)}); }

  /// Facts as of CONNECT: what a host alone gives.
  static Facts facts_of(const Host& host) { return {Stage::hello, host, 443, {}}; }

  /// The entry that decided: "ut1/press/domains:7".
  static std::string where(const Snapshot& snapshot, const categories::Match& match) {
    auto text = snapshot.catalogue->lists()[match.list].name;
    if (match.line != 0) text.append(":").append(std::to_string(match.line));
    return text;
  }

  static std::string why(const Snapshot& snapshot, const Verdict& verdict) {
    if (!verdict.because) return std::string{to_string(verdict.reason)};
    return std::string{snapshot.catalogue->categories().name(verdict.because->category)} + " (" +
           where(snapshot, *verdict.because) + ')';
  }

  /// A category without a single entry protects nobody any more, and a rule that names it means nothing.
  void categories() {
    const auto entries = [](const Snapshot& snapshot) {
      std::unordered_map<std::string_view, std::uint64_t> by_category;
      for (const auto& list : snapshot.catalogue->lists())
        if (list.role != ListRole::allow && list.role != ListRole::exception)
          by_category[snapshot.catalogue->categories().name(list.category)] += list.entries;
      return by_category;
    };
    const auto before = entries(*input_.before);
    const auto now = entries(after());
    std::set<std::string_view> gone;
    for (const auto& [name, number] : before) {
      const auto found = now.find(name);
      if (number > 0 && (found == now.end() || found->second == 0) && came_from_feeds(name)) gone.insert(name);
    }
    for (const auto name : gone) {
      const auto id = after().catalogue->categories().find(name);
      const bool floor = id && after().policy.floor.test(*id);
      object(floor ? Objection::Kind::floor : Objection::Kind::category_gone,
             "the category " + std::string{name} + (floor ? " of the floor" : "") + " has lost its last entry");
    }
  }

  bool came_from_feeds(std::string_view category) const {
    const auto& catalogue = *input_.before->catalogue;
    return std::ranges::any_of(catalogue.lists(), [&](const auto& list) {
      return list.role == ListRole::feed && list.entries > 0 && catalogue.categories().name(list.category) == category;
    });
  }

  void size(const ListChange& change) {
    if (change.before < kSmallList) return;
    const auto [least, most] = std::pair{change.before - change.before * std::min(change.limits.shrink, 100u) / 100,
                                         change.before + change.before * change.limits.grow / 100};
    if (change.after >= least && change.after <= most) return;
    const bool shrunk = change.after < least;
    object(shrunk ? Objection::Kind::shrunk : Objection::Kind::grown,
           change.name + (shrunk ? " shrinks from " : " grows from ") + std::to_string(change.before) + " to " +
               counted(change.after, "entry", "entries") + ", more than " +
               std::to_string(shrunk ? change.limits.shrink : change.limits.grow) + " %");
  }

  void shared_suffix(const NewSharedSuffix& suffix) {
    if (std::ranges::count(kAboutSuffixes, suffix.category) > 0) return;
    object(Objection::Kind::public_suffix, suffix.host + " in " + suffix.category + " (" + suffix.where +
                                               ") is a public suffix: it covers the sites of all its customers");
  }

  /// A feed that begins to list a host that lessons need, or the centre's own, in a category that is blocked for
  /// anybody at any time.
  void protected_host(const std::string& text, Objection::Kind kind) {
    const auto host = categories::normalise_host(text, categories::HostSource::person);
    if (!host) return;
    const auto entry = blocking_entry(*after_.snapshot(), *host);
    if (!entry || (before_ && blocking_entry(*before_->snapshot(), *host))) return;
    object(kind, text + (kind == Objection::Kind::essential ? ", which is essential" : ", which is the centre's own") +
                     ", is listed in " + std::string{after().catalogue->categories().name(entry->category)} + " (" +
                     where(after(), *entry) + ')');
  }

  static std::optional<categories::Match> blocking_entry(const Snapshot& snapshot, const Host& host) {
    const auto scratch = snapshot.catalogue->make_scratch();
    categories::Classification classification;
    snapshot.catalogue->classify(host, {}, *scratch, classification);
    for (const auto& match : classification.matches)
      if (match.role == ListRole::feed && is_blocked_somewhere(snapshot.policy, match.category)) return match;
    return std::nullopt;
  }

  static bool is_blocked_somewhere(const Policy& policy, CategoryId category) {
    if (policy.floor.test(category)) return true;
    for (std::size_t i = 0; i < policy.groups.size(); ++i) {
      const auto group = static_cast<GroupId>(i);
      for (const auto period : policy.periods(group))
        if (const auto* ruling = policy.ruling(group, period, category); ruling && ruling->action == Action::block)
          return true;
    }
    return false;
  }

  void visits() {
    ChangedHosts blocked;
    ChangedHosts allowed;
    std::uint64_t by_feeds = 0;
    for (const auto& visit : input_.visits) {
      const auto host = categories::normalise_host(visit.host, categories::HostSource::wire);
      const auto group_before = input_.before->policy.find_group(visit.group);
      const auto group = after().policy.find_group(visit.group);
      if (!host || !group || !group_before) continue;
      result_.visits += visit.number;
      const auto before = before_->decide_in(visit.period, facts_of(*host), *group_before);
      const auto now = after_.decide_in(visit.period, facts_of(*host), *group);
      if (before.action == now.action) continue;
      auto& changed = (now.action == Action::block ? blocked : allowed)[visit.host];
      changed.visits += visit.number;
      changed.essential = changed.essential || input_.before->policy.is_essential(*host);
      const auto& block = now.action == Action::block ? now : before;
      changed.withheld = changed.withheld || (block.because && block.because->role == ListRole::locked);
      changed.why = why(now.action == Action::block ? after() : *input_.before, block);
      if (now.action == Action::block && now.because && now.because->role == ListRole::feed) by_feeds += visit.number;
    }
    result_.newly_blocked = effect(blocked);
    result_.newly_allowed = effect(allowed);
    if (result_.visits >= kFewVisits && by_feeds * 100 > result_.visits * kMostShare)
      object(Objection::Kind::visits, "feeds would newly block " + std::to_string(by_feeds) + " of " +
                                          counted(result_.visits, "recent visit", "recent visits") + ", more than " +
                                          std::to_string(kMostShare) + " %");
  }

  static Effect effect(const ChangedHosts& hosts) {
    Effect effect;
    std::vector<const ChangedHosts::value_type*> sorted;
    for (const auto& host : hosts) {
      ++effect.hosts;
      effect.visits += host.second.visits;
      effect.essential += host.second.essential ? 1 : 0;
      sorted.push_back(&host);
    }
    std::ranges::sort(sorted, [](const auto* a, const auto* b) {
      return a->second.visits != b->second.visits ? a->second.visits > b->second.visits : a->first < b->first;
    });
    sorted.resize(std::min(sorted.size(), kExamples));
    for (const auto* host : sorted)
      effect.examples.push_back((host->second.withheld ? "(withheld)" : host->first) + ": " + host->second.why);
    return effect;
  }

  const RehearsalInput& input_;
  std::optional<Engine> before_;
  Engine after_;
  Rehearsal result_;
};

std::string summary(std::string_view verb, const Effect& effect) {
  auto text = std::string{verb}.append(" ").append(counted(effect.hosts, "host", "hosts"));
  if (effect.hosts == 0) return text;
  text.append(" in ").append(counted(effect.visits, "visit", "visits"));
  if (effect.essential > 0)
    text.append(", ")
        .append(std::to_string(effect.essential))
        .append(effect.essential == 1 ? " is" : " are")
        .append(" essential");
  return text;
}

}  // namespace

std::string_view to_string(Objection::Kind kind) {
  constexpr std::array<std::string_view, 8> kNames{"floor", "essential",     "own_host",      "shrunk",
                                                   "grown", "category_gone", "public_suffix", "visits"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool Rehearsal::may_be_accepted() const {
  return std::ranges::all_of(objections, &Objection::may_be_accepted);
}

std::vector<std::string> Rehearsal::lines() const {
  std::vector<std::string> all;
  all.push_back(summary("newly blocks", newly_blocked) + "; " + summary("newly allows", newly_allowed) + " (of " +
                counted(visits, "recent visit", "recent visits") + ")");
  for (const auto& example : newly_blocked.examples)
    all.push_back("  blocks " + example);
  for (const auto& example : newly_allowed.examples)
    all.push_back("  allows " + example);
  for (const auto& objection : objections)
    all.push_back(objection.message);
  return all;
}

Rehearsal rehearse(const RehearsalInput& input) {
  return Rehearsing{input}.run();
}

}  // namespace breakwater::rules
