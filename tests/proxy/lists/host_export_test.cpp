#include "proxy/lists/host_export.h"

#include <gmock/gmock.h>

#include "rules/policy_file.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::lists {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Taker : public HostTaker {
 public:
  void block(const categories::Host& host) override { said.push_back("block " + std::string(host.text())); }
  void pass(const categories::Host& host) override { said.push_back("pass " + std::string(host.text())); }
  void network(const categories::Network& network) override { said.push_back("network " + network.to_string()); }
  std::vector<std::string> said;
};

class HostExport : public testing::Test {
 protected:
  /// What is exported of these categories; `lists` are files of the folder and their text.
  std::vector<std::string> of(const std::vector<std::string>& names,
                              const std::vector<std::pair<std::string, std::string>>& lists,
                              const std::vector<std::string>& spared_names = {}) {
    for (const auto& [name, text] : lists)
      folder_.write(name, text);
    categories::Diagnostics diagnostics;
    file_ = rules::PolicyFile::parse(R"(
      centre = { name = "Centre", timezone = "Europe/London" }
      floor = { categories = ["gambling"] }
      essential = { hosts = ["essential.example"] }
      [lists]
      local = "local"
      exceptions = "exceptions"
      [[lists.feed]]
      name = "feed"
      path = "feed"
      [[group]]
      name = "all"
      networks = ["10.0.0.0/8"]
    )",
                                     folder_.path() / "policy.toml", diagnostics);
    EXPECT_TRUE(file_) << (diagnostics.empty() ? "" : to_string(diagnostics.front()));
    categories::BuildReport built;
    auto image = categories::build_catalogue(file_->sources(), built);
    const auto catalogue = *categories::Catalogue::from_image(std::move(image.value()));
    const rules::Snapshot snapshot{catalogue, file_->resolve(*catalogue, diagnostics).value(), {}};
    categories::CategorySet wanted;
    for (const auto& name : names)
      wanted |= catalogue->categories().family(catalogue->categories().find(name).value());
    categories::CategorySet spared;
    for (const auto& name : spared_names)
      spared |= catalogue->categories().family(catalogue->categories().find(name).value());
    Taker taker;
    if (before_export_) before_export_();
    report_ = export_hosts(file_->sources(), snapshot, wanted, spared, taker);
    return taker.said;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<const rules::PolicyFile> file_;
  std::function<void()> before_export_;
  ExportReport report_;
};

TEST_F(HostExport, SparesWhatIsInAnotherCategoryToo) {
  EXPECT_THAT(of({"gambling"},
                 {{"feed/gambling/domains", "bad.example\nboth.example\nother.example\n"},
                  {"local/extremism/domains", "both.example\nx.bad.example\nfar.example\n"},
                  {"local/extremism/expressions", "other\n"},
                  {"exceptions", "none.example\n"}},
                 {"extremism"}),
              ElementsAre("block bad.example", "block other.example", "pass x.bad.example"));
}

TEST_F(HostExport, GivesEachNameOnceAndNoneBelowAnother) {
  EXPECT_THAT(of({"gambling"}, {{"feed/gambling/domains", "a.bad.example\nbad.example\nother.example\n"},
                                {"local/gambling/domains", "BAD.example.\nown.example\n"},
                                {"local/gambling/expressions", "casino\n"},
                                {"local/games/domains", "game.example\n"},
                                {"exceptions", "far.example\n"}}),
              ElementsAre("block bad.example", "block other.example", "block own.example"));
  EXPECT_EQ(report_.blocked, 3U);
  EXPECT_EQ(report_.patterns, 1U);
}

TEST_F(HostExport, LetsTheFloorStandAboveAllButExceptions) {
  EXPECT_THAT(of({"gambling"}, {{"feed/gambling/domains", "bad.example\nhelp.example\nallowed.example\n"},
                                {"local/allow/domains", "allowed.example\nsub.bad.example\n"},
                                {"local/recategorise/news/domains", "bad.example\n"},
                                {"exceptions", "help.example\nok.bad.example\na.ok.bad.example\n"}}),
              ElementsAre("block bad.example", "block allowed.example", "pass ok.bad.example"));
}

TEST_F(HostExport, LetsTheProvidersWordAndEssentialHostsStandAboveTheRest) {
  EXPECT_THAT(of({"games"}, {{"feed/games/domains", "example\ngame.example\nfun.test\nmine.test\n"},
                             {"local/games/domains", "mine.test\n"},
                             {"local/allow/domains", "open.game.example\nmine.test\n"},
                             {"local/recategorise/news/domains", "fun.test\n"},
                             {"exceptions", "nothing.example\n"}}),
              ElementsAre("block game.example", "block mine.test", "pass open.game.example"));
  EXPECT_THAT(of({"games"}, {{"feed/games/domains", "essential.example\nx.essential.example\n"}}),
              ElementsAre("block mine.test"));
}

TEST_F(HostExport, GivesNetworksOfTheInternet) {
  EXPECT_THAT(of({"gambling"}, {{"feed/gambling/domains",
                                 "9.9.9.9\n8.8.8.0/24\n2620:fe::fe\n10.0.0.0/8\nfd00::1\n9.9.9.9\n1.1.1.1\n"},
                                {"local/gambling/domains", "8.8.8.0/24\n"},
                                {"exceptions", "1.1.1.1\n"}}),
              ElementsAre("network 9.9.9.9/32", "network 8.8.8.0/24", "network 2620:fe::fe/128"));
  EXPECT_EQ(report_.networks, 3U);
  EXPECT_EQ(report_.not_public, 2U);
}

TEST_F(HostExport, TellsWhatCannotBeRead) {
  before_export_ = [this] {
    folder_.write("feed/gambling/domains",
                  "\xff\xfe"
                  "a");
  };
  EXPECT_THAT(of({"gambling"}, {{"feed/gambling/domains", "bad.example\n"}, {"exceptions", "a.example\n"}}), IsEmpty());
  ASSERT_EQ(report_.errors.size(), 1U);
  EXPECT_THAT(to_string(report_.errors.front()), testing::HasSubstr("feed/gambling/domains: error: "));
}

}  // namespace
}  // namespace breakwater::lists
