#include "proxy/feeds/list_check.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::feeds {
namespace {

TEST(ListCheck, WhatServersSendInsteadOfLists) {
  const struct {
    std::string text;
    std::string expected;
  } table[] = {
      {"a.example\n", ""},
      {"# comment\n", ""},
      {"[Adblock Plus 2.0]\n||a.example^\n", ""},
      {"$TTL 300\n", ""},
      {"\x1f\x8b\x08", ""},
      {"\xef\xbb\xbf"
       "a.example",
       ""},
      {"", "an empty file, not a list"},
      {" \r\n\t\n", "an empty file, not a list"},
      {"\xef\xbb\xbf", "an empty file, not a list"},
      {std::string(5000, '\n') + "a.example", "blanks, not a list"},
      {"<!DOCTYPE html>", "an HTML or XML page, not a list"},
      {"\xef\xbb\xbf\n <?xml version=\"1.0\"?>", "an HTML or XML page, not a list"},
      {R"({"error": 1})", "JSON, not a list"},
      {"[ {}, {}]", "JSON, not a list"},
      {"[\n\"a.example\"]", "JSON, not a list"},
      {"[]", "JSON, not a list"},
  };
  const test::TemporaryFolder folder;
  for (const auto& [text, expected] : table)
    EXPECT_EQ(looks_like_no_list(folder.write("f", text)).value_or(""), expected) << text;
  EXPECT_EQ(looks_like_no_list(folder.path() / "gone"), "the file cannot be read: No such file or directory");
}

}  // namespace
}  // namespace breakwater::feeds
