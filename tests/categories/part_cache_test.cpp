#include "categories/part_cache.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>

#include "categories/part_reader.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

using testing::UnorderedElementsAre;

namespace fs = std::filesystem;

constexpr SipKey kKey{1, 2};

class PartCacheTest : public testing::Test {
 protected:
  ListFile list(const std::string& name, std::string_view text, ListFormat format = ListFormat::domains) const {
    return {tree.write(name, text), name, "games", ListRole::feed, format};
  }

  /// Reads lists and keeps their parts, as the builder does. Returns the digest of the last one.
  std::string keep(const std::vector<ListFile>& files) const {
    PartCache cache{folder, kKey};
    std::string digest;
    for (const auto& file : files) {
      const auto stamp = PartCache::stamp(file.path);
      Diagnostics diagnostics;
      auto bytes = read_part(file, tree.root(), kKey, diagnostics);
      if (!bytes) throw std::runtime_error(Asked::all(diagnostics));
      digest = cache.keep(file, stamp, std::move(*bytes))->digest();
    }
    cache.save(files);
    return digest;
  }

  /// Does the next process find what is on disk now?
  bool finds(const ListFile& file) const { return PartCache{folder, kKey}.find(file).has_value(); }

  std::vector<std::string> kept() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder})
      names.push_back(entry.path().filename());
    return names;
  }

  /// Changes that follow each other too fast for the file system's clock have one time.
  void wait_for_its_clock(const fs::path& file) const {
    while (fs::last_write_time(tree.write("clock", "x")) <= fs::last_write_time(file)) {
    }
  }

  ListTree tree;
  fs::path folder = tree.root() / "state" / "cache";
};

TEST_F(PartCacheTest, FindsAgainWhatItKept) {
  const auto file = list("list", "a.example\n");
  EXPECT_FALSE(finds(file));
  const auto digest = keep({file});
  const PartCache cache{folder, kKey};
  for (const auto& part : {cache.find(file), cache.find(digest)}) {
    ASSERT_TRUE(part);
    EXPECT_EQ(digest, part->digest());
    EXPECT_EQ(host_key(kKey, "a.example"), part->hosts()->hashes.front());
  }
  EXPECT_THAT(kept(), UnorderedElementsAre("stamps", digest + ".part"));
}

TEST_F(PartCacheTest, WhatChangedIsNotFound) {
  const struct {
    const char* what;
    std::function<void(const fs::path&)> change;
  } kCases[] = {
      {"longer", [this](const fs::path&) { tree.write("list", "a.example\nb.example\n"); }},
      {"touched", [](const fs::path& file) { fs::last_write_time(file, fs::file_time_type{}); }},
      {"as long, and its time put back",
       [this](const fs::path& file) {
         const auto time = fs::last_write_time(file);
         tree.write("list", "b.example\n");
         fs::last_write_time(file, time);
       }},
      {"replaced by one as long and as old",
       [this](const fs::path& file) {
         const auto other = tree.write("other", "b.example\n");
         fs::last_write_time(other, fs::last_write_time(file));
         fs::rename(other, file);
       }},
      {"removed", [](const fs::path& file) { fs::remove(file); }},
  };
  for (const auto& [what, change] : kCases) {
    const auto file = list("list", "a.example\n");
    keep({file});
    ASSERT_TRUE(finds(file)) << what;
    wait_for_its_clock(file.path);
    change(file.path);
    EXPECT_FALSE(finds(file)) << what;
  }
}

TEST_F(PartCacheTest, WhatAnIncludedFileSaysCounts) {
  const auto file = list("v2fly/list", "a.example\ninclude:there\ninclude:absent\n", ListFormat::v2fly);
  tree.write("v2fly/there", "b.example\n");
  keep({file});
  EXPECT_TRUE(finds(file));
  tree.write("v2fly/absent", "c.example\n");
  EXPECT_FALSE(finds(file)) << "it was not there";
  keep({file});
  EXPECT_TRUE(finds(file));
  fs::last_write_time(tree.root() / "v2fly/there", fs::file_time_type{});
  EXPECT_FALSE(finds(file));
}

TEST_F(PartCacheTest, WhatChangesWhileAListIsReadShowsLater) {
  const auto file = list("v2fly/list", "include:there\n", ListFormat::v2fly);
  const auto included = tree.write("v2fly/there", "b.example\n");
  for (const auto& changed : {file.path, included}) {
    PartCache cache{folder, kKey};
    const auto stamp = PartCache::stamp(file.path);
    Diagnostics diagnostics;
    auto bytes = read_part(file, tree.root(), kKey, diagnostics);
    fs::last_write_time(changed, fs::file_time_type{});
    ASSERT_TRUE(cache.keep(file, stamp, std::move(*bytes)));
    EXPECT_FALSE(cache.find(file)) << changed;
  }
}

