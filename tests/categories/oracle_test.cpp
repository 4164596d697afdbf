// The catalogue against a naive implementation: maps of strings, every suffix and every URL tried.

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "categories/public_suffix.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

using Place = std::pair<std::string, std::uint32_t>;  // list and line

class Oracle {
 public:
  /// Only clean lines and the few kinds of dirt that the public lists have.
  void read(const std::filesystem::path& file, const std::string& list) {
    std::ifstream in{file};
    std::string line;
    for (std::uint32_t number = 1; std::getline(in, line); ++number) {
      if (line.empty()) continue;
      if (line.front() == '.') line.erase(0, 1);
      const auto slash = std::min(line.find('/'), line.size());
      const auto authority = line.substr(0, slash);
      const auto host = normalise_host(authority.substr(0, authority.find(':')), HostSource::person);
      if (!host || (!host->is_literal() && PublicSuffixes::system().kind(host->text()) == SuffixKind::icann)) continue;
      std::string text;
      append_match_text(text, *host, line.substr(slash));
      if (text.size() == host->text().size() + 1) {
        if (hosts[std::string{host->text()}].emplace(list, number).second) ++entries[list];
      } else if (urls[text].emplace(list, number).second) {
        ++entries[list];
      }
    }
  }

  std::set<Place> find(std::string_view host, std::string_view match_text) const {
    std::set<Place> found;
    for (std::size_t at = 0; at != std::string_view::npos && at < host.size();) {
      if (const auto known = hosts.find(host.substr(at)); known != hosts.end())
        found.insert(known->second.begin(), known->second.end());
      if (!match_text.empty())
        for (const auto& [url, places] : urls)
          if (match_text.substr(at).starts_with(url)) found.insert(places.begin(), places.end());
      const auto dot = host.find('.', at);
      at = dot == std::string_view::npos ? dot : dot + 1;
    }
    return found;
  }

  std::map<std::string, std::map<std::string, std::uint32_t>, std::less<>>
      hosts;  ///< name to the first line of each list
  std::map<std::string, std::map<std::string, std::uint32_t>> urls;
  std::map<std::string, std::uint32_t> entries;
};

std::set<Place> places(const Asked& asked) {
  std::set<Place> found;
  for (const auto& match : asked.answer.matches)
    if (match.kind == EntryKind::domain || match.kind == EntryKind::url)
      found.emplace(asked.catalogue->lists()[match.list].name, match.line);
  return found;
}

void expect_agreement(Asked& asked, const Oracle& oracle, const std::string& target) {
  const auto& answer = asked(target);
  ASSERT_EQ(ClassifyStatus::ok, answer.status);
  std::string text;
  std::string host = target;
  if (target.starts_with("http://")) {
    const auto url = parse_url(target, HostSource::wire);
    append_match_text(text, url->host, url->path);
    host = url->host.text();
  }
  ASSERT_EQ(oracle.find(host, text), places(asked)) << target;
}

TEST(Oracle, RandomListsAgree) {
  std::mt19937 random{11};
  const auto label = [&] { return std::string(1, static_cast<char>('a' + random() % 6)); };
  const auto name = [&] {
    auto text = label();
    for (auto n = 1 + random() % 3; n > 0; --n)
      text += '.' + label();
    return text;
  };
  for (int round = 0; round < 20; ++round) {
    ListTree tree;
    Oracle oracle;
    for (int list = 0; list < 5; ++list) {
      std::string domains;
      std::string urls;
      for (auto n = random() % 60; n > 0; --n)
        domains += (random() % 10 ? "" : ".") + name() + '\n';
      for (auto n = 1 + random() % 30; n > 0; --n)
        urls += name() + '/' + label() + '\n';
      const auto way = "c" + std::to_string(list);
      oracle.read(tree.write("feed/" + way + "/domains", domains), "feed/" + way + "/domains");
      oracle.read(tree.write("feed/" + way + "/urls", urls), "feed/" + way + "/urls");
    }
    Asked asked{{{tree.feed()}, {}}};
    for (const auto& list : asked.report.lists)
      EXPECT_EQ(oracle.entries[list.name], list.entries) << list.name;
    for (int i = 0; i < 500; ++i) {
      expect_agreement(asked, oracle, name());
      expect_agreement(asked, oracle, "http://" + name() + "/" + label() + label());
    }
  }
}

/// Names of which one is the end of another, with and without a label's boundary between.
TEST(Oracle, LabelBoundariesAgree) {
  constexpr std::string_view kNames[] = {"example.com",   "notexample.com", "x.com",         "not.example.com",
                                         "a-example.com", "ample.com",      "t.example.com", "example.com.org"};
  for (unsigned listed = 1; listed < 1U << std::size(kNames); listed += 3) {
    ListTree tree;
    Oracle oracle;
    std::string domains;
    std::string urls;
    for (std::size_t i = 0; i < std::size(kNames); ++i) {
      if ((listed >> i & 1) == 0) continue;
      domains.append(kNames[i]).append("\n");
      urls.append(kNames[i]).append("/example.com\n");
    }
    oracle.read(tree.write("feed/x/domains", domains), "feed/x/domains");
    oracle.read(tree.write("feed/x/urls", urls), "feed/x/urls");
    Asked asked{{{tree.feed()}, {}}};
    for (const auto name : kNames)
      for (const std::string before : {"", "www.", "not", "not."}) {
        expect_agreement(asked, oracle, before + std::string{name});
        expect_agreement(asked, oracle, "http://" + before + std::string{name} + "/example.com/notexample.com");
      }
  }
}

