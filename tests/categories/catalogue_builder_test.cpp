#include "categories/catalogue_builder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "categories/canary.h"
#include "categories/image.h"
#include "tests/categories/list_tree.h"
#include "tests/support/file_size_limit.h"

namespace breakwater::categories::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> list_names(const BuildReport& report) {
  std::vector<std::string> names;
  for (const auto& list : report.lists)
    names.push_back(list.name);
  return names;
}

/// The report of sources that give no catalogue.
std::string refused(const Sources& sources) {
  BuildReport report;
  EXPECT_FALSE(build_catalogue(sources, report));
  EXPECT_TRUE(has_errors(report.diagnostics));
  return Asked::all(report.diagnostics);
}

TEST(CatalogueBuilder, NoSourcesGiveAnEmptyCatalogue) {
  Asked asked{Sources{}};
  EXPECT_EQ("", asked.categories("example.com"));
  EXPECT_EQ("", asked.categories("http://example.com/x"));
}

TEST(CatalogueBuilder, ReadsASquidGuardTree) {
  ListTree tree;
  tree.write("ut1/agressif/domains", "hate.example\n");
  tree.write("ut1/agressif/urls", "web.example/hate\n");
  tree.write("ut1/agressif/usage", "black\n");
  tree.write("ut1/agressif/domains.old", "old.example\n");
  tree.write("ut1/bitcoin/domains", "coin.example\n");
  tree.write("ut1/Odd_Name/expressions", "odd[0-9]\n");
  tree.write("ut1/games/keywords", "fortnite\n");
  tree.write("ut1/liste_blanche/domains", "white.example\n");
  tree.write("ut1/allow/domains", "allowed.example\n");
  tree.write("ut1/.git/domains", "git.example\n");
  tree.write("ut1/global_usage", "NAME: x\n");
  Sources sources{{tree.feed("ut1")}, {}};
  Asked asked{sources};
  EXPECT_THAT(asked.report.diagnostics, IsEmpty());
  EXPECT_THAT(list_names(asked.report),
              ElementsAre("ut1/Odd_Name/expressions", "ut1/agressif/domains", "ut1/agressif/urls", "ut1/allow/domains",
                          "ut1/bitcoin/domains", "ut1/games/keywords", "ut1/liste_blanche/domains"));
  EXPECT_EQ("extremism", asked.categories("www.hate.example"));
  EXPECT_EQ("extremism", asked.categories("http://web.example/hate/1"));
  EXPECT_EQ("ut1/bitcoin", asked.categories("coin.example"));
  EXPECT_EQ("ut1/odd-name", asked.categories("odd7.example"));
  EXPECT_EQ("games", asked.categories("play-fortnite.example"));
  EXPECT_EQ("ut1/liste-blanche", asked.categories("white.example"));
  EXPECT_EQ("ut1/allow", asked.categories("allowed.example"));
  EXPECT_FALSE(asked.answer.allow) << "a feed may not allow anything";
  EXPECT_EQ("", asked.categories("old.example"));
  EXPECT_EQ("", asked.categories("git.example"));

  sources.map["ut1/agressif"] = "hate";
  sources.map["ut1/bitcoin"] = "banking";
  Asked mapped{sources};
  EXPECT_EQ("hate", mapped.categories("hate.example")) << "the map wins over the built-in one";
  EXPECT_EQ("banking", mapped.categories("coin.example"));
}

TEST(CatalogueBuilder, ReadsAFolderOfPlainFiles) {
  ListTree tree;
  tree.write("feed/Wild_Ads.txt", "0.0.0.0 ads.example\n");
  tree.write("feed/Scam", "scam.example\nscam2.example/x\n");
  tree.write("feed/LICENSE", "Free to all.\n");
  tree.write("feed/README.md", "# A list\n");
  tree.write("feed/.hidden", "hidden.example\n");
  tree.write("feed/sub/x", "sub.example\n");
  Sources sources{{tree.feed()}, {{"feed/Scam", "scams"}}};
  Asked asked{sources};
  EXPECT_THAT(asked.report.diagnostics, IsEmpty());
  EXPECT_THAT(list_names(asked.report), ElementsAre("feed/Scam", "feed/Wild_Ads.txt"));
  EXPECT_EQ("feed/wild-ads", asked.categories("ads.example"));
  EXPECT_EQ("scams", asked.categories("scam.example"));
  EXPECT_EQ("scams", asked.categories("http://scam2.example/xy"));
}

