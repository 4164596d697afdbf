#include "proxy/snapshot/loader.h"

#include <fstream>

#include <gmock/gmock.h>

#include "proxy/lists/list_state.h"
#include "rules/civil_time.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::snapshot {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kPolicy = R"(
[centre]
name = "Centre"
timezone = "Europe/London"
hosts = ["centre.test"]
[lists]
local = "local"
[[lists.feed]]
name = "feed"
path = "feed"
[[group]]
name = "everyone"
networks = ["127.0.0.0/8"]
[floor]
categories = ["gambling"]
[essential]
hosts = ["essential.test"]
[[rule]]
name = "no games"
block = ["games", "phishing", "news"]
)";

std::string many(int number, std::string_view suffix) {
  std::string lines;
  for (int i = 0; i < number; ++i)
    lines.append("host").append(std::to_string(i)).append(suffix).append("\n");
  return lines;
}

class LoaderTest : public testing::Test {
 protected:
  LoaderTest() {
    request.policy = folder.write("policy.toml", kPolicy);
    request.state = folder.path() / "state";
    request.now = rules::SysSeconds{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
    request.why = "test";
    feed("gambling/domains", "bets.test\n");
    local("games/domains", "play.test\n");
  }

  std::filesystem::path feed(const std::string& list, std::string_view text) {
    return folder.write("feed/" + list, text);
  }
  std::filesystem::path local(const std::string& list, std::string_view text) {
    return folder.write("local/" + list, text);
  }

  static bool blocks(const Loaded& loaded, std::string_view host) {
    EXPECT_TRUE(loaded.snapshot) << testing::PrintToString(messages(loaded));
    if (!loaded.snapshot) return false;
    rules::Engine engine(loaded.snapshot);
    const auto name = *categories::normalise_host(host, categories::HostSource::wire);
    const rules::Subject subject{*categories::IpAddress::parse("127.0.0.1"), 0, "", ""};
    return engine.decide({rules::Stage::connect, name, 443, ""}, subject, {}).action == rules::Action::block;
  }
  bool blocks(std::string_view host) { return blocks(put_in_force(request), host); }

  static std::vector<std::string> messages(const Loaded& loaded) {
    std::vector<std::string> all;
    for (const auto& diagnostic : loaded.diagnostics)
      all.push_back(diagnostic.message);
    return all;
  }

  /// The kinds of what the rehearsal objects to.
  std::vector<std::string> objections() {
    const auto loaded = put_in_force(request);
    std::vector<std::string> kinds;
    if (loaded.rehearsal)
      for (const auto& objection : loaded.rehearsal->objections)
        kinds.emplace_back(to_string(objection.kind));
    EXPECT_EQ(kinds.empty(), loaded.snapshot != nullptr) << testing::PrintToString(messages(loaded));
    return kinds;
  }

  /// The hashes of a part: they stand behind its header.
  void damage(const std::string& digest) const {
    constexpr std::streamoff kHeader = 512;
    std::fstream part(request.state / "lists/cache" / (digest + ".part"), std::ios::in | std::ios::out);
    part.seekg(kHeader);
    const auto byte = part.get();
    part.seekp(kHeader);
    part.put(static_cast<char>(byte ^ 1));
  }

  lists::Version current() {
    std::string error;
    return lists::ListState::open(request.state, error)->current().value_or(lists::Version{});
  }

  test::TemporaryFolder folder;
  LoadRequest request;
};

TEST_F(LoaderTest, CompilesOnceAndUsesTheCompiledFileAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  const auto compiled = request.state / "lists/catalogue";
  ASSERT_TRUE(std::filesystem::exists(compiled));
  const auto written = std::filesystem::last_write_time(compiled);
  EXPECT_TRUE(blocks("bets.test"));
  EXPECT_EQ(std::filesystem::last_write_time(compiled), written);
  EXPECT_EQ(1u, current().number);
}

TEST_F(LoaderTest, ADamagedCompiledFileIsMadeAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  const auto compiled = request.state / "lists/catalogue";
  std::filesystem::resize_file(compiled, std::filesystem::file_size(compiled) / 2);
  EXPECT_TRUE(blocks("bets.test"));
  folder.write("state/lists/catalogue", "foreign");
  EXPECT_TRUE(blocks("bets.test"));
  EXPECT_EQ(1u, current().number) << "the same lists are the same version";
}

TEST_F(LoaderTest, DamagedPartsAreMadeAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  for (const auto& entry : std::filesystem::directory_iterator(request.state / "lists/cache"))
    std::filesystem::resize_file(entry.path(), 40);
  std::filesystem::remove(request.state / "lists/catalogue");
  EXPECT_TRUE(blocks("bets.test"));
}

TEST_F(LoaderTest, PartsOfWhichTheHashesAreDamagedAreMadeAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  for (const auto& list : current().lists)
    damage(list.digest);
  EXPECT_TRUE(blocks("bets.test")) << "nobody looks at them";
  std::filesystem::remove(request.state / "lists/catalogue");
  const auto again = put_in_force(request);
  EXPECT_TRUE(blocks(again, "bets.test"));
  EXPECT_THAT(messages(again), IsEmpty());
  EXPECT_EQ(1u, current().number);
}

TEST_F(LoaderTest, AVersionOfWhichAPartIsDamagedIsNotRestored) {
  put_in_force(request);
  const auto digest = current().find("local/games/domains")->digest;
  local("games/domains", "play.test\nbad.test\n");
  put_in_force(request);
  damage(digest);
  request.restore = 1;
  EXPECT_FALSE(put_in_force(request).snapshot);
  EXPECT_EQ(2u, current().number);
  EXPECT_TRUE(std::filesystem::exists(request.state / "lists/catalogue"));
}

TEST_F(LoaderTest, OnlyTheListThatChangedIsReadAgain) {
  put_in_force(request);
  const auto cache = request.state / "lists/cache";
  const auto parts = [&cache] {
    std::map<std::string, std::filesystem::file_time_type> found;
    for (const auto& entry : std::filesystem::directory_iterator(cache))
      if (entry.path().extension() == ".part") found[entry.path().filename()] = entry.last_write_time();
    return found;
  };
  const auto before = parts();
  ASSERT_EQ(2u, before.size());
  local("games/domains", "play.test\nmore.test\n");
  EXPECT_TRUE(blocks("more.test"));
  std::size_t same = 0;
  for (const auto& [name, time] : parts())
    same += before.contains(name) && before.at(name) == time ? 1u : 0u;
  EXPECT_EQ(2u, same) << "the old parts stay, for a rollback";
  EXPECT_EQ(3u, parts().size());
}

TEST_F(LoaderTest, AStateThatCannotBeWrittenCostsOnlyWhatIsKept) {
  request.state = folder.write("file", "") / "state";
  const auto loaded = put_in_force(request);
  EXPECT_TRUE(blocks(loaded, "bets.test"));
  EXPECT_FALSE(categories::has_errors(loaded.diagnostics));
  EXPECT_THAT(messages(loaded), Contains(HasSubstr("nothing of the lists can be kept")));
}

TEST_F(LoaderTest, WhatIsWrongGivesNoSnapshotAndIsWatchedAllTheSame) {
  folder.write("policy.toml", "[bell]\ngrace = \"soon\"\n");
  const auto loaded = put_in_force(request);
  EXPECT_FALSE(loaded.snapshot);
  EXPECT_TRUE(categories::has_errors(loaded.diagnostics));
  EXPECT_THAT(loaded.inputs, Contains(request.policy));
}

TEST_F(LoaderTest, AnAbsentPolicyIsTold) {
  request.policy = folder.path() / "none.toml";
  const auto loaded = look(request);
  EXPECT_FALSE(loaded.snapshot);
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_THAT(loaded.diagnostics[0].message, StartsWith("cannot be read"));
}

TEST_F(LoaderTest, NothingStaysOfWhatDidNotGoIntoForce) {
  feed("games/domains", many(200, ".games.test"));
  put_in_force(request);
  feed("games/domains", many(139, ".games.test"));
  EXPECT_THAT(objections(), testing::ElementsAre("shrunk"));
  EXPECT_FALSE(std::filesystem::exists(request.state / "lists/catalogue.next"));
}

TEST_F(LoaderTest, WhatTheRehearsalObjectsToDoesNotGoIntoForce) {
  feed("games/domains", many(200, ".games.test"));
  ASSERT_TRUE(blocks("host7.games.test"));
  const auto good = many(200, ".games.test");
  const struct {
    std::string text;
    std::string objection;
  } kCases[] = {
      {many(139, ".games.test"), "shrunk"},     {many(601, ".games.test"), "grown"},
      {good + "essential.test\n", "essential"}, {good + "www.essential.test\n", ""},
      {good + "centre.test\n", "own_host"},     {good + "github.io\n", "public_suffix"},
      {many(200, ".other.test"), ""},
  };
  for (const auto& [text, objection] : kCases) {
    feed("games/domains", text);
    EXPECT_EQ(objection.empty() ? std::vector<std::string>{} : std::vector{objection}, objections()) << objection;
    feed("games/domains", good);
    EXPECT_TRUE(blocks("host7.games.test"));
  }
}

TEST_F(LoaderTest, ALostCategoryIsAnObjectionAndOfTheFloorNobodyMayAcceptIt) {
  feed("news/domains", "paper.test\n");
  feed("phishing/domains", "bait.test\n");
  put_in_force(request);
  std::filesystem::remove_all(folder.path() / "feed/news");
  EXPECT_EQ(std::vector<std::string>{"category_gone"}, objections());
  request.accept = "we read no news";
  EXPECT_TRUE(put_in_force(request).snapshot);
  EXPECT_EQ("we read no news", current().accepted);
  std::filesystem::remove_all(folder.path() / "feed/gambling");
  const auto loaded = put_in_force(request);
  EXPECT_FALSE(loaded.snapshot);
  EXPECT_FALSE(loaded.rehearsal->may_be_accepted());
  EXPECT_TRUE(blocks(last_good(request), "bets.test"));
}

TEST_F(LoaderTest, VisitsSayWhatAnUpdateWouldDo) {
  put_in_force(request);
  request.access_log = folder.path() / "access.log";
  std::ofstream log(request.access_log);
  for (int i = 0; i < 100; ++i)
    log << R"({"time":"x","group":"everyone","host":")" << (i < 40 ? "busy.test" : "quiet.test")
        << R"(","url":"http://x/?a=,\"host\":\"fake.test\"","period":""})" << '\n';
  log << "half a line";
  log.close();
  local("games/domains", "play.test\nbusy.test\n");
  auto loaded = put_in_force(request);
  ASSERT_TRUE(loaded.snapshot) << "people may block what they like";
  EXPECT_EQ("newly blocks 1 host in 40 visits; newly allows 0 hosts (of 100 recent visits)",
            loaded.rehearsal->lines()[0]);
  EXPECT_EQ("  blocks busy.test: games (local/games/domains:2)", loaded.rehearsal->lines()[1]);
  local("games/domains", "play.test\n");
  loaded = put_in_force(request);
  EXPECT_EQ("newly blocks 0 hosts; newly allows 1 host in 40 visits (of 100 recent visits)",
            loaded.rehearsal->lines()[0]);
  feed("phishing/domains", "busy.test\n");
  EXPECT_EQ(std::vector<std::string>{"visits"}, objections());
}

