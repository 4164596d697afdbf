// Every list of the shared data reads as what it is.

#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "categories/list_reader.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories {
namespace {

class Counter : public EntrySink {
 public:
  void domain(const Host&, std::uint32_t) override { ++entries; }
  void network(const Network&, std::uint32_t) override { ++entries; }
  void except(const Host&, std::uint32_t) override { ++entries; }
  void pattern(EntryKind, std::string_view, std::uint32_t) override { ++entries; }
  void until(std::chrono::sys_days, std::uint32_t) override {}
  void include(std::string_view, std::uint32_t, std::uint32_t) override { ++includes; }
  void reject(std::uint32_t line, std::uint32_t, std::string message) override {
    if (rejected++ == 0) first = std::to_string(line) + ": " + message;
  }
  void skip(std::string_view, std::uint32_t, std::uint32_t) override { ++skipped; }
  std::size_t entries = 0, includes = 0, rejected = 0, skipped = 0;
  std::string first;
};

struct Known {
  ListFormat format;
  std::size_t entries;
};
const std::map<std::string_view, Known> kKnown = {
    {"formats/adblock-doh-vpn.txt", {ListFormat::adblock, 700}},
    {"formats/rpz-doh.txt", {ListFormat::rpz, 6000}},
    {"formats/wildcard-doh-vpn.txt", {ListFormat::domains, 700}},
    {"sinfonietta/gambling-hosts", {ListFormat::hosts, 2000}},
    {"stalkerware/generated/hosts", {ListFormat::domains, 500}},
    {"ai-huge/noai_hosts.txt", {ListFormat::hosts, 1000}},
    {"ai-huge/list_uBlacklist.txt", {ListFormat::urls, 1000}},
    {"ai-huge/list.txt", {ListFormat::adblock, 0}},
    {"v2fly/data/category-porn", {ListFormat::v2fly, 3000}},
    {"v2fly/data/tiktok", {ListFormat::v2fly, 30}},
    {"x4bnet-vpn/output/vpn/ipv4.txt", {ListFormat::addresses, 9000}},
    {"x4bnet-vpn/output/vpn/ipv6.txt", {ListFormat::addresses, 400}},
    {"dibdot-doh/doh-ipv4.txt", {ListFormat::addresses, 1000}},
    {"shadowwhisperer/RAW/Adult", {ListFormat::domains, 150'000}},
    {"shadowwhisperer/RAW/Gambling", {ListFormat::domains, 8000}},
    {"nextdns-services/services/tiktok", {ListFormat::domains, 30}},
    {"ut1/gambling/domains", {ListFormat::domains, 4000}},
};

/// What the feeds keep beside their lists, or as data for programs.
bool is_no_list(const std::filesystem::path& path) {
  static const std::set<std::string> kNames = {"LICENSE", "usage", "global_usage", "ASN.txt", "Top_Level"};
  const auto extension = path.extension().string();
  const auto name = path.filename().string();
  return kNames.contains(name) || name.find("tld") != std::string::npos ||
         path.string().find("/psl/") != std::string::npos || extension == ".json" || extension == ".csv" ||
         extension == ".newest" || extension == ".hist";
}

TEST(RealLists, ReadAsWhatTheyAre) {
  const auto root = test::real_lists("");
  if (!root) GTEST_SKIP() << "no shared data on this machine";
  std::size_t found = 0;
  std::map<std::string, Counter> feeds;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{*root}) {
    if (!entry.is_regular_file() || is_no_list(entry.path())) continue;
    const auto name = entry.path().filename().string();
    const auto way = std::filesystem::relative(entry.path(), *root).string();
    const bool expressions = name.find("expression") != std::string::npos;
    Counter counter;
    const bool v2fly = way.starts_with("v2fly/");  // what tells them apart may stand far below
    const auto format = expressions ? ListFormat::expressions : v2fly ? ListFormat::v2fly : ListFormat::automatic;
    ListReader reader{format, counter, name};
    std::ifstream file{entry.path(), std::ios::binary};
    std::vector<char> buffer(1 << 20);
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0)
      reader.feed({buffer.data(), static_cast<std::size_t>(file.gcount())});
    reader.finish();
    EXPECT_EQ("", reader.refusal()) << way;
    const auto all = counter.entries + counter.rejected;
    if (counter.rejected > 0)
      std::printf("%-45s %-10s %8zu taken %5zu rejected %5zu skipped  %s\n", way.c_str(),
                  std::string{to_string(reader.format())}.c_str(), counter.entries, counter.rejected, counter.skipped,
                  counter.first.c_str());
    EXPECT_LE(counter.rejected, 5 + all / 15) << way << ' ' << counter.first;
    auto& feed = feeds[way.substr(0, way.find('/'))];
    feed.entries += counter.entries;
    feed.rejected += counter.rejected;
    feed.skipped += counter.skipped;
    feed.includes += counter.includes;
    if (const auto known = kKnown.find(way); known != kKnown.end()) {
      ++found;
      EXPECT_EQ(to_string(known->second.format), to_string(reader.format())) << way;
      EXPECT_GE(counter.entries, known->second.entries) << way;
    }
  }
  for (const auto& [name, feed] : feeds)
    std::printf("%-45s %8zu taken %5zu rejected %5zu skipped %5zu includes\n", name.c_str(), feed.entries,
                feed.rejected, feed.skipped, feed.includes);
  EXPECT_EQ(kKnown.size(), found);
}

}  // namespace
}  // namespace breakwater::categories
