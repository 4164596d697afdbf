#include "proxy/lists/locked_list.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "categories/catalogue_builder.h"
#include "categories/part.h"
#include "categories/url.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::lists {
namespace {

const categories::SipKey kKey{0x0123456789abcdef, 0xfedcba9876543210};

class LockedListTest : public testing::Test {
 protected:
  Sealed seal(const std::string& text, const categories::SipKey& key = kKey) const {
    std::istringstream input{text};
    return seal_list(input, key, file_);
  }
  std::string bytes() const {
    std::ifstream stream{file_, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }
  /// Builds a catalogue of the locked list alone and asks it; "error" where there is none.
  std::string asked(std::string_view host, std::string_view path = "", const categories::SipKey& key = kKey) const {
    const categories::Sources none;
    categories::CatalogueBuilder builder{none, {key, {}, {}, {{"iwf", "child-abuse", file_}}, {}}};
    categories::BuildReport report;
    auto image = builder.read(report) ? builder.compile(report) : std::nullopt;
    if (!image) return report.diagnostics.empty() ? "nothing" : "error: " + report.diagnostics.front().message;
    const auto catalogue = *categories::Catalogue::from_image(std::move(*image));
    const auto scratch = catalogue->make_scratch();
    const auto name = *categories::normalise_host(host, categories::HostSource::wire);
    std::string text;
    if (!path.empty()) categories::append_match_text(text, name, path);
    categories::Classification answer;
    catalogue->classify(name, text, *scratch, answer);
    if (answer.matches.empty()) return "-";
    EXPECT_EQ(answer.matches.front().line, 0u) << "the line of a locked list is nobody's to know";
    EXPECT_EQ(answer.matches.front().role, categories::ListRole::locked);
    return catalogue->lists()[answer.matches.front().list].name;
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "iwf.part";
};

TEST_F(LockedListTest, IsFoundAndNowhereInTheFile) {
  const auto sealed =
      seal("# zqcomment\nzqhost.test\nZQSHOUT.test.\nzqmixed.test/zqhidden/page.html\nhttps://zqtls.test/zqfolder/\n");
  EXPECT_EQ(sealed.error, "");
  EXPECT_EQ(sealed.entries, 4u);
  EXPECT_EQ(sealed.rejected, 0u);
  auto text = bytes();
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto* word : {"zq", "host.test", "hidden", "page", "folder", "shout", "test"})
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  const std::tuple<const char*, const char*, const char*> table[] = {
      {"zqhost.test", "", "iwf"},
      {"www.zqhost.test", "/any", "iwf"},
      {"zqshout.test", "/", "iwf"},
      {"zqmixed.test", "/zqhidden/page.html", "iwf"},
      {"zqmixed.test", "/zqhidden/page.html?x=1", "iwf"},
      {"zqtls.test", "/zqfolder/below/page?x", "iwf"},
      {"zqmixed.test", "/", "-"},
      {"zqmixed.test", "", "-"},
      {"zqmixed.test", "/zqhidden", "-"},
      {"notzqhost.test", "/", "-"},
      {"test", "/", "-"},
  };
  for (const auto& [host, path, expected] : table)
    EXPECT_EQ(asked(host, path), expected) << host << path;
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

/// Whoever has guessed the list learns from the file that they are right only with the key.
TEST_F(LockedListTest, GivesNoSumOfTheList) {
  seal("zqhost.test\n");
  const auto digest = std::string{categories::Part::open(file_)->digest()};
  seal("zqhost.test\n");
  EXPECT_EQ(categories::Part::open(file_)->digest(), digest) << "the same list is no new version";
  seal("zqhost.test\n", {1, 2});
  EXPECT_NE(categories::Part::open(file_)->digest(), digest);
  EXPECT_EQ(asked("zqhost.test"), "error: the locked list \"iwf\" was made with another key: import it again");
  EXPECT_EQ(asked("zqhost.test", "", {1, 2}), "iwf");
}

TEST_F(LockedListTest, CountsWhatCannotBeKept) {
  const struct {
    std::string text;
    std::uint64_t entries;
    std::uint64_t rejected;
    std::uint32_t first;
  } table[] = {
      {"a.test\nb.test\n", 2, 0, 0},
      {"a.test\nnot a host\n", 1, 1, 2},
      {"# x\ncom\na.test\nb..test\n", 1, 2, 2},
      {"192.0.2.0/24\n2001:db8::1\n", 2, 0, 0},
      {"||a.test^\n||b.test^\n@@||c.test^\n/banner[0-9]+/\n##.ad\n", 2, 3, 3},
  };
  for (const auto& [text, entries, rejected, first] : table) {
    const auto sealed = seal(text);
    EXPECT_EQ(sealed.error, "") << text;
    EXPECT_EQ(sealed.entries, entries) << text;
    EXPECT_EQ(sealed.rejected, rejected) << text;
    EXPECT_EQ(sealed.first_rejected, first) << text;
  }
}

TEST_F(LockedListTest, ThatIsNoListLeavesTheOldOne) {
  ASSERT_EQ(seal("zqhost.test\n").error, "");
  const auto before = bytes();
  const std::pair<std::string, const char*> table[] = {
      {"", "there is not a single host or URL in it"},
      {"# nothing\n\n", "there is not a single host or URL in it"},
      {"com\nnot a host\n", "there is not a single host or URL in it"},
      {"^zq[a-z]+[.]test\n(zqbad|zqworse)$\n", "there is not a single host or URL in it"},
      {"<!DOCTYPE html>\n<html><body>Log in to continue</body></html>\n", "an HTML or XML page, not a list"},
      {std::string("\x1f\x8b\x08\0\x7c\x91\x52\x69\0\x03", 10), "binary data, not a list"},
      {std::string("\xff\xfe"
                   "a\0.\0t\0",
                   8),
       "UTF-16 or UTF-32: save the list as UTF-8"},
  };
  for (const auto& [text, error] : table) {
    const auto sealed = seal(text);
    EXPECT_EQ(sealed.error, error) << text;
    EXPECT_EQ(sealed.error.find("zq"), std::string::npos);
    EXPECT_EQ(bytes(), before) << text;
  }
}

TEST_F(LockedListTest, TellsWhereItCannotBeKept) {
  std::istringstream input{"zqhost.test\n"};
  const auto sealed = seal_list(input, kKey, folder_.path() / "absent/iwf.part");
  EXPECT_NE(sealed.error.find("absent/iwf.part"), std::string::npos) << sealed.error;
  EXPECT_EQ(sealed.error.find("zqhost"), std::string::npos);
}

TEST_F(LockedListTest, KnowsItsAge) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  EXPECT_EQ(age_of_locked(file_, now), std::nullopt);
  seal("zqhost.test\n");
  std::filesystem::last_write_time(file_, std::chrono::file_clock::from_sys(now - std::chrono::hours{50}));
  EXPECT_EQ(age_of_locked(file_, now), std::chrono::hours{50});
}

/// In a child, since it is for good.
TEST_F(LockedListTest, NoCrashLeavesAnImageOfTheMemory) {
  const auto child = ::fork();
  if (child == 0) {
    forbid_core_dumps();
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max > 1) ::_exit(1);
    std::abort();
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && !WCOREDUMP(status)) << status;
}

}  // namespace
}  // namespace breakwater::lists