TEST_F(PartCacheTest, TheFormatBelongsToTheList) {
  auto file = list("list", "a.example\n");
  const auto as_domains = keep({file});
  file.format = ListFormat::hosts;
  EXPECT_FALSE(finds(file));
  EXPECT_NE(as_domains, keep({file}));
}

TEST_F(PartCacheTest, WhatIsDamagedIsAsGoodAsAbsent) {
  const auto file = list("list", "a.example\n");
  const auto digest = keep({file});
  const auto part = folder / (digest + ".part");
  const auto stamps = folder / "stamps";

  fs::resize_file(part, fs::file_size(part) - 1);
  EXPECT_FALSE(finds(file));
  EXPECT_EQ(digest, keep({file}));
  EXPECT_TRUE(finds(file));

  const auto other = list("other", "b.example\n");
  const auto other_digest = keep({file, other});
  fs::copy_file(part, folder / (other_digest + ".part"), fs::copy_options::overwrite_existing);
  EXPECT_TRUE(finds(file));
  EXPECT_FALSE(finds(other)) << "a part of another list";
  EXPECT_FALSE((PartCache{folder, kKey}.find("../../list")));
  EXPECT_FALSE((PartCache{folder, kKey}.find("")));

  fs::remove(part);
  EXPECT_FALSE(finds(file));
  keep({file});
  for (const std::string_view notes : {"", "\n\t\t\t\n", "x\ty\tz\tlist\n", "\xff\xfe\n"}) {
    std::ofstream{stamps} << notes;
    EXPECT_FALSE(finds(file)) << notes;
    EXPECT_TRUE((PartCache{folder, kKey}.find(digest)));
  }
}

TEST_F(PartCacheTest, AnotherKeyFindsNothing) {
  const auto file = list("list", "a.example\n");
  const auto digest = keep({file});
  const PartCache other{folder, SipKey{3, 4}};
  EXPECT_FALSE(other.find(file));
  EXPECT_FALSE(other.find(digest));
}

TEST_F(PartCacheTest, NotesAreKeptOfTheListsThatThereAre) {
  const auto one = list("one", "a.example\n");
  const auto two = list("two", "b.example\n");
  keep({one, two});
  EXPECT_TRUE(finds(one) && finds(two));
  PartCache{folder, kKey}.save({two});
  EXPECT_FALSE(finds(one));
  EXPECT_TRUE(finds(two));
}

/// A tab stands between the fields of a note: what is around one in a name could pass for another list's note.
TEST_F(PartCacheTest, AListWithATabInAnyNameIsReadAnew) {
  const auto plain = list("plain", "a.example\n");
  const auto odd = list("od\td", "b.example\n");
  const auto including = list("bannedsitelist", ".Include<i\tn>\n", ListFormat::e2guardian);
  tree.write("i\tn", "c.example\n");
  const auto digest = keep({plain, odd, including});
  EXPECT_EQ(1U, PartCache(folder, kKey).find(digest)->includes().size());
  EXPECT_TRUE(finds(plain));
  EXPECT_FALSE(finds(odd));
  EXPECT_FALSE(finds(including));
  std::ifstream notes{folder / "stamps"};
  EXPECT_EQ(1, std::count(std::istreambuf_iterator<char>{notes}, {}, '\n'));
}

TEST_F(PartCacheTest, WithoutAFolderPartsAreInMemoryAlone) {
  const auto file = list("list", "a.example\n");
  Diagnostics diagnostics;
  for (const fs::path& nowhere : {fs::path{}, file.path / "cache"}) {
    PartCache cache{nowhere, kKey};
    const auto part = cache.keep(file, PartCache::stamp(file.path), *read_part(file, tree.root(), kKey, diagnostics));
    ASSERT_TRUE(part);
    EXPECT_EQ(1U, part->hosts()->hashes.size());
    cache.save({file});
    EXPECT_FALSE(cache.find(file));
    EXPECT_FALSE(cache.find(part->digest()));
  }
}

TEST_F(PartCacheTest, WhatIsNoPartIsNotKept) {
  PartCache cache{folder, kKey};
  const auto file = list("list", "a.example\n");
  EXPECT_EQ(CatalogueError::truncated, cache.keep(file, PartCache::stamp(file.path), {}).error());
  EXPECT_FALSE(cache.find(file));
}

TEST_F(PartCacheTest, PruningLeavesWhatIsUsedAndWhatIsNotItsOwn) {
  const auto used = keep({list("one", "a.example\n")});
  const auto unused = keep({list("two", "b.example\n")});
  const std::string database(64, 'd');
  for (const auto& name : {database, std::string(64, 'e'), std::string{"notes.txt"}, std::string(64, 'x')})
    tree.write("state/cache/" + name, "");
  prune_cache(folder, {used + ".part", database});
  EXPECT_THAT(kept(), UnorderedElementsAre("stamps", "notes.txt", used + ".part", database, std::string(64, 'x')));
  prune_cache(tree.root() / "absent", {});
}

}  // namespace
}  // namespace breakwater::categories::test
