#include "categories/part_reader.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

namespace fs = std::filesystem;

constexpr SipKey kKey{1, 2};

class PartReader : public testing::Test {
 protected:
  /// Reads the list `feed/list`, which is written in v2fly's format unless told; the feed's folder is `feed`.
  std::optional<Part> read(ListFormat format = ListFormat::v2fly) {
    diagnostics.clear();
    const ListFile file{tree.root() / "feed/list", "feed/list", "games", ListRole::feed, format};
    auto bytes = read_part(file, tree.root() / "feed", kKey, diagnostics);
    if (!bytes) return std::nullopt;
    return std::move(*Part::from_bytes(std::move(*bytes)));
  }
  /// What is said of single lines, file names without the folder of the test.
  std::string said(const Part& part) const { return without_root(Asked::all(part.diagnostics())); }
  /// Why the list is refused.
  std::string refusal(ListFormat format = ListFormat::v2fly) {
    EXPECT_FALSE(read(format));
    return without_root(Asked::all(diagnostics));
  }
  std::string without_root(std::string text) const {
    const auto root = tree.root().string() + '/';
    for (auto at = text.find(root); at != std::string::npos; at = text.find(root, at))
      text.erase(at, root.size());
    return text;
  }
  static std::uint32_t line_of(const Part& part, std::string_view host) {
    const auto at = std::ranges::lower_bound(part.hosts()->hashes, host_key(kKey, host)) - part.hosts()->hashes.begin();
    const auto i = static_cast<std::size_t>(at);
    return i < part.hosts()->hashes.size() && part.hosts()->hashes[i] == host_key(kKey, host) ? part.hosts()->lines[i]
                                                                                              : 0;
  }

  ListTree tree;
  Diagnostics diagnostics;
};

TEST_F(PartReader, EntriesOfAnIncludedFileStandAtItsInclude) {
  tree.write("feed/list", "a.example\ninclude:data/more\nb.example\n");
  tree.write("feed/data/more", "\n\n\nc.example\ninclude:still-more\n");
  tree.write("feed/data/still-more", "\nd.example\nregexp:x[0-9]y\n");
  const auto part = *read();
  EXPECT_EQ("", said(part));
  EXPECT_EQ(4U, part.hosts()->hashes.size());
  EXPECT_EQ(1U, line_of(part, "a.example"));
  EXPECT_EQ(2U, line_of(part, "c.example"));
  EXPECT_EQ(2U, line_of(part, "d.example"));
  EXPECT_EQ(3U, line_of(part, "b.example"));
  EXPECT_EQ(2U, part.patterns().at(0).line);
  ASSERT_EQ(2U, part.includes().size());
  EXPECT_EQ(tree.root() / "feed/data/more", part.includes()[0].file);
  EXPECT_EQ(tree.root() / "feed/data/still-more", part.includes()[1].file);
}

TEST_F(PartReader, IncludesStayInsideTheFolderOfTheFeed) {
  tree.write("outside", "outside.example\n");
  tree.write("feed-b/list", "outside.example\n");
  tree.write("feed/sub/inside", "inside.example\n");
  fs::create_symlink(tree.root() / "outside", tree.root() / "feed/link");
  fs::create_directory_symlink(tree.root(), tree.root() / "feed/up");
  fs::create_symlink("sub/inside", tree.root() / "feed/good-link");
  const std::string outside = "feed/list:1:9: warning: the included file lies outside of the feed's folder\n";
  const std::pair<std::string, std::string> kCases[] = {
      {"../outside", outside},
      {"sub/../../outside", outside},
      {"../feed-b/list", outside},
      {(tree.root() / "outside").string(), outside},
      {"/etc/passwd", outside},
      {"link", outside},
      {"up/outside", outside},
      {"sub/inside", ""},
      {"./sub//../sub/inside", ""},
      {"good-link", ""},
      {"up/feed/sub/inside", ""},
      {"../feed/sub/inside", ""},
      {(tree.root() / "feed/sub/inside").string(), ""},
  };
  for (const auto& [name, expected] : kCases) {
    tree.write("feed/list", "include:" + name + '\n');
    const auto part = *read();
    EXPECT_EQ(expected, said(part)) << name;
    EXPECT_EQ(expected.empty() ? 1U : 0U, line_of(part, "inside.example")) << name;
    EXPECT_EQ(0U, line_of(part, "outside.example")) << name;
    EXPECT_EQ(expected.empty() ? 0U : 1U, part.rejected()) << name;
  }
}