TEST_F(LoaderTest, ARollbackHoldsUntilTheListChangesAgain) {
  put_in_force(request);  // 1
  local("games/domains", "play.test\nbad.test\n");
  feed("news/domains", "paper.test\n");
  put_in_force(request);  // 2
  std::filesystem::remove_all(folder.path() / "feed/news");
  request.accept = "test";
  put_in_force(request);  // 3
  request.accept.clear();

  request.restore = 2;
  const auto back = put_in_force(request);  // 4
  EXPECT_TRUE(blocks(back, "paper.test")) << "a list that is no longer on disk";
  request.restore = 1;
  const auto further = put_in_force(request);  // 5
  EXPECT_FALSE(blocks(further, "bad.test"));
  EXPECT_FALSE(blocks(further, "paper.test"));
  EXPECT_TRUE(blocks(further, "play.test"));
  request.restore.reset();
  EXPECT_EQ(5u, current().number);
  EXPECT_EQ("rollback to 1", current().why);

  EXPECT_FALSE(blocks("bad.test")) << "a reload keeps it";
  EXPECT_EQ(5u, current().number);
  local("phishing/domains", "bait.test\n");
  EXPECT_TRUE(blocks("bait.test")) << "other lists go on";
  EXPECT_FALSE(blocks("bad.test"));
  local("games/domains", "play.test\nworse.test\n");
  EXPECT_TRUE(blocks("worse.test")) << "the list has changed: it counts again";
}

