#include "proxy/dns/hosts_file.h"

#include <gmock/gmock.h>

namespace breakwater::dns {
namespace {

using testing::ElementsAre;

std::vector<std::string> addresses(const HostsFile& hosts, std::string_view name) {
  std::vector<std::string> result;
  if (const auto* found = hosts.find(name))
    for (const auto& address : *found)
      result.push_back(address.to_string());
  return result;
}

TEST(HostsFile, ReadsNamesInTheirNormalForm) {
  categories::Diagnostics diagnostics;
  const auto hosts =
      HostsFile::parse("# comment\n127.0.0.1 One.Test two.test.\r\n\n::1\tone.test # both\n10.0.0.1 b\u00fccher.test",
                       "hosts", diagnostics);
  EXPECT_THAT(diagnostics, testing::IsEmpty());
  EXPECT_THAT(addresses(hosts, "one.test"), ElementsAre("127.0.0.1", "::1"));
  EXPECT_THAT(addresses(hosts, "two.test"), ElementsAre("127.0.0.1"));
  EXPECT_THAT(addresses(hosts, "xn--bcher-kva.test"), ElementsAre("10.0.0.1"));
  EXPECT_EQ(hosts.find("three.test"), nullptr);
  EXPECT_EQ(hosts.find("test"), nullptr);
}

TEST(HostsFile, ReportsBadLinesAndKeepsTheRest) {
  categories::Diagnostics diagnostics;
  const auto hosts = HostsFile::parse("nonsense a.test\n127.0.0.1 bad..name good.test\n", "hosts", diagnostics);
  ASSERT_EQ(diagnostics.size(), 2u);
  EXPECT_EQ(to_string(diagnostics[0]), "hosts:1:1: warning: \"nonsense\" is no IP address");
  EXPECT_EQ(diagnostics[1].line, 2u);
  EXPECT_THAT(addresses(hosts, "good.test"), ElementsAre("127.0.0.1"));
  EXPECT_EQ(hosts.find("a.test"), nullptr);
}

}  // namespace
}  // namespace breakwater::dns