TEST(CatalogueBuilder, ReadsOneFile) {
  ListTree tree;
  Source source = tree.feed();
  source.path = tree.write("gambling-hosts.txt", "127.0.0.1 bet.example\n");
  Asked unnamed{{{source}, {}}};
  EXPECT_EQ("feed/gambling-hosts", unnamed.categories("bet.example"));
  EXPECT_THAT(list_names(unnamed.report), ElementsAre("feed/gambling-hosts.txt"));
  source.category = "gambling";
  source.format = ListFormat::hosts;
  Asked named{{{source}, {}}};
  EXPECT_EQ("gambling", named.categories("bet.example"));
  source.format = ListFormat::domains;
  EXPECT_THAT(refused({{source}, {}}), HasSubstr("has not a single entry"));
}

TEST(CatalogueBuilder, HandKeptListsMayMixFoldersAndFiles) {
  ListTree tree;
  tree.write("local/allow/domains", "allowed.example\n");
  tree.write("local/social-media/tiktok/domains", "clips.example\n");
  tree.write("local/gambling.txt", "bet.example\n");
  tree.write("local/our-own/urls", "own.example/x\n");
  tree.write("exceptions/domains", "helped.example\n");
  tree.write("exceptions/help-lines.txt", "line.example\n");
  tree.write("exceptions/health/domains", "health.example\n");
  Asked asked{{{tree.local(), tree.exceptions()}, {}}};
  EXPECT_THAT(asked.report.diagnostics, IsEmpty());
  EXPECT_THAT(list_names(asked.report), ElementsAre("local/allow/domains", "local/gambling.txt", "local/our-own/urls",
                                                    "local/social-media/tiktok/domains", "exceptions/domains",
                                                    "exceptions/health/domains", "exceptions/help-lines.txt"));
  EXPECT_EQ("social-media/tiktok", asked.categories("clips.example"));
  EXPECT_EQ("gambling", asked.categories("bet.example"));
  EXPECT_EQ("our-own", asked.categories("http://own.example/x"));
  EXPECT_TRUE(asked("allowed.example").allow);
}

TEST(CatalogueBuilder, AsksAboutALocalCategoryThatLooksMisspelt) {
  ListTree tree;
  tree.write("local/gambing/domains", "bet.example\n");
  Asked asked{{{tree.local()}, {}}};
  EXPECT_THAT(
      Asked::all(asked.report.diagnostics),
      EndsWith("local/gambing/domains: warning: the category \"gambing\" is new; did you mean \"gambling\"?\n"));
}

TEST(CatalogueBuilder, CountsEntriesDuplicatesAndRejects) {
  ListTree tree;
  tree.write("feed/x/domains", "a.example\n\nA.example.\nb.example\ncom\nx_*_y\n# c\n");
  tree.write("feed/x/urls", "a.example/x\na.example//x\na.example\n");
  tree.write("feed/x/expressions", "foo\nfoo\n(\n");
  tree.write("feed/y/domains", "a.example\n");
  Asked asked{{{tree.feed()}, {}}};
  const auto& lists = asked.report.lists;
  ASSERT_EQ(4U, lists.size());
  EXPECT_EQ(std::pair(2U, 2U), std::pair(lists[0].entries, lists[0].rejected));
  EXPECT_EQ(std::pair(1U, 1U), std::pair(lists[1].entries, lists[1].rejected)) << lists[1].name;
  EXPECT_EQ(std::pair(2U, 0U), std::pair(lists[2].entries, lists[2].rejected)) << lists[2].name;
  EXPECT_EQ(std::pair(1U, 0U), std::pair(lists[3].entries, lists[3].rejected));
  EXPECT_EQ(lists.size(), count_real(asked.catalogue->lists()));
  EXPECT_EQ(lists[2].name, asked.catalogue->lists()[2].name);
  EXPECT_EQ(lists[2].entries, asked.catalogue->lists()[2].entries);
  EXPECT_EQ(3U, asked("a.example").matches.size()) << "the two lists of domains, and the URL without a path";
}

TEST(CatalogueBuilder, KeepsTheFirstMistakesAndCountsTheRest) {
  ListTree tree;
  std::string text = "good.example\n";
  for (int i = 0; i < 50; ++i)
    text += "bad\n";
  tree.write("feed/x/domains", text);
  Asked asked{{{tree.feed()}, {}}};
  ASSERT_EQ(kKeptPerList + 1, asked.report.diagnostics.size());
  EXPECT_THAT(to_string(asked.report.diagnostics[0]),
              EndsWith("feed/x/domains:2:1: warning: \"bad\" would cover a whole top-level domain"));
  EXPECT_THAT(to_string(asked.report.diagnostics.back()),
              EndsWith("feed/x/domains: warning: 30 more lines with mistakes"));
}