/// A rollback is asked for when the lists on disk are wrong: it may not let in what the rehearsal has refused.
TEST_F(LoaderTest, ARollbackTakesNothingThatWasRefused) {
  feed("games/domains", many(200, ".test"));
  put_in_force(request);  // 1
  local("games/domains", "play.test\nbad.test\n");
  put_in_force(request);  // 2
  feed("games/domains", "host0.test\n");
  feed("news/domains", "essential.test\n");
  EXPECT_EQ((std::vector<std::string>{"shrunk", "essential"}), objections());
  request.restore = 1;
  const auto back = put_in_force(request);  // 3
  EXPECT_TRUE(blocks(back, "host199.test"));
  EXPECT_FALSE(blocks(back, "bad.test"));
  EXPECT_EQ(nullptr, current().find("feed/news/domains"));
  EXPECT_THAT(back.rehearsal->objections, IsEmpty());
}

TEST_F(LoaderTest, ARollbackDoesNotEmptyTheFloor) {
  std::filesystem::remove_all(folder.path() / "feed/gambling");
  feed("news/domains", "paper.test\n");
  put_in_force(request);  // 1
  feed("gambling/domains", "bets.test\n");
  put_in_force(request);  // 2
  request.restore = 1;
  EXPECT_EQ(nullptr, put_in_force(request).snapshot);
  EXPECT_EQ(2u, current().number);
}

