#include "categories/archive.h"

#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::categories {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

struct Member {
  std::string path;
  std::string text;
  unsigned type = AE_IFREG;
  std::string link;  ///< of a symbolic link; a hard link where `type` is AE_IFREG
};

using SetFormat = int (*)(::archive*);

std::string pack(const std::vector<Member>& members, SetFormat format = &archive_write_set_format_pax_restricted,
                 SetFormat filter = &archive_write_add_filter_none) {
  const std::unique_ptr<::archive, int (*)(::archive*)> writer{archive_write_new(), &archive_write_free};
  std::string bytes(8 << 20, '\0');
  std::size_t used = 0;
  EXPECT_EQ(ARCHIVE_OK, format(writer.get()));
  EXPECT_EQ(ARCHIVE_OK, filter(writer.get()));
  EXPECT_EQ(ARCHIVE_OK, archive_write_open_memory(writer.get(), bytes.data(), bytes.size(), &used));
  for (const auto& [path, text, type, link] : members) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry{archive_entry_new(), &archive_entry_free};
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), 06777);
    archive_entry_set_uid(entry.get(), 12345);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
    if (type == AE_IFLNK) archive_entry_set_symlink(entry.get(), link.c_str());
    if (type == AE_IFREG && !link.empty()) archive_entry_set_hardlink(entry.get(), link.c_str());
    EXPECT_EQ(ARCHIVE_OK, archive_write_header(writer.get(), entry.get())) << path;
    archive_write_data(writer.get(), text.data(), text.size());
  }
  EXPECT_EQ(ARCHIVE_OK, archive_write_close(writer.get()));
  bytes.resize(used);
  return bytes;
}

class ArchiveTest : public testing::Test {
 protected:
  /// Unpacks `bytes` as a file of that name: "" or the error.
  std::string unpack(std::string_view bytes, const std::string& name = "lists.tar", const ArchiveLimits& limits = {}) {
    archive_ = folder_.write(name, bytes);
    into_ = folder_.path() / "into";
    std::filesystem::remove_all(into_);
    diagnostics_.clear();
    const auto error = unpack_archive(archive_, into_, limits, diagnostics_);
    // Beside the target nothing is ever left behind, and of the target itself nothing after an error.
    std::size_t left = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder_.path()})
      left += entry.path() != archive_ && entry.path() != into_;
    EXPECT_EQ(0U, left);
    EXPECT_EQ(!error, std::filesystem::exists(into_)) << error.value_or("");
    std::filesystem::remove(archive_);
    return error.value_or("");
  }
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{into_}) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream text;
      text << std::ifstream{entry.path()}.rdbuf();
      found[std::filesystem::relative(entry.path(), into_).string()] = text.str();
    }
    return found;
  }
  std::vector<std::string> warnings() const {
    std::vector<std::string> messages;
    for (const auto& diagnostic : diagnostics_)
      messages.push_back(diagnostic.message);
    return messages;
  }

  test::TemporaryFolder folder_;
  std::filesystem::path archive_;
  std::filesystem::path into_;
  Diagnostics diagnostics_;
};

const std::vector<Member> kTree = {{"blacklists/", "", AE_IFDIR, ""},
                                   {"./blacklists/adult/domains", "a.com\n", AE_IFREG, ""},
                                   {"blacklists/adult/urls", "", AE_IFREG, ""},
                                   {"blacklists/README", "x", AE_IFREG, ""}};

TEST_F(ArchiveTest, UnpacksEveryKind) {
  const std::tuple<SetFormat, SetFormat> kinds[] = {
      {&archive_write_set_format_pax_restricted, &archive_write_add_filter_gzip},
      {&archive_write_set_format_ustar, &archive_write_add_filter_bzip2},
      {&archive_write_set_format_gnutar, &archive_write_add_filter_xz},
      {&archive_write_set_format_ustar, &archive_write_add_filter_zstd},
      {&archive_write_set_format_ustar, &archive_write_add_filter_none},
      {&archive_write_set_format_zip, &archive_write_add_filter_none},
      {&archive_write_set_format_7zip, &archive_write_add_filter_none},
  };
  for (const auto& [format, filter] : kinds) {
    const auto bytes = pack(kTree, format, filter);
    EXPECT_TRUE(is_archive(folder_.write("x", bytes)));
    std::filesystem::remove(folder_.path() / "x");
    EXPECT_EQ("", unpack(bytes));
    EXPECT_THAT(files(), ElementsAre(Pair("README", "x"), Pair("adult/domains", "a.com\n"), Pair("adult/urls", "")));
    EXPECT_THAT(warnings(), IsEmpty());
    struct stat status {};
    ASSERT_EQ(0, ::stat((into_ / "adult/domains").c_str(), &status));
    EXPECT_EQ(::geteuid(), status.st_uid);
    EXPECT_EQ(0U, status.st_mode & 07133U) << "no mode of the archive's";
  }
}