TEST_F(PartReader, TheFolderMayBeNamedInAnyWay) {
  tree.write("feed/list", "include:more\n");
  tree.write("feed/more", "a.example\n");
  const ListFile file{tree.root() / "feed/list", "feed/list", "games", ListRole::feed, ListFormat::v2fly};
  for (const auto* root : {"feed", "feed/", "feed/.", "feed/../feed", "", "/"})
    EXPECT_EQ("", said(*Part::from_bytes(*read_part(file, tree.root() / root, kKey, diagnostics)))) << root;
}

TEST_F(PartReader, CyclesEndAtOnce) {
  tree.write("feed/list", "include:list\ninclude:one\n");
  tree.write("feed/one", "a.example\ninclude:two\n");
  tree.write("feed/two", "b.example\ninclude:./one\ninclude:list\n");
  const auto part = *read();
  EXPECT_EQ(
      "feed/list:1:9: warning: the included file includes itself\n"
      "feed/two:2:9: warning: the included file includes itself\n"
      "feed/two:3:9: warning: the included file includes itself\n",
      said(part));
  EXPECT_EQ(2U, part.hosts()->hashes.size());
}

TEST_F(PartReader, IncludesHaveADepthAndANumber) {
  for (int i = 0; i < 10; ++i)
    tree.write("feed/deep" + std::to_string(i),
               "host" + std::to_string(i) + ".example\ninclude:deep" + std::to_string(i + 1) + '\n');
  tree.write("feed/list", "include:deep0\n");
  const auto deep = *read();
  EXPECT_EQ("feed/deep7:2:9: warning: the included file is included too deeply\n", said(deep));
  EXPECT_EQ(8U, deep.hosts()->hashes.size());

  tree.write("feed/one", "a.example\n");
  std::string many;
  for (int i = 0; i < 258; ++i)
    many += "include:one\n";
  tree.write("feed/list", many);
  const auto wide = *read();
  EXPECT_EQ(
      "feed/list:257:9: warning: the included file is one too many\n"
      "feed/list:258:9: warning: the included file is one too many\n",
      said(wide));
  EXPECT_EQ(256U, wide.includes().size());
}

TEST_F(PartReader, AnIncludedFileThatCannotBeUsedCostsOnlyItself) {
  tree.write("feed/html", "<!DOCTYPE html>\n<html></html>\n");
  tree.write("feed/folder/x", "");
  ASSERT_EQ(0, ::mkfifo((tree.root() / "feed/fifo").c_str(), 0600));
  tree.write("feed/list", "include:absent\ninclude:folder\ninclude:html\ninclude:fifo\na.example\n");
  const auto part = *read();
  EXPECT_EQ(
      "feed/list:1:9: warning: the included file cannot be used: No such file or directory\n"
      "feed/list:2:9: warning: the included file cannot be used: is no file\n"
      "feed/list:3:9: warning: the included file cannot be used: an HTML or XML page, not a list\n"
      "feed/list:4:9: warning: the included file cannot be used: is no file\n",
      said(part));
  EXPECT_EQ(5U, line_of(part, "a.example"));
  EXPECT_EQ(4U, part.includes().size()) << "they are watched: they may come";
}

TEST_F(PartReader, WhatIsIncludedIsWrittenAsWhatIncludesIt) {
  tree.write("feed/list", ".Include<more>\na.example/x\n");
  tree.write("feed/more", "b.example/y\n");
  const auto part = *read(ListFormat::e2guardian);
  EXPECT_EQ("", said(part));
  ASSERT_EQ(2U, part.patterns().size());
  EXPECT_EQ("b.example/y", part.patterns()[0].text);
}