/// What was held counts no more once the list has changed, also when it comes back to what it was.
TEST_F(LoaderTest, WhatARollbackHeldIsForgottenWithTheNextChange) {
  put_in_force(request);  // 1
  local("games/domains", "play.test\nbad.test\n");
  put_in_force(request);  // 2
  request.restore = 1;
  put_in_force(request);  // 3
  request.restore.reset();
  EXPECT_FALSE(blocks("bad.test"));
  local("games/domains", "worse.test\n");
  EXPECT_TRUE(blocks("worse.test"));
  EXPECT_THAT(current().held, IsEmpty());
  local("games/domains", "play.test\nbad.test\n");
  EXPECT_TRUE(blocks("bad.test"));
}

TEST_F(LoaderTest, AVersionOfWhichAPartIsGoneIsNotRestored) {
  put_in_force(request);
  const auto part = current().find("local/games/domains")->digest + ".part";
  local("games/domains", "play.test\nbad.test\n");
  put_in_force(request);
  std::filesystem::remove(request.state / "lists/cache" / part);
  request.restore = 1;
  const auto back = put_in_force(request);
  EXPECT_FALSE(back.snapshot);
  EXPECT_THAT(messages(back), Contains("version 1 cannot be had again: its local/games/domains is gone"));
  EXPECT_EQ(2u, current().number);
}

TEST_F(LoaderTest, TenVersionsAreKeptWithWhatTheyNeed) {
  for (int i = 1; i <= 13; ++i) {
    local("games/domains", many(i, ".test"));
    put_in_force(request);
  }
  std::string error;
  const auto state = lists::ListState::open(request.state, error);
  const auto history = state->history();
  ASSERT_EQ(10u, history.size());
  EXPECT_EQ(13u, history.front().number);
  request.restore = 4;
  const auto loaded = put_in_force(request);
  EXPECT_TRUE(blocks(loaded, "host3.test"));
  EXPECT_FALSE(blocks(loaded, "host4.test"));
  request.restore = 2;
  EXPECT_THAT(messages(put_in_force(request)), Contains("there is no version 2 to go back to"));
}

TEST_F(LoaderTest, ADatedEntryEndsWithItsDay) {
  local("games/domains", "play.test  # until 2026-11-24, lesson\n");
  auto loaded = put_in_force(request);
  EXPECT_TRUE(blocks(loaded, "play.test"));
  EXPECT_EQ(rules::SysSeconds{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}}, loaded.changes_at);
  request.now = *loaded.changes_at - std::chrono::seconds{1};
  EXPECT_TRUE(blocks("play.test"));
  request.now = *loaded.changes_at;
  loaded = put_in_force(request);
  EXPECT_FALSE(blocks(loaded, "play.test"));
  EXPECT_FALSE(loaded.changes_at);
  EXPECT_EQ(1u, current().find("local/games/domains")->expired);
}

TEST_F(LoaderTest, ARehearsalAloneChangesNothing) {
  put_in_force(request);
  local("games/domains", "play.test\nmore.test\n");
  const auto loaded = put_in_force(request, Extent::rehearse_only);
  EXPECT_TRUE(loaded.snapshot);
  EXPECT_TRUE(loaded.rehearsal);
  EXPECT_EQ(1u, current().number);
  EXPECT_FALSE(blocks(last_good(request), "more.test"));
}

TEST_F(LoaderTest, ADiffCountsWhatCameAndWent) {
  put_in_force(request);
  local("games/domains", "other.test\nmore.test\nplay.test/x\n");
  put_in_force(request);
  const auto version = current();
  const auto* list = version.find("local/games/domains");
  EXPECT_EQ(3u, list->added);
  EXPECT_EQ(1u, list->removed);
}

TEST_F(LoaderTest, AnArchiveIsUnpackedOnce) {
  const auto tar = "tar -C " + folder.path().string() + " -czf " + (folder.path() / "lists.tar.gz").string() + " feed";
  ASSERT_EQ(0, std::system(tar.c_str()));
  std::string policy{kPolicy};
  policy.replace(policy.find("path = \"feed\""), 13, "path = \"lists.tar.gz\"");
  folder.write("policy.toml", policy);
  EXPECT_TRUE(blocks("bets.test"));
  EXPECT_TRUE(blocks(look(request), "bets.test"));
  request.state.clear();
  EXPECT_TRUE(blocks(look(request), "bets.test")) << "also where nothing is kept";
}

}  // namespace
}  // namespace breakwater::snapshot
