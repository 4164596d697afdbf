#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

const std::string kKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

TEST_F(PolicyParse, EveryKeyOfAFeed) {
  folder_.write("ca.pem", "");
  EXPECT_THAT(diagnose("[centre]\nname = \"Academy\"\ntimezone = \"Europe/London\"\nhosts = [\"VLE.Academy.example\"]\n"
                       "[[group]]\nname = \"g\"\n[[lists.feed]]\nname = \"plain\"\nurl = \"https://lists.example/x\"\n"
                       "[[lists.feed]]\nname = \"by-path\"\npath = \"lists/ut1\"\nlicence = \"MIT\"\nshrink = 0\n"
                       "[[lists.feed]]\nname = \"full\"\nurl = \"http://lists.example/x.tar.gz\"\nevery = \"never\"\n"
                       "sha256 = \"https://lists.example/x.sha256\"\nminisign = \"" +
                       kKey +
                       "\"\nsignature = \"https://lists.example/x.sig\"\nplain_http = true\n"
                       "proxy = \"socks5h://127.0.0.1:1080\"\nca = \"ca.pem\"\nmax_bytes = \"64MiB\"\n"
                       "max_unpacked_bytes = \"1GiB\"\ntimeout = \"90s\"\nstall = \"5s\"\ngrow = 400\n"
                       "[[lists.locked]]\nname = \"ctiru\"\ncategory = \"terrorism\"\nmax_age = \"24h\"\n"),
              IsEmpty());
  ASSERT_TRUE(file_);
  EXPECT_THAT(file_->own_hosts(), ElementsAre("vle.academy.example"));
  ASSERT_EQ(file_->feeds().size(), 3U);
  ASSERT_EQ(file_->sources().all.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(file_->feeds()[i].name, file_->sources().all[i].name);
  EXPECT_EQ(file_->sources().all[0].path, "");
  const auto& plain = file_->feeds()[0].download;
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->transport, Transport::https);
  EXPECT_EQ(plain->every, std::chrono::hours(24));
  const auto& by_path = file_->feeds()[1];
  EXPECT_FALSE(by_path.download);
  EXPECT_EQ(by_path.licence, "MIT");
  EXPECT_EQ(by_path.limits.shrink, 0U);
  const auto& full = file_->feeds()[2].download;
  ASSERT_TRUE(full);
  EXPECT_EQ(full->transport, Transport::any);
  EXPECT_EQ(full->every, std::chrono::seconds(0));
  EXPECT_EQ(full->sha256_url, "https://lists.example/x.sha256");
  EXPECT_EQ(full->minisign_key, kKey);
  EXPECT_EQ(full->signature_url, "https://lists.example/x.sig");
  EXPECT_EQ(full->proxy, "socks5h://127.0.0.1:1080");
  EXPECT_EQ(full->ca, folder_.path() / "ca.pem");
  EXPECT_EQ(full->max_bytes, std::uint64_t{64} << 20);
  EXPECT_EQ(full->max_unpacked_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(full->timeout, std::chrono::seconds(90));
  EXPECT_EQ(full->stall, std::chrono::seconds(5));
  EXPECT_EQ(file_->feeds()[2].limits.grow, 400U);
  ASSERT_EQ(file_->locked().size(), 1U);
  EXPECT_EQ(file_->locked()[0].name, "ctiru");
  EXPECT_EQ(file_->locked()[0].category, "terrorism");
  EXPECT_EQ(file_->locked()[0].max_age, std::chrono::hours(24));
}

TEST_F(PolicyParse, EachMistakeInAFeed) {
  struct Case {
    std::string text;  ///< from line 4 on
    std::vector<std::string> expected;
  };
  const std::string no_key = "is no public key (the second line of minisign.pub, 56 characters from RW on)";
  const Case table[] = {
      {"path = \"lists/ut1\"", {"3:7: error: a feed has a path or a url, not both"}},
      {"evry = \"1h\"", {"4:1: error: unknown key \"evry\" in [[lists.feed]]; did you mean \"every\"?"}},
      {"every = \"59s\"", {"4:9: error: every: \"59s\" is under 1m"}},
      {"every = \"daily\"", {"4:9: error: every: \"daily\" is no duration (write 250ms, 60s, 5m or 1h)"}},
      {"timeout = \"25h\"\nstall = \"999ms\"",
       {"4:11: error: timeout: \"25h\" is over 24h", "5:9: error: stall: \"999ms\" is under 1s"}},
      {"max_bytes = \"0B\"\nmax_unpacked_bytes = 7",
       {"4:13: error: max_bytes: \"0B\" is under 1B",
        "5:22: error: max_unpacked_bytes: expected a string, found an integer"}},
      {"shrink = 101\ngrow = -1",
       {"4:10: error: shrink: 101 is out of bounds (0 to 100 percent)",
        "5:8: error: grow: -1 is out of bounds (0 to 100000 percent)"}},
      {"shrink = \"30%\"", {"4:10: error: shrink: expected a whole number, found a string"}},
      {"plain_http = 1", {"4:14: error: plain_http: expected true or false, found an integer"}},
      {"sha256 = \"http://lists.example/x\"",
       {"4:10: error: sha256: \"http://lists.example/x\" can be changed by anyone on the way (use https, or say "
        "plain_http = true)"}},
      {"sha256 = \"https://me:secret@lists.example/x\"",
       {"4:10: error: sha256: no user name or password may stand in a URL"}},
      {"sha256 = \"ftp://lists.example/x\"",
       {"4:10: error: sha256: \"ftp://lists.example/x\" is no URL: not an http or https URL"}},
      {"sha256 = \"https://lists.example/" + std::string(2048, 'x') + "\"",
       {"4:10: error: sha256: \"https://lists.example/" + std::string(58, 'x') + "...\" is longer than 2048 bytes"}},
      {"signature = \"https://lists.example/x\"",
       {"4:13: error: signature: there is no key to check it with (minisign = \"RW...\")"}},
      {"minisign = \"" + kKey.substr(1) + "\"", {"4:12: error: minisign: \"" + kKey.substr(1) + "\" " + no_key}},
      {"minisign = \"" + kKey.substr(1) + "=\"", {"4:12: error: minisign: \"" + kKey.substr(1) + "=\" " + no_key}},
      {"minisign = \"RWX" + kKey.substr(3) + "\"", {"4:12: error: minisign: \"RWX" + kKey.substr(3) + "\" " + no_key}},
      {"proxy = \"proxy.example:3128\"",
       {"4:9: error: proxy: \"proxy.example:3128\" is no proxy (write http://proxy.example:3128 or "
        "socks5h://proxy.example:1080)"}},
      {"proxy = \"http://me:secret@proxy.example\"", {"4:9: error: proxy: no user name or password may stand in it"}},
      {"ca = \"gone.pem\"", {"4:6: error: ca: there is no file \"gone.pem\""}},
      {"[[lists.feed]]\nname = \"p\"\npath = \"lists/ut1\"\nevery = \"1h\"",
       {"7:9: error: every is for a feed that comes by url"}},
      {"[[lists.locked]]\nname = \"f\"\ncategory = \"Adult\"\nmax_age = \"1s\"",
       {"5:8: error: list \"f\" stands twice, first in line 2",
        "6:12: error: \"Adult\" is no category (lower case, hyphens, a child after a slash)",
        "7:11: error: max_age: \"1s\" is under 1m"}},
      {"[[lists.locked]]\nname = \"locked\"",
       {"4:1: error: [[lists.locked]] lacks the key \"category\"",
        "5:8: error: locked list name \"locked\" is reserved"}},
      {"[centre]\nhosts = [\"a..b\"]\nname = \"x\"\ntimezone = \"Europe/London\"",
       {"5:10: error: \"a..b\" is no host: " + std::string(to_string(categories::HostError::bad_label))}},
  };
  const std::string rest(kRest);
  const auto groups = rest.substr(rest.find("[[group]]"));
  const auto centre = rest.substr(0, rest.find("[lists]"));
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose("[[lists.feed]]\nname = \"f\"\nurl = \"https://lists.example/x\"\n" + text + '\n' + groups +
                         (text.starts_with("[centre]") ? "" : centre)),
                ElementsAreArray(expected))
        << text;
}

}  // namespace
}  // namespace breakwater::rules