TEST_F(ArchiveTest, ASinglePackedFileKeepsItsName) {
  const auto raw =
      pack({{"ignored", "a.com\n", AE_IFREG, ""}}, &archive_write_set_format_raw, &archive_write_add_filter_gzip);
  EXPECT_EQ("", unpack(raw, "list.txt.gz"));
  EXPECT_THAT(files(), ElementsAre(Pair("list.txt", "a.com\n")));
  EXPECT_EQ("", unpack(raw, "\xc3\xa9.gz"));
  EXPECT_THAT(files(), ElementsAre(Pair("list", "a.com\n")));
  EXPECT_EQ("holds no tar archive", unpack(raw, "lists.tar.gz"));
}

TEST_F(ArchiveTest, OnlyAWrapperIsTakenAway) {
  EXPECT_EQ("", unpack(pack({{"adult/domains", "a.com\n", AE_IFREG, ""}})));
  EXPECT_THAT(files(), ElementsAre(Pair("adult/domains", "a.com\n")));
  EXPECT_EQ("", unpack(pack({{"x/y/domains", "a.com\n", AE_IFREG, ""}})));
  EXPECT_THAT(files(), ElementsAre(Pair("y/domains", "a.com\n")));
  EXPECT_EQ("", unpack(pack({{"x/domains", "", AE_IFREG, ""}, {"y", "", AE_IFREG, ""}})));
  EXPECT_THAT(files(), ElementsAre(Pair("x/domains", ""), Pair("y", "")));
}

TEST_F(ArchiveTest, LeavesOutWhatIsNoPlainFile) {
  EXPECT_EQ("", unpack(pack({{"a/domains", "a.com\n", AE_IFREG, ""},
                             {"/etc/absolute", "x", AE_IFREG, ""},
                             {"../outside", "x", AE_IFREG, ""},
                             {"a/../../outside", "x", AE_IFREG, ""},
                             {"a/link", "", AE_IFLNK, "/etc"},
                             {"a/link/below", "x", AE_IFREG, ""},
                             {"a/hard", "", AE_IFREG, "a/domains"},
                             {"a/pipe", "", AE_IFIFO, ""},
                             {"a/device", "", AE_IFCHR, ""},
                             {"a/b c", "x", AE_IFREG, ""},
                             {"a/\x1b[m", "x", AE_IFREG, ""},
                             {"a/domains", "twice", AE_IFREG, ""},
                             {"a/domains/below", "x", AE_IFREG, ""}},
                            &archive_write_set_format_gnutar)));
  EXPECT_THAT(files(), ElementsAre(Pair("a/domains", "a.com\n"), Pair("a/link/below", "x")));
  EXPECT_THAT(warnings(),
              ElementsAre("the member \"/etc/absolute\" is left out: an absolute path",
                          "the member \"../outside\" is left out: a path that leads out of the archive",
                          "the member \"a/../../outside\" is left out: a path that leads out of the archive",
                          "the member \"a/link\" is left out: a link", "the member \"a/hard\" is left out: a link",
                          "the member \"a/pipe\" is left out: neither a file nor a folder",
                          "the member \"a/device\" is left out: neither a file nor a folder",
                          "the member \"a/b c\" is left out: a name with characters that are not taken",
                          "the member \"a/?[m\" is left out: a name with characters that are not taken",
                          "the member \"a/domains\" is left out: stands twice",
                          "the member \"a/domains/below\" is left out: stands twice"));
}