TEST(CatalogueBuilder, RefusesExpressionsThatMatchEverythingOrNothingCanRead) {
  ListTree tree;
  constexpr std::string_view kBad[] = {".*",    "^",      "x*",     "^$",     "/",      ".",
                                       "[a-z]", "(?U)x*", "(?U).+", "(a)\\1", "a(?=b)", "("};
  std::string text = "good\n";
  for (const auto bad : kBad)
    text.append(bad).append("\n");
  tree.write("feed/x/expressions", text);
  tree.write("feed/x/domains", "*.*.*\n*a*.com\n");
  Asked asked{{{tree.feed()}, {}}};
  std::vector<std::string> said;
  for (const auto& diagnostic : asked.report.diagnostics)
    said.push_back(std::to_string(diagnostic.line) + ' ' + diagnostic.message);
  const std::string all = "it would match every host";
  EXPECT_THAT(said,
              ::testing::UnorderedElementsAre(
                  "1 \"*.*\" would cover a whole top-level domain", "2 " + all, "3 " + all, "4 " + all, "5 " + all,
                  "6 " + all, "7 " + all, "8 " + all, "9 " + all, "10 " + all,
                  "11 not a usable expression: Back-references are unsupported. (Hyperscan); invalid escape "
                  "sequence: \\1 (RE2)",
                  "12 not a usable expression: Zero-width assertions are not supported. (Hyperscan); invalid perl "
                  "operator: (?= (RE2)",
                  "13 not a usable expression: Missing close parenthesis for group started at index 0. "
                  "(Hyperscan); missing ): ( (RE2)"));
  EXPECT_EQ("feed/x", asked.categories("good.example"));
  EXPECT_EQ("feed/x", asked.categories("xay.com"));
  EXPECT_EQ("", asked.categories("example.org"));
}

TEST(CatalogueBuilder, TheLongestPatternsCompile) {
  ListTree tree;
  tree.write("feed/x/urls", "a.com/" + std::string(8186, 'p') + '\n');
  tree.write("feed/x/expressions", std::string(8192, 'e') + '\n');
  tree.write("feed/x/keywords", std::string(63, 'k') + '\n');
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_THAT(asked.report.diagnostics, IsEmpty());
  EXPECT_EQ("feed/x", asked.categories("http://a.com/" + std::string(9000, 'p')));
  EXPECT_EQ("feed/x", asked.categories("http://b.com/" + std::string(9000, 'E')));
}

TEST(CatalogueBuilder, AFeedThatFailsGivesNoCatalogue) {
  ListTree tree;
  EXPECT_THAT(refused({{tree.feed()}, {}}), EndsWith("/feed: error: No such file or directory\n"));
  tree.write("feed/x/domains", "");
  EXPECT_THAT(refused({{tree.feed()}, {}}), EndsWith("/feed: error: has not a single entry\n"));
  tree.write("feed/y/domains", "<html>\n");
  EXPECT_THAT(refused({{tree.feed()}, {}}), EndsWith("/feed/y/domains: error: an HTML or XML page, not a list\n"));
  tree.write("feed/y/domains", "a.example\n");
  EXPECT_THAT(refused({{tree.feed()}, {{"feed/y", "Not A Name"}}}),
              EndsWith("/feed/y/domains: error: \"Not A Name\" is not the name of a category\n"));
  EXPECT_EQ("feed/y", Asked({{tree.feed()}, {}}).categories("a.example")) << "an empty list beside is fine";
  auto squidguard_only = tree.feed();
  squidguard_only.path = tree.root() / "feed" / "y";
  std::filesystem::rename(squidguard_only.path / "domains", squidguard_only.path / "other");
  squidguard_only.format = ListFormat::squidguard;
  EXPECT_THAT(refused({{squidguard_only}, {}}), EndsWith("/feed/y: error: has not a single entry\n"));
}

TEST(CatalogueBuilder, AnEmptyHandKeptListIsOnlyWarnedOf) {
  ListTree tree;
  std::filesystem::create_directory(tree.root() / "local");
  Asked asked{{{tree.local()}, {}}};
  EXPECT_THAT(Asked::all(asked.report.diagnostics), EndsWith("/local: warning: has not a single entry\n"));
}

