#include "proxy/lists/version.h"

#include <random>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace breakwater::lists {
namespace {

using categories::BuildReport;
using categories::ListFormat;
using categories::ListRole;
using testing::ElementsAre;
using testing::IsEmpty;

std::chrono::sys_seconds second(std::int64_t number) {
  return std::chrono::sys_seconds{std::chrono::seconds{number}};
}

Version whole() {
  Version version;
  version.number = 42;
  version.time = second(1'795'000'000);
  version.why = "rollback to 41";
  version.accepted = "a \"reason\"\n\xc3\xa9";
  version.rehearsal = {"newly blocks 0 hosts", "  blocks x"};
  version.restores = 41;
  version.fingerprint = ~std::uint64_t{0};
  version.lists = {{"ut1/games/domains", "games", ListRole::feed, ListFormat::domains, "d1", "d2", 5'000'000'000, 1, 2,
                    3, 4, 5, second(-1)},
                   {"local/allow/domains", "", ListRole::allow, ListFormat::automatic, "d3", "", 1, 0, 0, 0, 0, 0, {}}};
  version.held = {{"ut1/games/domains", {"d2", "d1", "games", ListRole::feed}},
                  {"local/recategorise/news/urls", {"", "d4", "news", ListRole::recategorise}}};
  version.cache_files = {"d1.part", "d3.part"};
  return version;
}

TEST(Version, IsReadAsItWasWritten) {
  const auto version = whole();
  const auto text = to_json(version);
  const auto read = version_from_json(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->number, version.number);
  EXPECT_EQ(read->time, version.time);
  EXPECT_EQ(read->why, version.why);
  EXPECT_EQ(read->accepted, version.accepted);
  EXPECT_EQ(read->rehearsal, version.rehearsal);
  EXPECT_EQ(read->restores, version.restores);
  EXPECT_EQ(read->fingerprint, version.fingerprint);
  EXPECT_EQ(read->lists, version.lists);
  EXPECT_EQ(read->cache_files, version.cache_files);
  ASSERT_EQ(read->held.size(), version.held.size());
  for (const auto& [name, held] : version.held) {
    const auto& other = read->held.at(name);
    EXPECT_EQ(std::tie(other.instead_of, other.use, other.category, other.role),
              std::tie(held.instead_of, held.use, held.category, held.role));
  }
  EXPECT_EQ(read->entries(), 5'000'000'001u);
  EXPECT_EQ(read->find("local/allow/domains"), &read->lists[1]);
  EXPECT_EQ(read->find("local/allow"), nullptr);
}

TEST(Version, OfBytesThatAreNoTextIsWrittenAllTheSame) {
  auto version = whole();
  version.why = "\xff\xc3";
  const auto read = version_from_json(to_json(version));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->why, "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Version, WithAnythingMissingOrOfTheWrongKindIsRefused) {
  const auto text = to_json(whole());
  ASSERT_EQ(text.back(), '\n');
  for (std::size_t length = 0; length + 1 < text.size(); ++length)
    ASSERT_FALSE(version_from_json(std::string_view{text}.substr(0, length))) << length;
  const auto good = nlohmann::json::parse(text);
  const auto leaves = good.flatten();
  for (const auto& [path, value] : leaves.items()) {
    const nlohmann::json::json_pointer at{path};
    const auto is_item = path.starts_with("/cache_files/") || path.starts_with("/rehearsal/");
    const nlohmann::json others[] = {nullptr, nlohmann::json::array(), value.is_string() ? nlohmann::json(7) : "text"};
    for (const auto& other : others) {
      auto bad = good;
      bad[at] = other;
      EXPECT_FALSE(version_from_json(bad.dump())) << path << ' ' << other;
    }
    if (is_item) continue;
    auto bad = good;
    bad[at.parent_pointer()].erase(at.back());
    EXPECT_FALSE(version_from_json(bad.dump())) << path;
  }
  for (const std::string_view wrong : {"", "null", "[]", "{}", "42", "\"x\"", "<html>", "\xff", "{\"number\":1}"})
    EXPECT_FALSE(version_from_json(wrong)) << wrong;
  auto role = good;
  role["lists"][0]["role"] = "king";
  EXPECT_FALSE(version_from_json(role.dump()));
  EXPECT_FALSE(version_from_json(std::string(1'000'000, '[')));
}

using Digests = std::map<std::string, std::string>;

/// What a builder makes of the lists on disk and what is held (categories/catalogue_builder.h).
BuildReport read(const Digests& disk, const HeldLists& held) {
  BuildReport report;
  const auto place = [&](const std::string& name, const std::string& digest, const std::string& on_disk,
                         const char* file) {
    report.lists.push_back({name, 0, name == "locked" ? ListRole::locked : ListRole::feed});
    report.origins.push_back({file, digest, on_disk});
  };
  for (const auto& [name, digest] : disk) {
    const auto known = held.find(name);
    if (known == held.end() || known->second.instead_of != digest)
      place(name, digest, "", "file");
    else if (!known->second.use.empty())
      place(name, known->second.use, digest, "file");
  }
  for (const auto& [name, list] : held)
    if (list.instead_of.empty() && !disk.contains(name)) place(name, list.use, "", "");
  return report;
}

Version as_version(const BuildReport& report) {
  Version version;
  for (std::size_t i = 0; i < report.lists.size(); ++i) {
    auto& list = version.lists.emplace_back();
    list.name = report.lists[i].name;
    list.role = report.lists[i].role;
    list.digest = report.origins[i].digest;
  }
  return version;
}

Digests digests(const BuildReport& report) {
  Digests all;
  for (std::size_t i = 0; i < report.lists.size(); ++i)
    all[report.lists[i].name] = report.origins[i].digest;
  return all;
}

/// "NAME DISK>USED" for each list that is held.
std::vector<std::string> shown(const HeldLists& held) {
  std::vector<std::string> all;
  for (const auto& [name, list] : held)
    all.push_back(name + ' ' + list.instead_of + '>' + list.use);
  return all;
}

TEST(HoldBack, HoldsWhatIsOtherThanInTheTarget) {
  const struct {
    Digests disk;
    Digests target;
    std::vector<std::string> expected;
  } table[] = {
      {{}, {}, {}},
      {{{"a", "1"}}, {{"a", "1"}}, {}},
      {{{"a", "2"}}, {{"a", "1"}}, {"a 2>1"}},
      {{{"a", "1"}, {"b", "1"}}, {{"a", "1"}}, {"b 1>"}},  // came since
      {{{"a", "1"}}, {{"a", "1"}, {"b", "1"}}, {"b >1"}},  // went since
      {{{"a", "2"}, {"c", "1"}}, {{"b", "1"}}, {"a 2>", "b >1", "c 1>"}},
      {{{"locked", "2"}}, {{"locked", "1"}}, {}},
      {{{"locked", "2"}}, {}, {}},
      {{}, {{"locked", "1"}}, {}},
  };
  for (const auto& [disk, target, expected] : table)
    EXPECT_EQ(shown(hold_back(read(disk, {}), as_version(read(target, {})))), expected);
  auto target = as_version(read({{"a", "1"}}, {}));
  target.lists[0].category = "news";
  target.lists[0].role = ListRole::recategorise;
  const auto held = hold_back({}, target).at("a");
  EXPECT_EQ(held.category, "news") << "of a list that is not on disk nobody else says";
  EXPECT_EQ(held.role, ListRole::recategorise);
}

TEST(StillHeld, IsWhatTheListOnDiskWasHeldFor) {
  const HeldLists held{{"a", {"2", "1", "", ListRole::feed}},
                       {"b", {"1", "", "", ListRole::feed}},
                       {"c", {"", "1", "", ListRole::feed}}};
  const std::pair<Digests, std::vector<std::string>> table[] = {
      {{{"a", "2"}, {"b", "1"}}, {"a 2>1", "b 1>", "c >1"}},
      {{{"a", "3"}, {"b", "2"}, {"c", "2"}}, {}},
      {{{"a", "1"}, {"c", "1"}}, {"b 1>"}},  // on disk is what was held; b may be gone or left out
      {{}, {"b 1>", "c >1"}},
  };
  for (const auto& [disk, expected] : table)
    EXPECT_EQ(shown(still_held(held, read(disk, held))), expected) << testing::PrintToString(disk);
}

/// Whatever happened on disk and however often one has gone back: the lists of the target are in force, a reload keeps
/// them, and each that then changes on disk counts again.
TEST(HoldBack, BringsBackAnyVersionAfterAnyHistory) {
  std::mt19937 random{20261122};
  const auto below = [&](std::size_t most) { return random() % most; };
  const auto used = [](const Digests& all, const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? "" : found->second;
  };
  const std::string names[] = {"a", "b", "c"};
  for (int round = 0; round < 300; ++round) {
    Digests disk;
    HeldLists held;
    std::vector<Version> versions;
    std::vector<Digests> in_force;
    for (int step = 0; step < 12; ++step) {
      const auto& changed = names[below(3)];
      const auto before = disk;
      if (below(3) == 0)
        disk.erase(changed);
      else
        disk[changed] = std::to_string(below(4));
      const bool back = !versions.empty() && below(2) == 0;
      const auto target = back ? below(versions.size()) : 0;
      if (back) held = hold_back(read(disk, {}), versions[target]);
      const auto report = read(disk, held);
      const auto still = still_held(held, report);
      const auto now = digests(report);
      if (back) {
        ASSERT_EQ(now, in_force[target]) << round << ' ' << step;
        ASSERT_EQ(shown(still), shown(held));
      } else if (const auto found = still.find(changed); disk != before && found != still.end()) {
        ASSERT_EQ(found->second.use, "") << "only of a list that was left out nobody can tell that it came back";
      } else if (disk != before) {
        ASSERT_EQ(used(now, changed), used(disk, changed));
      }
      held = still;
      versions.push_back(as_version(report));
      in_force.push_back(now);
    }
  }
}

}  // namespace
}  // namespace breakwater::lists
