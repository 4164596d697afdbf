#include "proxy/deploy/nft_command.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::deploy {
namespace {

using testing::StartsWith;

/// A program of the name nft, and nothing else, is to be found.
class NftCommand : public testing::Test {
 protected:
  void write(std::string_view script) {
    const auto file = folder_.write("nft", script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  void SetUp() override { ::setenv("PATH", folder_.path().c_str(), 1); }
  void TearDown() override { ::setenv("PATH", before_.c_str(), 1); }

  test::TemporaryFolder folder_;
  std::string before_ = std::getenv("PATH");
};

TEST_F(NftCommand, TakesWordsAndInputAndGivesBackAllThatItSays) {
  write("#!/bin/sh\n/bin/cat\necho \"$1 $2\" >&2\nexit 3\n");
  const std::string input(300'000, 'x');  // more than a pipe holds
  const std::vector<std::string> words{"-c", "a b"};
  const auto run = run_nft(words, input);
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(run.output, input);
  EXPECT_EQ(run.error, "-c a b\n");
}

TEST_F(NftCommand, IsMissingOrKilled) {
  const auto missing = run_nft({}, "");
  EXPECT_EQ(missing.code, -1);
  EXPECT_THAT(missing.error, StartsWith("nft cannot be run: "));
  write("#!/bin/sh\nkill -9 $$\n");
  EXPECT_EQ(run_nft({}, "").code, -1);
}

}  // namespace
}  // namespace breakwater::deploy