TEST(CatalogueBuilder, PassesOverWhatIsNoFile) {
  ListTree tree;
  tree.write("feed/x/domains", "a.example\n");
  ASSERT_EQ(0, ::mkfifo((tree.root() / "feed" / "x" / "urls").c_str(), 0600));
  std::filesystem::create_directory_symlink("..", tree.root() / "feed" / "x" / "loop");
  std::filesystem::create_symlink("nowhere", tree.root() / "feed" / "x" / "expressions");
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_EQ("feed/x", asked.categories("a.example").substr(0, 6));
}

TEST(CatalogueBuilder, NamesItsInputs) {
  ListTree tree;
  tree.write("feed/x/domains", "a.example\n");
  Asked asked{{{tree.feed()}, {}}};
  const auto feed = tree.root() / "feed";
  EXPECT_THAT(asked.report.inputs, ElementsAre(feed, feed / "x", feed / "x" / "domains"));
}

TEST(CatalogueBuilder, TheCategoriesCanRunOut) {
  ListTree tree;
  for (std::size_t i = 0; i < kMaxCategories; ++i)
    tree.write("feed/c" + std::to_string(i) + "/domains", "a.example\n");
  EXPECT_THAT(refused({{tree.feed()}, {}}), HasSubstr("error: there are more than 512 categories\n"));
}

std::uint64_t fingerprint(const Sources& sources, std::optional<std::chrono::sys_days> today = {}) {
  BuildReport report;
  CatalogueBuilder builder{sources, {SipKey{1, 2}, {}, today}};
  EXPECT_TRUE(builder.read(report)) << Asked::all(report.diagnostics);
  const auto image = builder.compile(report);
  if (!image) return builder.fingerprint();
  EXPECT_EQ(builder.fingerprint(), (*Catalogue::from_image(*image))->fingerprint());
  return builder.fingerprint();
}

TEST(Fingerprint, ChangesWithListsAndMapping) {
  ListTree tree;
  const auto file = tree.write("feed/x/domains", "a.example\n");
  Sources sources{{tree.feed()}, {}};
  const auto first = fingerprint(sources);
  EXPECT_EQ(first, fingerprint(sources));
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::seconds{1});
  EXPECT_EQ(first, fingerprint(sources)) << "the same bytes are the same list";
  sources.map["feed/x"] = "games";
  const auto mapped = fingerprint(sources);
  EXPECT_NE(first, mapped);
  tree.write("feed/x/domains", "b.example\n");
  const auto edited = fingerprint(sources);
  EXPECT_NE(mapped, edited);
  tree.write("feed/y/urls", "");
  EXPECT_NE(edited, fingerprint(sources));
}

TEST(WriteImage, ReplacesTheFileWhole) {
  ListTree tree;
  tree.write("feed/x/domains", "a.example\n");
  BuildReport report;
  const auto image = build_catalogue({{tree.feed()}, {}}, report);
  ASSERT_TRUE(image);
  const auto file = tree.write("state/catalogue", "what was there before");
  std::string error;
  ASSERT_TRUE(write_image(file, *image, Durability::synced, error)) << error;
  const auto catalogue = Catalogue::open(file);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(1U, count_real((*catalogue)->lists()));
  EXPECT_EQ(1, std::distance(std::filesystem::directory_iterator{tree.root() / "state"}, {})) << "no temporary is left";

  EXPECT_FALSE(write_image(tree.root() / "absent" / "catalogue", *image, Durability::synced, error));
  EXPECT_THAT(error, AllOf(HasSubstr("cannot create"), EndsWith(": No such file or directory")));
  std::filesystem::create_directory(tree.root() / "folder");
  EXPECT_FALSE(write_image(tree.root() / "folder", *image, Durability::synced, error));
  EXPECT_THAT(error, EndsWith(": Is a directory"));
  EXPECT_THAT(Asked::all(report.diagnostics), Not(HasSubstr("error")));
}

TEST(WriteImage, AFullDiskLeavesTheOldFile) {
  ListTree tree;
  const auto file = tree.write("state/catalogue", "old");
  std::string error;
  {
    const breakwater::testing::FileSizeLimit full{4096};
    EXPECT_FALSE(write_image(file, std::vector<std::uint8_t>(100'000), Durability::synced, error));
  }
  EXPECT_THAT(error, AllOf(HasSubstr("cannot write"), EndsWith(": File too large")));
  EXPECT_EQ(3U, std::filesystem::file_size(file));
  EXPECT_EQ(1, std::distance(std::filesystem::directory_iterator{tree.root() / "state"}, {})) << "no temporary is left";
}

}  // namespace
}  // namespace breakwater::categories::test
