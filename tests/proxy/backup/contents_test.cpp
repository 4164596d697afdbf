#include "proxy/backup/contents.h"

#include <gtest/gtest.h>

namespace breakwater::backup {
namespace {

TEST(Contents, OnlyWhatIsNamedIsKept) {
  for (const auto* name :
       {"attempts.db", "heads.jsonl", "passes.log", "passes.json", "quota/ledger.json", "portal/acceptances.jsonl"})
    EXPECT_TRUE(is_kept(name)) << name;
  for (const auto* name : {"", "attempts.db-wal", "keys/days/2026-11-23.json", "keys/chain.key", "portal", "portal/",
                           "portal/../keys/x", "/attempts.db", "./attempts.db", "access.log", "outbox/x.letter",
                           "portal/a\nb", "portal/\xc3\xa9", "lists/key"})
    EXPECT_FALSE(is_kept(name)) << name;
  EXPECT_FALSE(is_kept("portal/" + std::string(300, 'x')));
}

TEST(Contents, AManifestIsReadAsItWasWritten) {
  const Manifest manifest{{"attempts.db", {4096, "00ff"}}, {"portal/x", {0, ""}}};
  const auto text = to_json(manifest);
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), text);
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    EXPECT_FALSE(parse_manifest(std::string_view(text).substr(0, size))) << size;
}

TEST(Contents, AllElseIsRefused) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  for (const std::string& text : {
           std::string("[]"),
           std::string("{}"),
           deep,
           std::string(R"({"breakwater_backup":2,"files":[]})"),
           std::string(R"({"breakwater_backup":"1","files":[]})"),
           std::string(R"({"breakwater_backup":1})"),
           std::string(R"({"breakwater_backup":1,"files":{}})"),
           std::string(R"({"breakwater_backup":1,"files":[1]})"),
           std::string(R"({"breakwater_backup":1,"files":[{"name":"attempts.db","size":1}]})"),
           std::string(R"({"breakwater_backup":1,"files":[{"name":"attempts.db","size":-1,"sha256":""}]})"),
           std::string(R"({"breakwater_backup":1,"files":[{"name":1,"size":1,"sha256":""}]})"),
           std::string(R"({"breakwater_backup":1,"files":[{"name":"../x","size":1,"sha256":""}]})"),
       })
    EXPECT_FALSE(parse_manifest(text)) << text.substr(0, 100);
}

}  // namespace
}  // namespace breakwater::backup
