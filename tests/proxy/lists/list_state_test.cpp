#include "proxy/lists/list_state.h"

#include <array>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::lists {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class ListStateTest : public testing::Test {
 protected:
  ListState open() const {
    std::string error;
    auto state = ListState::open(folder_.path(), error);
    if (!state) throw std::runtime_error(error);
    return std::move(*state);
  }
  std::string refused() const {
    std::string error;
    EXPECT_FALSE(ListState::open(folder_.path(), error));
    return error;
  }
  static std::pair<std::uint64_t, std::uint64_t> key(const ListState& state) {
    return {state.key().k0, state.key().k1};
  }
  static std::uint32_t record(ListState& state, std::vector<std::string> cache_files = {}) {
    Version version;
    version.cache_files = std::move(cache_files);
    EXPECT_EQ(state.record(version), std::nullopt);
    return version.number;
  }
  static std::vector<std::uint32_t> numbers(const ListState& state) {
    std::vector<std::uint32_t> all;
    for (const auto& version : state.history())
      all.push_back(version.number);
    return all;
  }
  void damage(std::uint32_t number, std::string_view text = "{") const {
    folder_.write("lists/versions/" + std::to_string(number) + ".json", text);
  }
  bool exists(const std::string& file) const { return fs::exists(folder_.path() / "lists" / file); }

  test::TemporaryFolder folder_;
};

