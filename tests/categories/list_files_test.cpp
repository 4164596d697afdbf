#include "categories/list_files.h"

#include <gmock/gmock.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories {
namespace {

using testing::ElementsAre;

constexpr std::string_view kRoles[] = {"feed", "local", "allow", "exception", "recategorise", "locked"};

/// "NAME CATEGORY ROLE FORMAT" of each file, then what is wrong.
std::vector<std::string> find(const test::ListTree& tree, const Source& source, const Sources& sources = {}) {
  std::vector<std::filesystem::path> inputs;
  Diagnostics diagnostics;
  std::vector<std::string> said;
  for (const auto& file : find_list_files(source, sources, inputs, diagnostics))
    said.push_back(file.name + ' ' + (file.category.empty() ? "-" : file.category) + ' ' +
                   std::string{kRoles[static_cast<std::size_t>(file.role)]} + ' ' +
                   std::string{to_string(file.format)});
  for (const auto& diagnostic : diagnostics)
    said.push_back(to_string(diagnostic).substr(tree.root().string().size() + 1));
  return said;
}

TEST(ListFiles, ReadsTheLocalFolder) {
  const test::ListTree tree;
  for (const auto* way : {"local/gambling/domains", "local/gambling/keywords.en", "local/gambling/keywords.pt-BR",
                          "local/games.txt", "local/allow/domains", "local/recategorise/news/domains",
                          "local/recategorise/social-media/tiktok/urls", "local/README.md"})
    tree.write(way, "a.com\n");
  EXPECT_THAT(find(tree, tree.local()),
              ElementsAre("local/allow/domains - allow domains", "local/gambling/domains gambling local domains",
                          "local/gambling/keywords.en gambling local keywords",
                          "local/gambling/keywords.pt-BR gambling local keywords", "local/games.txt games local auto",
                          "local/recategorise/news/domains news recategorise domains",
                          "local/recategorise/social-media/tiktok/urls social-media/tiktok recategorise urls"));
  tree.write("local/recategorise/domains", "a.com\n");
  EXPECT_THAT(
      find(tree, tree.local()),
      testing::Contains(
          "local/recategorise/domains: error: stands in no folder of a category: recategorise/CATEGORY/domains"));
}

TEST(ListFiles, WalksAFeedOfAFormatOfItsOwn) {
  const test::ListTree tree;
  for (const auto* way : {"feed/top.txt", "feed/deep/more.txt", "feed/deep/domains", "feed/LICENSE", "feed/.git/x"})
    tree.write(way, "||a.com^\n");
  auto source = tree.feed();
  source.format = ListFormat::adblock;
  EXPECT_THAT(find(tree, source),
              ElementsAre("feed/deep/domains feed/deep feed domains", "feed/deep/more.txt feed/deep-more feed adblock",
                          "feed/top.txt feed/top feed adblock"));
  // By content, folders are those of squidGuard, or else there are none.
  source.format = ListFormat::automatic;
  EXPECT_THAT(find(tree, source), ElementsAre("feed/deep/domains feed/deep feed domains"));
}

TEST(ListFiles, ReadsAV2flyRepository) {
  const test::ListTree tree;
  for (const auto* way : {"feed/data/tiktok", "feed/data/category-ads", "feed/main.go", "feed/data/x.md"})
    tree.write(way, "a.com\n");
  auto source = tree.feed();
  source.format = ListFormat::v2fly;
  const Sources sources{{}, {{"feed/tiktok", "social-media/tiktok"}}};
  EXPECT_THAT(find(tree, source, sources), ElementsAre("feed/category-ads feed/category-ads feed v2fly",
                                                       "feed/tiktok social-media/tiktok feed v2fly"));
}

TEST(ListFiles, ReadsAnE2guardianFolder) {
  const test::ListTree tree;
  for (const auto* way :
       {"feed/bannedsitelist", "feed/bannedregexpurllist", "feed/exceptionsitelist", "feed/greyurllist",
        "feed/bannedphraselist", "feed/bannedextensionlist", "feed/blacklists/adult/domains", "feed/e2guardian.conf"})
    tree.write(way, "a.com\n");
  auto source = tree.feed();
  source.format = ListFormat::e2guardian;
  auto said = find(tree, source);
  std::ranges::sort(said);
  const std::string allows = ": warning: a feed can allow nothing: the list is passed over";
  const std::string nothing = ": warning: means nothing to a gateway: the list is passed over";
  EXPECT_THAT(said,
              ElementsAre("feed/bannedextensionlist" + nothing, "feed/bannedphraselist" + nothing,
                          "feed/bannedregexpurllist feed feed e2guardian", "feed/bannedsitelist feed feed e2guardian",
                          "feed/blacklists/adult/domains feed/blacklists-adult feed domains",
                          "feed/exceptionsitelist" + allows, "feed/greyurllist" + allows));
}

}  // namespace
}  // namespace breakwater::categories
