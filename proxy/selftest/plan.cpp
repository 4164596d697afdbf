#include "proxy/selftest/plan.h"

#include <algorithm>
#include <optional>

#include "categories/canary.h"
#include "categories/url.h"
#include "proxy/selftest/list_entry.h"
#include "proxy/selftest/test_pages.h"

namespace breakwater::selftest {
namespace {

using categories::CategoryId;
using categories::ListRole;
using Expect = Target::Expect;

constexpr bool names_sites(ListRole role) {
  return role != ListRole::allow && role != ListRole::exception;
}

class Planner {
 public:
  Planner(const Basis& basis, const std::string& group, std::mt19937_64& random)
      : basis_(basis),
        policy_(basis.snapshot->policy),
        catalogue_(*basis.snapshot->catalogue),
        table_(catalogue_.categories()),
        random_(random) {
    for (const auto& one : policy_.groups)
      if (group.empty() || one.name == group) groups_.push_back(one.name);
  }

  std::vector<Target> plan() {
    for (std::size_t id = 0; id < table_.size(); ++id) {
      const auto category = static_cast<CategoryId>(id);
      if (!is_tested(category)) continue;
      add_canary(category);
      add_list_entries(category);
      for (const auto& page : test_pages())
        if (page.category == table_.name(category)) add_test_page(page, category);
    }
    for (const auto& test : basis_.named)
      if (!test.host.empty()) add_named(test);
    add_essential();
    std::erase_if(targets_, [](const Target& target) { return target.groups.empty(); });
    return std::move(targets_);
  }

 private:
  bool is_tested(CategoryId category) const {
    return policy_.floor.test(category) || policy_.concern[category] != rules::Concern::none;
  }

  Expect expected(CategoryId category) const {
    if (policy_.floor.test(category)) return Expect::block;
    if (policy_.concern[category] == rules::Concern::notice || policy_.safeguarding.monitored.test(category))
      return Expect::either;
    return Expect::block;
  }

  bool is_meant(const rules::SelfTest& test, const std::string& group) const {
    const auto id = policy_.find_group(group);
    return test.groups.empty() || (id && std::find(test.groups.begin(), test.groups.end(), *id) != test.groups.end());
  }

  /// What the policy says of the canary of this category for a group; the last word counts.
  Expect expected(CategoryId category, const std::string& group) const {
    auto expect = expected(category);
    for (const auto& test : basis_.named)
      if (test.category == table_.name(category) && is_meant(test, group))
        expect = test.expect == rules::Action::block ? Expect::block : Expect::allow;
    return expect;
  }

  /// One target for all the groups of which the same is expected.
  void add(const Target& target, CategoryId category) {
    for (const auto expect : {Expect::block, Expect::allow, Expect::either}) {
      auto one = target;
      one.expect = expect;
      set_ways(one);
      for (const auto& group : groups_)
        if (expected(category, group) == expect) one.groups.push_back(group);
      if (!one.groups.empty()) targets_.push_back(std::move(one));
    }
  }

  Target target_of(Target::Kind kind, CategoryId category, std::string what) const {
    Target target;
    target.kind = kind;
    target.category = table_.name(category);
    target.what = std::move(what);
    return target;
  }

  void add_canary(CategoryId category) {
    auto target = target_of(Target::Kind::canary, category, "canary");
    target.host = categories::canary_host(target.category);
    if (!categories::normalise_host(target.host, categories::HostSource::person)) return;  // too long for a host
    if (!is_covered(category)) target.gap = "No list in force names a site of this category.";
    add(target, category);
  }

  /// A parent counts for its children and they for it: feeds name the one or the other.
  bool is_covered(CategoryId category) const {
    const auto family = table_.family(table_.parent(category).value_or(category));
    return std::any_of(catalogue_.lists().begin(), catalogue_.lists().end(), [&](const categories::ListInfo& list) {
      return names_sites(list.role) && list.entries > 0 && family.test(list.category);
    });
  }

  /// Of a locked list nothing but hashes is kept: its canary and its test page have to do.
  void add_list_entries(CategoryId category) {
    const auto& lists = catalogue_.lists();
    for (std::size_t list = 0; list < std::min(lists.size(), basis_.list_files.size()); ++list) {
      const auto& info = lists[list];
      if (info.category != category || (info.role != ListRole::feed && info.role != ListRole::local)) continue;
      const auto& file = basis_.list_files[list];
      if (file.empty()) continue;
      const auto entry = pick_entry(catalogue_, static_cast<categories::ListId>(list), file, random_);
      if (!entry || is_essential(entry->host)) continue;
      auto target =
          target_of(Target::Kind::list_entry, category, "entry " + std::to_string(entry->line) + " of " + info.name);
      target.host = entry->host;
      add(target, category);
    }
  }

  bool is_essential(const std::string& host) const {
    const auto name = categories::normalise_host(host, categories::HostSource::person);
    return name && policy_.is_essential(*name);
  }

  void add_test_page(const TestPage& page, CategoryId category) {
    const auto host = categories::normalise_host(page.host, categories::HostSource::person);
    const auto scratch = catalogue_.make_scratch();
    if (!host || !scratch) return;
    categories::Classification found;
    std::string text;
    categories::append_match_text(text, *host, page.path);
    catalogue_.classify(*host, text, *scratch, found);
    auto target = target_of(Target::Kind::test_page, category, std::string(page.what));
    target.host = page.host;
    target.path = page.path;
    if (found.categories.test(category)) return add(target, category);
    target.gap = page.missing;
    target.expect = Expect::either;
    target.groups = groups_;
    targets_.push_back(std::move(target));
  }

  void add_named(const rules::SelfTest& test) {
    Target target;
    target.kind = Target::Kind::named;
    target.what = test.host;
    target.host = test.host;
    target.expect = test.expect == rules::Action::block ? Expect::block : Expect::allow;
    set_ways(target);
    for (const auto& group : groups_)
      if (is_meant(test, group)) target.groups.push_back(group);
    targets_.push_back(std::move(target));
  }

  void add_essential() {
    std::vector<std::string> hosts(policy_.essential().begin(), policy_.essential().end());
    std::sort(hosts.begin(), hosts.end());
    for (auto& host : hosts) {
      Target target;
      target.kind = Target::Kind::essential;
      target.what = host;
      target.host = std::move(host);
      target.expect = Expect::allow;
      set_ways(target);
      target.groups = groups_;
      targets_.push_back(std::move(target));
    }
  }

  /// What is to open need not open below another name's CONNECT, nor does TLS name an address (RFC 6066, 3).
  static void set_ways(Target& target) {
    const auto host = categories::normalise_host(target.host, categories::HostSource::person);
    if (host && host->is_literal())
      target.ways = {Way::http};
    else if (target.expect == Expect::allow)
      target.ways = {Way::http, Way::connect};
  }

  const Basis& basis_;
  const rules::Policy& policy_;
  const categories::Catalogue& catalogue_;
  const categories::CategoryTable& table_;
  std::mt19937_64& random_;
  std::vector<std::string> groups_;
  std::vector<Target> targets_;
};

}  // namespace

std::vector<Target> plan(const Basis& basis, const std::string& group, std::mt19937_64& random) {
  return Planner(basis, group, random).plan();
}

}  // namespace breakwater::selftest