TEST_F(PartReader, MistakesNameTheirOwnFileAndBeyondTwentyAreCounted) {
  std::string bad;
  for (int i = 0; i < 15; ++i)
    bad += "com\n";
  tree.write("feed/more", bad);
  tree.write("feed/list", "a.example\n" + bad + "include:more\n");
  const auto part = *read();
  EXPECT_EQ(30U, part.rejected());
  const auto& all = part.diagnostics();
  ASSERT_EQ(kKeptPerList + 1, all.size());
  const auto why = "warning: \"com\" would cover a whole top-level domain";
  EXPECT_EQ(std::string{"feed/list:2:1: "} + why, without_root(to_string(all[0])));
  EXPECT_EQ(std::string{"feed/list:16:1: "} + why, without_root(to_string(all[14])));
  EXPECT_EQ(std::string{"feed/more:1:1: "} + why, without_root(to_string(all[15])));
  EXPECT_EQ(std::string{"feed/more:5:1: "} + why, without_root(to_string(all[19])));
  EXPECT_EQ("feed/list: warning: 10 more lines with mistakes", without_root(to_string(all[20])));
}

TEST_F(PartReader, RulesThatMeanNothingHereAreCountedByKind) {
  std::string rules = "||a.example^\n||b.example^$third-party\na.example##.ad\n";
  for (int i = 0; i < 40; ++i)
    rules += "##.ad\n";
  tree.write("feed/list", rules);
  const auto part = *read(ListFormat::adblock);
  EXPECT_EQ(
      "feed/list:3:1: warning: passed over: a rule for parts of pages (41 in all)\n"
      "feed/list:2:1: warning: passed over: a rule for some pages or kinds of content\n",
      said(part));
  EXPECT_EQ(std::pair(0U, 42U), std::pair(part.rejected(), part.skipped()));
}

TEST_F(PartReader, WhatIsNoListIsRefused) {
  EXPECT_EQ("feed/list: error: No such file or directory\n", refusal());
  tree.write("feed/list", "<html>\n");
  EXPECT_EQ("feed/list: error: an HTML or XML page, not a list\n", refusal());
  fs::remove(tree.root() / "feed/list");
  tree.write("feed/list/x", "");
  EXPECT_EQ("feed/list: error: is no file\n", refusal());
}

TEST_F(PartReader, TellsTheFormatThatItFound) {
  tree.write("feed/list", "127.0.0.1 a.example\n127.0.0.1 b.example\n");
  EXPECT_EQ(ListFormat::hosts, read(ListFormat::automatic)->format());
  EXPECT_EQ(ListFormat::hosts, read(ListFormat::hosts)->format());
}

TEST_F(PartReader, SuffixesThatTheirOwnersLetAreNoted) {
  tree.write("feed/list", "a.example\ngithub.io\nme.github.io\n");
  const auto part = *read();
  ASSERT_EQ(1U, part.shared_suffixes().size());
  EXPECT_EQ("github.io", part.shared_suffixes()[0].host);
  EXPECT_EQ(2U, part.shared_suffixes()[0].line);
  EXPECT_EQ(2U, line_of(part, "github.io"));
}

TEST_F(PartReader, TheDigestChangesWithAllThatTheMeaningDependsOn) {
  tree.write("feed/list", "a.example\ninclude:more\n");
  tree.write("feed/more", "b.example\n");
  const auto digest = [this](ListFormat format = ListFormat::v2fly) { return std::string{read(format)->digest()}; };
  const auto first = digest();
  EXPECT_EQ(64U, first.size());
  EXPECT_EQ(first, digest());
  EXPECT_NE(first, digest(ListFormat::domains));
  tree.write("feed/more", "c.example\n");
  const auto included = digest();
  EXPECT_NE(first, included);
  tree.write("feed/list", "a.example\n#\ninclude:more\n");
  EXPECT_NE(included, digest());
  tree.write("feed/list", "a.example\n#\ninclude:more\nc.example\n");
  tree.write("feed/more", "");
  const auto moved = digest();
  tree.write("feed/list", "a.example\n#\ninclude:more\n");
  tree.write("feed/more", "c.example\n");
  EXPECT_NE(moved, digest()) << "the same bytes, on another line";
  // The name says the language of key words.
  const auto of = [this](const std::string& name, std::string_view text) {
    const ListFile file{tree.write("feed/" + name, text), name, "games", ListRole::feed, ListFormat::keywords};
    return std::string{Part::from_bytes(*read_part(file, tree.root(), kKey, diagnostics))->digest()};
  };
  EXPECT_NE(of("keywords.tr", "bet\n"), of("keywords.de", "bet\n"));
  EXPECT_NE(of("keywords.tr", "bet\n"), of("keywords", ".trbet\n")) << "where a name ends is told apart";
}

}  // namespace
}  // namespace breakwater::categories::test
