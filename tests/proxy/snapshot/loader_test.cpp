#include "proxy/snapshot/loader.h"

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::snapshot {
namespace {

constexpr std::string_view kPolicy = R"(
[centre]
name = "Centre"
timezone = "Europe/London"
[[lists.feed]]
name = "feed"
path = "feed"
[[group]]
name = "everyone"
networks = ["127.0.0.0/8"]
[floor]
categories = ["gambling"]
)";

class LoaderTest : public testing::Test {
 protected:
  LoaderTest() {
    policy = folder.write("policy.toml", kPolicy);
    folder.write("feed/gambling/domains", "bets.test\n");
    std::filesystem::create_directory(state);
  }

  bool blocks(std::string_view host) {
    const auto loaded = load(policy, {}, state);
    EXPECT_TRUE(loaded.snapshot);
    rules::Engine engine(loaded.snapshot);
    const auto name = *categories::normalise_host(host, categories::HostSource::wire);
    rules::Subject subject{*categories::IpAddress::parse("127.0.0.1"), 0, "", ""};
    return engine.decide({rules::Stage::connect, name, 443, ""}, subject, {}).action == rules::Action::block;
  }

  test::TemporaryFolder folder;
  std::filesystem::path policy;
  std::filesystem::path state = folder.path() / "state";
};

TEST_F(LoaderTest, CompilesOnceAndUsesTheCompiledFileAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  const auto compiled = state / "catalogue.bin";
  ASSERT_TRUE(std::filesystem::exists(compiled));
  const auto written = std::filesystem::last_write_time(compiled);
  EXPECT_TRUE(blocks("bets.test"));
  EXPECT_EQ(std::filesystem::last_write_time(compiled), written);
}

TEST_F(LoaderTest, AChangedListIsCompiledAgain) {
  EXPECT_FALSE(blocks("more.test"));
  folder.write("feed/gambling/domains", "bets.test\nmore.test\n");
  EXPECT_TRUE(blocks("more.test"));
}

TEST_F(LoaderTest, ADamagedCompiledFileIsMadeAgain) {
  EXPECT_TRUE(blocks("bets.test"));
  const auto compiled = state / "catalogue.bin";
  std::filesystem::resize_file(compiled, std::filesystem::file_size(compiled) / 2);
  EXPECT_TRUE(blocks("bets.test"));
  folder.write("state/catalogue.bin", "foreign");
  EXPECT_TRUE(blocks("bets.test"));
}

TEST_F(LoaderTest, AStateThatCannotBeWrittenCostsOnlyTheCompiledFile) {
  const auto loaded = load(policy, {}, folder.path() / "absent");
  EXPECT_TRUE(loaded.snapshot);
  EXPECT_FALSE(categories::has_errors(loaded.diagnostics));
  EXPECT_FALSE(loaded.diagnostics.empty());
}

TEST_F(LoaderTest, WhatIsWrongGivesNoSnapshotAndIsWatchedAllTheSame) {
  folder.write("policy.toml", "[bell]\ngrace = \"soon\"\n");
  const auto loaded = load(policy, {}, state);
  EXPECT_FALSE(loaded.snapshot);
  EXPECT_TRUE(categories::has_errors(loaded.diagnostics));
  EXPECT_THAT(loaded.inputs, testing::Contains(policy));
}

TEST_F(LoaderTest, AnAbsentPolicyIsTold) {
  const auto loaded = load(folder.path() / "none.toml", {}, state);
  EXPECT_FALSE(loaded.snapshot);
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_THAT(loaded.diagnostics[0].message, testing::StartsWith("cannot be read"));
}

}  // namespace
}  // namespace breakwater::snapshot
