#include "proxy/feeds/checks.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::feeds {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

TEST(Sha256, OfBytes) {  // FIPS 180-4, examples
  EXPECT_EQ(sha256_of(bytes_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, FoundAmongSums) {
  const std::string letters = "ABCDEF" + std::string(58, '0');
  const struct {
    std::string sums;
    std::optional<std::string> expected;
  } table[] = {
      {kOne, kOne},
      {kOne + "\n", kOne},
      {"  " + kOne + "\r\n", kOne},
      {letters, "abcdef" + std::string(58, '0')},
      {kOne + "  f\n", kOne},
      {kOne + " *f\n", kOne},
      {kOne + "  ./dir/f\n", kOne},
      {kOne + "  other\n", kOne},  // the only one
      {kTwo + "  other\n" + kOne + "  f\n", kOne},
      {"SHA256 (f) = " + kOne + "\nSHA256 (g) = " + kTwo + "\n", kOne},
      {"# a comment\n\n" + kOne + "  f\n" + kOne + "  f\n", kOne},
      {"", std::nullopt},
      {"f", std::nullopt},
      {kOne.substr(1) + "  f", std::nullopt},
      {kOne + "1  f", kOne},  // what follows the digest is a name, and this one the only
      {kOne.substr(1) + "g  f", std::nullopt},
      {kOne + "  a\n" + kTwo + "  b\n", std::nullopt},
      {kOne + "  f\n" + kTwo + "  f\n", std::nullopt},
      {"SHA256 (f)", std::nullopt},
      {"SHA256 () = ", std::nullopt},
      {"SHA256 (f) = " + kOne.substr(1), std::nullopt},
      {"SHA512 (f) = " + kOne, std::nullopt},
      {std::string("\0\xff\n", 3), std::nullopt},
  };
  for (const auto& [sums, expected] : table)
    EXPECT_EQ(find_sha256(sums, "f"), expected) << sums;
}

/// A file signed by the real program.
class Minisign : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::system("command -v minisign >/dev/null") != 0) GTEST_SKIP() << "minisign is not there";
    folder_.write("list", text_);
    ASSERT_TRUE(run("minisign -GWf -p key.pub -s key") && run("minisign -GWf -p other.pub -s other"));
    ASSERT_TRUE(run(std::string("minisign -S -W -m list -s key -t 'a comment' ") + GetParam()));
    signature_ = read("list.minisig");
    key_ = second_line(read("key.pub"));
  }

  bool run(const std::string& command) const {
    return std::system(("cd '" + folder_.path().string() + "' && " + command + " >/dev/null 2>&1").c_str()) == 0;
  }
  std::string read(const char* name) const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string second_line(const std::string& text) {
    const auto begin = text.find('\n') + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  std::string check(std::string_view text, std::string_view signature) const {
    return check_minisign(bytes_of(text), signature, key_).value_or("good");
  }

  test::TemporaryFolder folder_;
  std::string text_ = "a.example\nb.example\n";
  std::string signature_;
  std::string key_;
};

TEST_P(Minisign, IsVerified) {
  EXPECT_EQ(check(text_, signature_), "good");
  EXPECT_EQ(check(text_ + " ", signature_), "the signature is not of this file");
  EXPECT_EQ(check("", signature_), "the signature is not of this file");
  EXPECT_EQ(check_minisign(bytes_of(text_), signature_, second_line(read("other.pub"))), "signed with another key");
  EXPECT_EQ(check_minisign(bytes_of(text_), signature_, "RW"), "the public key is malformed");
  auto with_returns = signature_;
  for (std::size_t at = 0; (at = with_returns.find('\n', at)) != std::string::npos; at += 2)
    with_returns.insert(at, 1, '\r');
  EXPECT_EQ(check(text_, with_returns), "good");
}

TEST_P(Minisign, WithAnyChangeIsRefused) {
  const auto first = signature_.find('\n') + 1;  // the untrusted comment is what it is called
  for (std::size_t at = first; at < signature_.size(); ++at) {
    auto changed = signature_;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(check(text_, changed), "good") << at;
    EXPECT_EQ(check(text_, signature_.substr(0, at)) == "good", at + 1 == signature_.size()) << at;
  }
  auto comment = signature_;
  comment.replace(comment.find("a comment"), 1, "x");
  EXPECT_EQ(check(text_, comment), "the trusted comment was changed");
  auto kind = signature_;
  kind[first + 1] = 'X';
  EXPECT_EQ(check(text_, kind), "a signature of an unknown kind");
  for (const auto* const none : {"", "\n\n\n\n", "<html>", "untrusted comment: x\n"})
    EXPECT_EQ(check(text_, none), "no minisign signature") << none;
}

INSTANTIATE_TEST_SUITE_P(Prehashed, Minisign, testing::Values(""));
INSTANTIATE_TEST_SUITE_P(Legacy, Minisign, testing::Values("-l"));

}  // namespace
}  // namespace breakwater::feeds
