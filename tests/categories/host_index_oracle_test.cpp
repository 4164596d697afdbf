// The host index against a naive scan: networks, and URLs of which only hashes are kept.

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "categories/host_index.h"
#include "tests/categories/locked_list.h"

namespace breakwater::categories::test {
namespace {

/// Up to ten times the entries that a bucket has room for, and names on more lists than are kept of one.
TEST(HostIndexOracle, RandomHostsAgree) {
  constexpr SipKey kKey{3, 4};
  constexpr std::size_t kLists = 150;
  std::mt19937_64 random{29};
  for (const std::size_t names : {0U, 1U, 7U, 300U, 20'000U}) {
    std::map<std::string, std::vector<Target>> expected;
    std::vector<std::vector<std::pair<std::uint64_t, std::uint32_t>>> said(kLists);
    for (std::size_t name = 0; name < names; ++name) {
      const auto host = "name" + std::to_string(name) + ".test";
      // One of a hundred names stands on half of all lists, the others on one.
      for (std::size_t list = name % 100 == 0 ? 0 : kLists - 1 - random() % kLists; list < kLists; ++list) {
        const auto line = static_cast<std::uint32_t>(1 + name) | (random() % 8 == 0 ? kExceptLine : 0);
        if (name % 100 != 0 || random() % 2 == 0) {
          said[list].emplace_back(host_key(kKey, host), line);
          expected[host].push_back(make_target(static_cast<ListId>(list), line));
        }
        if (name % 100 != 0) break;
      }
    }
    std::vector<ListInfo> lists(kLists);
    for (std::size_t i = 0; i < kLists; ++i)
      lists[i].category = static_cast<CategoryId>(i % 100);
    std::vector<std::vector<std::uint64_t>> hashes(kLists);
    std::vector<std::vector<std::uint32_t>> lines(kLists);
    HostIndexBuilder builder{kKey};
    for (std::size_t i = 0; i < kLists; ++i) {
      std::ranges::sort(said[i]);
      for (const auto& [hash, line] : said[i]) {
        hashes[i].push_back(hash);
        lines[i].push_back(line);
      }
      builder.add(static_cast<ListId>(i), {hashes[i], lines[i]});
    }
    ImageWriter writer{ImageKind::catalogue, 0};
    builder.write(writer, lists);
    const auto image = *Image::from_bytes(ImageKind::catalogue, std::move(writer).finish());
    const auto index = *HostIndex::load(image);
    for (auto& [host, targets] : expected) {
      drop_excess(targets, lists);
      std::vector<Target> found;
      index.find(*normalise_host(host, HostSource::wire), [&found](Target target) { found.push_back(target); });
      ASSERT_EQ(targets, found) << host;
    }
    index.find(*normalise_host("other.test", HostSource::wire), [](Target) { FAIL(); });
    for (std::size_t i = 0; i < kLists; ++i)
      ASSERT_EQ(said[i].size(), lists[i].entries);
  }
}

TEST(HostIndexOracle, RandomNetworksAgree) {
  std::mt19937 random{17};
  // Few values of a byte, so that networks lie inside of each other and addresses in them.
  const auto address = [&random](bool v6) {
    auto bytes = IpAddress::from_v4(0x0a000000).bytes();
    if (v6) bytes = {0x20, 0x01};
    constexpr std::uint8_t kBytes[] = {0x00, 0x01, 0x80, 0xff};
    for (std::size_t i = v6 ? 2 : 13; i < bytes.size(); ++i)
      bytes[i] = kBytes[random() % std::size(kBytes)];
    return IpAddress{bytes};
  };
  std::size_t matched = 0;
  for (int round = 0; round < 20; ++round) {
    ListTree tree;
    std::vector<Network> networks;
    std::string text;
    for (int line = 0; line < 200; ++line) {
      const bool v6 = random() % 2 != 0;
      const auto prefix = static_cast<std::uint8_t>(v6 ? 19 + random() % 110 : 104 + random() % 25);
      auto bytes = address(v6).bytes();
      for (std::size_t bit = prefix; bit < 128; ++bit)
        bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
      networks.push_back({IpAddress{bytes}, prefix});
      text += networks.back().to_string() + '\n';
    }
    tree.write("feed/x/domains", text);
    Asked asked{{{tree.feed()}, {}}};
    ASSERT_EQ("", Asked::all(asked.report.diagnostics));
    for (int i = 0; i < 500; ++i) {
      const bool v6 = i % 2 != 0;
      const auto one = address(v6);
      std::set<std::uint32_t> expected;
      std::set<Network> seen;
      for (std::size_t n = 0; n < networks.size(); ++n)
        if (networks[n].contains(one) && seen.insert(networks[n]).second)
          expected.insert(static_cast<std::uint32_t>(n + 1));
      std::set<std::uint32_t> found;
      for (const auto& match : asked(v6 ? '[' + one.to_string() + ']' : one.to_string()).matches)
        found.insert(match.line);
      ASSERT_EQ(expected, found) << one.to_string();
      matched += found.size();
    }
  }
  EXPECT_GT(matched, 10'000U);
}

/// What HostIndex::find_urls() documents, label by label and place by place.
bool locked_url_matches(std::string_view entry, std::string_view host, std::string_view text) {
  for (std::size_t at = 0;;) {
    const auto rest = text.substr(at);
    const auto query = std::min(rest.find('?'), rest.size());
    if (rest.starts_with(entry) &&
        (entry.size() == rest.size() || entry.size() == query || (entry.size() < query && entry.ends_with('/'))))
      return true;
    const auto dot = host.find('.', at);
    if (dot == std::string_view::npos) return false;
    at = dot + 1;
  }
}

TEST(HostIndexOracle, RandomLockedUrlsAgree) {
  std::mt19937 random{23};
  const auto piece = [&random](std::string_view letters, std::size_t most) {
    std::string text;
    for (auto n = random() % (most + 1); n > 0; --n)
      text += letters[random() % letters.size()];
    return text;
  };
  const auto name = [&] {
    std::string text = random() % 2 ? "a.b" : "b.a";
    for (auto n = random() % 3; n > 0; --n)
      text.insert(0, random() % 3 ? "a." : "ab.");
    return text;
  };
  std::size_t matched = 0;
  for (int round = 0; round < 20; ++round) {
    ListTree tree;
    std::set<std::string> entries;
    for (int i = 0; i < 100; ++i) {
      std::string text;
      append_match_text(text, *normalise_host(name(), HostSource::wire), '/' + piece("xy//?", 4));
      entries.insert(text);
    }
    const auto list = write_locked(tree, "iwf", "games", {entries.begin(), entries.end()});
    Asked asked{{}, {kLockedKey, {}, {}, {list}}};
    for (int i = 0; i < 1'000; ++i) {
      const auto host = name();
      const auto target = "http://" + host + '/' + piece("xxy//?", 8);
      std::string text;
      append_match_text(text, *normalise_host(host, HostSource::wire), parse_url(target, HostSource::wire)->path);
      const auto expected = std::ranges::count_if(
          entries, [&](const std::string& entry) { return locked_url_matches(entry, host, text); });
      ASSERT_EQ(expected, static_cast<std::ptrdiff_t>(asked(target).matches.size())) << target;
      matched += asked.answer.matches.size();
    }
  }
  EXPECT_GT(matched, 10'000U);
}

}  // namespace
}  // namespace breakwater::categories::test