TEST(Oracle, RealListsAgree) {
  const auto ut1 = real_lists("ut1");
  if (!ut1) GTEST_SKIP() << "the public lists are not on this machine";
  Oracle oracle;
  for (const auto& folder : std::filesystem::directory_iterator{*ut1})
    for (const auto* name : {"domains", "urls"})
      oracle.read(folder.path() / name, "ut1/" + folder.path().filename().string() + "/" + name);
  Asked asked{{{{"ut1", *ut1, ListFormat::automatic, "", ListRole::feed}}, {}}};
  EXPECT_FALSE(has_errors(asked.report.diagnostics));

  std::size_t entries = 0;
  for (const auto& list : asked.report.lists) {
    entries += list.entries;
    if (!list.name.ends_with("domains") && !list.name.ends_with("urls")) continue;
    EXPECT_EQ(oracle.entries[list.name], list.entries) << list.name;
  }
  EXPECT_GT(entries, 1'000'000U);
  RecordProperty("entries", std::to_string(entries));

  std::vector<std::string> hosts;
  for (const auto& [host, lists] : oracle.hosts)
    hosts.push_back(host);
  std::vector<std::string> urls;
  for (const auto& [url, lists] : oracle.urls)
    urls.push_back(url);
  std::mt19937 random{3};
  for (int i = 0; i < 10'000; ++i) {
    const auto& host = hosts[random() % hosts.size()];
    expect_agreement(asked, oracle, host);
    EXPECT_FALSE(asked.answer.matches.empty()) << host;
    for (const auto& near : {"a.b." + host, "not" + host, host.substr(host.find('.') + 1)})
      if (normalise_host(near, HostSource::wire)) expect_agreement(asked, oracle, near);
  }
  for (int i = 0; i < 200; ++i) {
    const auto& url = urls[random() % urls.size()];
    if (!normalise_host("www." + url.substr(0, url.find('/')), HostSource::wire)) continue;  // an address
    expect_agreement(asked, oracle, "http://www." + url + "x?y");
    EXPECT_FALSE(places(asked).empty()) << url;
    expect_agreement(asked, oracle, "http://not" + url);
    expect_agreement(asked, oracle, "http://" + url.substr(0, url.size() - 1));
  }
}

TEST(RealLists, KnownSitesHaveTheirCategories) {
  const auto ut1 = real_lists("ut1");
  if (!ut1) GTEST_SKIP() << "the public lists are not on this machine";
  Asked asked{{{{"ut1", *ut1, ListFormat::automatic, "", ListRole::feed}}, {}}};
  constexpr std::pair<std::string_view, std::string_view> kKnown[] = {{"www.bet365.com", "gambling"},
                                                                      {"chatgpt.com", "ai-tools/other"},
                                                                      {"www.lemonde.fr", "news"},
                                                                      {"mullvad.net", "circumvention/vpn"}};
  for (const auto& [host, category] : kKnown) {
    const auto& answer = asked(host);
    EXPECT_TRUE(answer.categories[*asked.catalogue->categories().find(category)])
        << host << " is " << asked.categories(host);
  }
  EXPECT_EQ("", asked.categories("a-site-that-nobody-lists.example"));
}

TEST(RealLists, OtherLayoutsAreRead) {
  struct Case {
    std::string feed;
    std::string way;
    std::uint32_t at_least;
  };
  for (const auto& [feed, way, at_least] :
       {Case{"sinfonietta", "", 60'000}, Case{"shadowwhisperer", "RAW", 400'000},
        Case{"hostsvn", "option/domain.txt", 18'000}, Case{"ai-huge", "noai_hosts.txt", 1'000},
        Case{"dibdot-doh", "doh-domains_overall.txt", 1'900}}) {
    const auto folder = real_lists(feed);
    if (!folder) GTEST_SKIP() << "the public lists are not on this machine";
    Asked asked{{{{feed, way.empty() ? *folder : *folder / way, ListFormat::automatic, "", ListRole::feed}}, {}}};
    std::uint32_t entries = 0;
    std::uint32_t rejected = 0;
    for (const auto& list : asked.report.lists) {
      entries += list.entries;
      rejected += list.rejected;
    }
    EXPECT_GE(entries, at_least) << feed;
    EXPECT_LT(rejected, entries / 20) << feed << '\n' << Asked::all(asked.report.diagnostics);
  }
}

}  // namespace
}  // namespace breakwater::categories::test