TEST_F(ArchiveTest, TellsTheFirstWarningsAndCountsTheRest) {
  std::vector<Member> members{{"a", "", AE_IFREG, ""}};
  for (int i = 0; i < 25; ++i)
    members.push_back({"../" + std::to_string(i), "", AE_IFREG, ""});
  EXPECT_EQ("", unpack(pack(members)));
  ASSERT_EQ(21U, diagnostics_.size());
  EXPECT_EQ("5 more members are left out", diagnostics_.back().message);
}

TEST_F(ArchiveTest, RefusesBeyondItsLimits) {
  const std::string blanks(4 << 20, ' ');
  const std::vector<Member> bomb{{"a/domains", blanks, AE_IFREG, ""}};
  const auto gzip = &archive_write_add_filter_gzip;
  const auto tar = &archive_write_set_format_ustar;
  EXPECT_EQ("unpacks to more than 100 times its size", unpack(pack(bomb, tar, gzip)));
  EXPECT_EQ("unpacks to more than 100 times its size",
            unpack(pack(bomb, &archive_write_set_format_raw, gzip), "list.gz"));
  // Also where nobody would have kept it.
  EXPECT_EQ("unpacks to more than 100 times its size", unpack(pack({{"../a", blanks, AE_IFREG, ""}}, tar, gzip)));
  EXPECT_EQ("", unpack(pack(bomb, tar, gzip), "x.tar", {.ratio = 100'000}));

  const std::vector<Member> two{{"a/b/c", "12345", AE_IFREG, ""}, {"d", "12345", AE_IFREG, ""}};
  EXPECT_EQ("has a file of more than 4 bytes", unpack(pack(two), "x.tar", {.file_bytes = 4}));
  EXPECT_EQ("holds more than 9 bytes", unpack(pack(two), "x.tar", {.total_bytes = 9}));
  EXPECT_EQ("has more than 1 members", unpack(pack(two), "x.tar", {.members = 1}));
  EXPECT_EQ("has a path of more than 4 bytes", unpack(pack(two), "x.tar", {.path_bytes = 4}));
  EXPECT_EQ("has a path of more than 1 folders", unpack(pack(two), "x.tar", {.depth = 1}));
  EXPECT_EQ(
      "", unpack(pack(two), "x.tar", {.total_bytes = 10, .file_bytes = 5, .members = 2, .path_bytes = 5, .depth = 2}));

  const auto once = pack(two, tar, gzip);
  EXPECT_EQ("is packed more than once",
            unpack(pack({{"x", once, AE_IFREG, ""}}, &archive_write_set_format_raw, gzip), "x.gz"));
}

TEST_F(ArchiveTest, RefusesWhatIsDamagedOrNoArchive) {
  EXPECT_EQ("is no archive", unpack("<!DOCTYPE html><html>"));
  EXPECT_EQ("is no archive", unpack("a.com\n"));
  EXPECT_EQ("is no archive", unpack(""));
  EXPECT_EQ("the archive holds no file", unpack(pack({{"a/", "", AE_IFDIR, ""}})));
  EXPECT_FALSE(is_archive(folder_.path() / "absent"));
  Diagnostics ignored;
  EXPECT_TRUE(unpack_archive(folder_.path() / "absent", folder_.path() / "into", {}, ignored));

  // Every truncation: an error, or (past the last byte that counts) the whole.
  for (const auto& [format, filter] :
       {std::pair<SetFormat, SetFormat>{&archive_write_set_format_ustar, &archive_write_add_filter_gzip},
        {&archive_write_set_format_zip, &archive_write_add_filter_none},
        {&archive_write_set_format_7zip, &archive_write_add_filter_none}}) {
    const auto bytes = pack(kTree, format, filter);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_TRUE(!unpack(std::string_view{bytes}.substr(0, size)).empty() || files().size() == 3) << size;
  }
}

TEST_F(ArchiveTest, KeepsWhatStandsInTheWay) {
  const auto archive = folder_.write("x.tar", pack(kTree));
  folder_.write("into/precious", "x");
  Diagnostics ignored;
  EXPECT_TRUE(unpack_archive(archive, folder_.path() / "into", {}, ignored));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "into/precious"));
}

}  // namespace
}  // namespace breakwater::categories
