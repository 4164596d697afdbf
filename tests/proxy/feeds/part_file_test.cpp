#include "proxy/feeds/part_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::feeds {
namespace {

class Part : public testing::Test {
 protected:
  PartFile open(const char* url = "https://x.example/l") const { return PartFile(file_, url); }
  std::string content() const { return read_head(file_, 1000).value_or("none"); }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "l";
};

TEST_F(Part, IsTakenUpByTheNextProcess) {
  {
    auto part = open();
    ASSERT_EQ(part.begin("\"one\""), std::nullopt);
    ASSERT_EQ(part.write("abc"), std::nullopt);
  }
  auto part = open();
  EXPECT_EQ(part.etag(), "\"one\"");
  EXPECT_EQ(part.size(), 3U);
  ASSERT_EQ(part.append(), std::nullopt);
  ASSERT_EQ(part.write("def"), std::nullopt);
  EXPECT_EQ(content(), "none");
  ASSERT_EQ(part.complete(), std::nullopt);
  EXPECT_EQ(content(), "abcdef");
  EXPECT_EQ(open().size(), 0U);
}

TEST_F(Part, OfAnotherVersionOrUrlIsNoPart) {
  const auto leave = [&](const char* etag) {
    auto part = open();
    ASSERT_EQ(part.begin(etag), std::nullopt);
    ASSERT_EQ(part.write("abc"), std::nullopt);
  };
  leave("\"one\"");
  EXPECT_EQ(open("https://x.example/other").etag(), "");
  for (const auto* const weak : {"", "W/\"one\"", "\"\"", "one"}) {
    leave("\"one\"");
    leave(weak);
    EXPECT_EQ(open().etag(), "") << weak;
    EXPECT_EQ(open().size(), 0U) << weak;
  }
  for (const auto* const note :
       {"", "{}", "[]", R"({"url":"https://x.example/l"})", R"({"url":"https://x.example/l","etag":7})"}) {
    leave("\"one\"");
    folder_.write("l.part.json", note);
    EXPECT_EQ(open().etag(), "") << note;
  }
  leave("\"one\"");
  auto part = open();
  ASSERT_EQ(part.begin("\"two\""), std::nullopt);
  ASSERT_EQ(part.write("xy"), std::nullopt);
  ASSERT_EQ(part.complete(), std::nullopt);
  EXPECT_EQ(content(), "xy");
}

TEST_F(Part, SaysWhatTheFileSystemSays) {
  PartFile part(folder_.path() / "gone/l", "https://x.example/l");
  EXPECT_TRUE(part.begin("")->ends_with("No such file or directory"));
}

}  // namespace
}  // namespace breakwater::feeds
