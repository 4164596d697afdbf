#include "proxy/admin/pass_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::admin {
namespace {

rules::SysSeconds instant(std::int64_t seconds) {
  return rules::SysSeconds(std::chrono::seconds(seconds));
}

const std::vector<PassRecord> kTwo = {
    {{"A", "learners", "games", "", instant(100), instant(200), "a tutor", "\xe2\x80\x9clesson\xe2\x80\x9d"},
     {{"10.20.1.2", 3}, {"others", 7}}},
    {{"B", "staff", "", "games.example", instant(-1), instant(300), "x", "y"}, {}}};

TEST(PassFile, GivesBackWhatWasWritten) {
  const test::TemporaryFolder folder;
  std::string error;
  EXPECT_TRUE(read_passes(folder.path(), error).empty());
  EXPECT_EQ(error, "");
  ASSERT_EQ(write_passes(folder.path(), kTwo, categories::Durability::synced), std::nullopt);
  const auto read = read_passes(folder.path(), error);
  EXPECT_EQ(error, "");
  ASSERT_EQ(read.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& [pass, clients] = kTwo[i];
    const auto& back = read[i].pass;
    EXPECT_EQ(std::tie(back.id, back.group, back.category, back.host, back.from, back.until, back.by, back.reason),
              std::tie(pass.id, pass.group, pass.category, pass.host, pass.from, pass.until, pass.by, pass.reason));
    EXPECT_EQ(read[i].clients, clients);
  }
  EXPECT_EQ(read[0].uses(), 10U);
  EXPECT_EQ(std::filesystem::status(folder.path() / "passes.json").permissions(), std::filesystem::perms(0600));
}

TEST(PassFile, WhatIsDamagedOpensNothing) {
  const test::TemporaryFolder folder;
  ASSERT_EQ(write_passes(folder.path(), kTwo, categories::Durability::cached), std::nullopt);
  const auto file = folder.path() / "passes.json";
  std::ostringstream stream;
  stream << std::ifstream(file, std::ios::binary).rdbuf();
  const auto text = stream.str();
  std::vector<std::string> bad = {"[]", "{\"passes\":[{}]}", "{\"passes\":[1]}", "{\"passes\":{\"id\":1}}"};
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    bad.push_back(text.substr(0, size));
  for (const auto& each : bad) {
    folder.write("passes.json", each);
    std::string error;
    EXPECT_TRUE(read_passes(folder.path(), error).empty()) << each;
    EXPECT_EQ(error, file.string() + ": damaged") << each;
  }
  std::string error;
  folder.write("passes.json", std::string((8 << 20) + 1, ' '));
  EXPECT_TRUE(read_passes(folder.path(), error).empty());
  EXPECT_EQ(error, file.string() + ": larger than 8 MiB");
  error.clear();
  ASSERT_EQ(write_passes(folder.path(), std::vector(rules::kMaxPasses + 1, kTwo[1]), categories::Durability::cached),
            std::nullopt);
  EXPECT_TRUE(read_passes(folder.path(), error).empty());
  EXPECT_EQ(error, file.string() + ": more than 64 passes");
}

}  // namespace
}  // namespace breakwater::admin