TEST_F(ListStateTest, MakesItsKeyOnceForTheOwnerAlone) {
  const auto first = open();
  EXPECT_NE(key(first), std::pair(std::uint64_t{0}, std::uint64_t{0}));
  EXPECT_EQ(key(open()), key(first));
  const auto lists = folder_.path() / "lists";
  EXPECT_EQ(fs::file_size(lists / "key"), 16u);
  EXPECT_EQ(fs::status(lists / "key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  for (const auto* folder : {"", "cache", "versions", "locked"})
    EXPECT_EQ(fs::status(lists / folder).permissions(), fs::perms::owner_all) << folder;
  EXPECT_EQ(first.locked("iwf"), lists / "locked/iwf.part");
  for (const std::string_view bad : {"", "short", "seventeen bytes.."}) {
    folder_.write("lists/key", bad);
    const auto fresh = key(open());
    EXPECT_NE(fresh, key(first));
    EXPECT_EQ(key(open()), fresh);
  }
}

TEST_F(ListStateTest, GivesProcessesThatStartAtOnceOneKey) {
  for (int round = 0; round < 10; ++round) {
    fs::remove_all(folder_.path() / "lists");
    std::array<int, 2> go{};
    std::array<int, 2> keys{};
    ASSERT_EQ(::pipe(go.data()) | ::pipe(keys.data()), 0);
    constexpr int kProcesses = 4;
    for (int i = 0; i < kProcesses; ++i) {
      if (::fork() != 0) continue;
      char byte = 0;
      ::close(go[1]);
      bool written = ::read(go[0], &byte, 1) == 0;  // all at once, when the parent closes its end
      std::string error;
      const auto state = ListState::open(folder_.path(), error);
      written = written && state && ::write(keys[1], &state->key(), sizeof state->key()) == sizeof state->key();
      ::_exit(written ? 0 : 1);
    }
    ::close(go[0]);
    ::close(go[1]);
    ::close(keys[1]);
    for (int i = 0; i < kProcesses; ++i) {
      int status = 1;
      ASSERT_GT(::wait(&status), 0);
      ASSERT_EQ(status, 0);
    }
    categories::SipKey got;
    for (int i = 0; i < kProcesses; ++i) {
      ASSERT_EQ(::read(keys[0], &got, sizeof got), static_cast<ssize_t>(sizeof got));
      EXPECT_EQ(std::pair(got.k0, got.k1), key(open())) << round;
    }
    ::close(keys[0]);
  }
}

TEST_F(ListStateTest, ThatCannotBeMadeIsRefused) {
  folder_.write("lists", "a file");
  EXPECT_EQ(refused(), (folder_.path() / "lists").string() + ": Not a directory");
  fs::remove(folder_.path() / "lists");
  fs::create_directories(folder_.path() / "lists/lock");
  EXPECT_EQ(refused(), (folder_.path() / "lists/lock").string() + ": Is a directory");
  fs::remove(folder_.path() / "lists/lock");
  fs::create_directories(folder_.path() / "lists/key");
  EXPECT_THAT(refused(), testing::HasSubstr("lists/key"));
}

TEST_F(ListStateTest, NumbersVersionsAndFindsThemAgain) {
  auto state = open();
  EXPECT_FALSE(state.current());
  EXPECT_THAT(numbers(state), IsEmpty());
  EXPECT_EQ(record(state), 1u);
  EXPECT_EQ(record(state), 2u);
  for (const auto* foreign :
       {"0.json", "-3.json", "03.json", "4.txt", "5.json.new", "six.json", ".json", "99999999999.json"})
    folder_.write(std::string{"lists/versions/"} + foreign, "{}");
  EXPECT_THAT(numbers(state), ElementsAre(2, 1));
  EXPECT_EQ(state.version(1)->number, 1u);
  EXPECT_FALSE(state.version(3));
  EXPECT_EQ(open().current()->number, 2u);
}

TEST_F(ListStateTest, SkipsWhatIsDamagedAndGivesItsNumberToNobody) {
  auto state = open();
  for (std::uint32_t number = 1; number <= 3; ++number)
    ASSERT_EQ(record(state), number);
  damage(3);
  EXPECT_FALSE(state.version(3));
  EXPECT_EQ(state.current()->number, 2u);
  EXPECT_THAT(numbers(state), ElementsAre(2, 1));
  damage(2, to_json(*state.version(1)));  // of another number than its name says
  EXPECT_EQ(state.current()->number, 1u);
  EXPECT_EQ(record(state), 4u);
  EXPECT_THAT(numbers(state), ElementsAre(4, 1));
}

TEST_F(ListStateTest, KeepsTenVersionsAndWhatTheyNeedOfTheCache) {
  auto state = open();
  const auto part = [](std::uint32_t number) {
    return std::string(63, '0') + static_cast<char>('a' + number % 6) + (number < 6 ? ".part" : ".db");
  };
  for (std::uint32_t number = 1; number <= 12; ++number) {
    folder_.write("lists/cache/" + part(number), "x");
    ASSERT_EQ(record(state, {part(number)}), number);
  }
  EXPECT_THAT(numbers(state), ElementsAre(12, 11, 10, 9, 8, 7, 6, 5, 4, 3));
  EXPECT_FALSE(exists("versions/2.json"));
  for (std::uint32_t number = 1; number <= 12; ++number)
    EXPECT_EQ(exists("cache/" + part(number)), number >= 3) << number;

  // One that is damaged is none of the ten, as long as it is newer than the last of them.
  damage(12);
  ASSERT_EQ(record(state), 13u);
  EXPECT_THAT(numbers(state), ElementsAre(13, 11, 10, 9, 8, 7, 6, 5, 4, 3));
  for (std::uint32_t number = 14; number <= 23; ++number)
    ASSERT_EQ(record(state), number);
  EXPECT_FALSE(exists("versions/12.json"));

  // What is held at an earlier version is used too; what is no part stays.
  const std::string held(64, 'f');
  folder_.write("lists/cache/" + held + ".part", "x");
  folder_.write("lists/cache/stamps", "x");
  Version version;
  version.held["a"] = {"", held, "", categories::ListRole::feed};
  ASSERT_EQ(state.record(version), std::nullopt);
  EXPECT_TRUE(exists("cache/" + held + ".part"));
  EXPECT_TRUE(exists("cache/stamps"));
}

TEST_F(ListStateTest, TellsWhereAVersionCannotBeKept) {
  auto state = open();
  record(state);
  fs::remove_all(folder_.path() / "lists/versions");
  folder_.write("lists/versions", "a file");
  Version version;
  const auto error = state.record(version);
  ASSERT_TRUE(error);
  EXPECT_THAT(*error, testing::HasSubstr("versions/1.json"));
  EXPECT_FALSE(state.current());
}

TEST_F(ListStateTest, RemembersTheLastRefusal) {
  const auto state = open();
  EXPECT_FALSE(state.refusal());
  state.clear_refusal();
  const Refusal refusal{
      std::chrono::sys_seconds{std::chrono::seconds{1'795'000'000}}, "a list changed", {"a", "b\xff"}};
  state.note(refusal);
  const auto read = open().refusal();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, refusal.time);
  EXPECT_EQ(read->why, refusal.why);
  EXPECT_THAT(read->lines, ElementsAre("a", "b\xef\xbf\xbd"));
  for (const std::string_view bad : {"", "{", "[]", R"({"time":"x","why":"y","lines":[]})", R"({"time":1,"why":"y"})",
                                     R"({"time":1,"why":"y","lines":[7]})", R"({"time":1,"why":7,"lines":[]})"}) {
    folder_.write("lists/refused", bad);
    EXPECT_FALSE(state.refusal()) << bad;
  }
  state.clear_refusal();
  EXPECT_FALSE(exists("refused"));
}

TEST_F(ListStateTest, IsLockedByOneAtATime) {
  const auto state = open();
  const categories::File other{::open((folder_.path() / "lists/lock").c_str(), O_RDWR | O_CLOEXEC)};
  {
    const auto held = state.lock();
    ASSERT_TRUE(held);
    EXPECT_NE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  }
  EXPECT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
}

TEST_F(ListStateTest, AChangeShowsInAFileOfItsOwn) {
  const auto state = open();
  EXPECT_FALSE(fs::exists(state.changed()));
  state.touch_changed();
  const auto first = fs::last_write_time(state.changed());
  state.touch_changed();
  EXPECT_GE(fs::last_write_time(state.changed()), first);
}

}  // namespace
}  // namespace breakwater::lists
