#include "proxy/auth/users_file.h"

#include <gtest/gtest.h>

namespace breakwater::auth {
namespace {

/// argon2id with the least memory and time there is, so that tests are quick.
constexpr std::string_view kHash = "$argon2id$v=19$m=8,t=1,p=1$";

/// Without `+`, of which g++ 12 believes that it overflows.
std::string join(std::initializer_list<std::string_view> pieces) {
  std::string all;
  for (const auto piece : pieces)
    all.append(piece);
  return all;
}

std::string many(char c, std::size_t count) {
  std::string all;
  all.resize(count, c);
  return all;
}

std::string mistake(const std::string& text) {
  categories::Diagnostics diagnostics;
  EXPECT_FALSE(UsersFile::parse(text, "users", diagnostics));
  return diagnostics.empty() ? "none" : to_string(diagnostics.front());
}

TEST(UsersFile, VerifiesWhatWasAdded) {
  const auto hash = hash_password("pass word");
  ASSERT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  const auto text = *with_user("# staff\r\n\nzoe:" + hash + "\n", "Ann@Example.org", hash);
  EXPECT_EQ(text, "# staff\n\nzoe:" + hash + "\nAnn@Example.org:" + hash + "\n");
  categories::Diagnostics diagnostics;
  const auto users = UsersFile::parse(text, "users", diagnostics);
  ASSERT_TRUE(users);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_TRUE(users->verify("ann@example.org", "pass word"));
  EXPECT_FALSE(users->verify("ann@example.org", "pass wor"));
  EXPECT_FALSE(users->verify("ann", "pass word"));  // right for another
}

TEST(UsersFile, AnUnknownNameTakesAsLongAsAWrongPassword) {
  categories::Diagnostics diagnostics;
  const auto users = UsersFile::parse("ann:" + hash_password("right") + "\n", "users", diagnostics);
  const auto time = [&](std::string_view name) {
    auto least = std::chrono::nanoseconds::max();
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_FALSE(users->verify(name, "wrong"));
      least = std::min<std::chrono::nanoseconds>(least, std::chrono::steady_clock::now() - begin);
    }
    return std::chrono::duration<double, std::milli>(least).count();
  };
  const auto known = time("ann");
  EXPECT_GT(known, 5);
  EXPECT_GT(time("nobody"), known / 3);
}

TEST(UsersFile, EditsOneLineAlone) {
  EXPECT_EQ(with_user("a:1\nb:2\nA:3\n", "a", "9"), "a:9\nb:2\n");
  EXPECT_EQ(with_user("a:1\nb:2", "b", ""), "a:1\n");
  EXPECT_EQ(with_user("#b:2\na:1\n", "b", ""), std::nullopt);
  EXPECT_EQ(with_user("", "a", "1"), "a:1\n");
}

TEST(UsersFile, EveryMistakeHasItsLine) {
  const std::string good = join({kHash, "c2FsdHNhbHRzYWx0$aGFzaA"});
  const std::pair<std::string, std::string_view> cases[] = {
      {join({"ann:", good, "\nbob\n"}), "users:2: error: no argon2id hash: make one with `breakwater user add`"},
      {"ann:secret", "users:1: error: no argon2id hash: make one with `breakwater user add`"},
      {"ann:$2y$10$abcdefghijklmnopqrstuv", "users:1: error: no argon2id hash: make one with `breakwater user add`"},
      {join({":", good}), "users:1: error: a name has 1 to 253 bytes"},
      {join({many('n', 254), ":", good}), "users:1: error: a name has 1 to 253 bytes"},
      {join({"a\x01:", good}), "users:1: error: a name is UTF-8 without colons and control characters"},
      {join({"a\xff:", good}), "users:1: error: a name is UTF-8 without colons and control characters"},
      {join({"ann:", good, "\n# x\nANN:", good}), "users:3: error: this name stands twice"},
      {"ann:$argon2id$v=19$m=99999999,t=1,p=1$c2FsdA$aGFzaA",
       "users:1: error: this argon2id hash costs too much (256 MiB and 16 passes at most, p=1)"},
      {"ann:$argon2id$v=19$m=8,t=1,p=1$c2FsdA", "users:1: error: the hash is cut short"},
      {join({"ann:", good, many('A', 128)}), "users:1: error: no argon2id hash: make one with `breakwater user add`"},
      {many('\n', UsersFile::kMaxBytes + 1), "users: error: larger than 8 MiB"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_EQ(mistake(text), message);
}

}  // namespace
}  // namespace breakwater::auth
