#include "proxy/auth/basic_credentials.h"

#include <gtest/gtest.h>
#include <sodium.h>

namespace breakwater::auth {
namespace {

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

std::string basic(std::string_view text) {
  std::string encoded(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.pop_back();
  return "Basic " + encoded;
}

TEST(BasicCredentials, Good) {
  const auto user_bytes = many('u', kMaxUserBytes);
  const auto password_bytes = many('p', kMaxPasswordBytes);
  const auto longest = join({user_bytes, ":", password_bytes});
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "aladdin", "open sesame"},  // RFC 7617 2
      {"bAsIc   dGVzdDoxMjPCow==", "test", "123£"},                      // RFC 7617 2.1
      {basic("ann:a:b"), "ann", "a:b"},
      {basic("ann:"), "ann", ""},
      {basic(longest), user_bytes, password_bytes},
  };
  for (const auto& [value, user, password] : cases) {
    const auto credentials = parse_basic(value);
    ASSERT_TRUE(credentials) << value;
    EXPECT_EQ(credentials->user, user);
    EXPECT_EQ(credentials->password, password);
  }
}

TEST(BasicCredentials, Bad) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "another scheme than Basic"},
      {"Basic", "another scheme than Basic"},
      {"BasicQWxhZGRpbjpvcGVuIHNlc2FtZQ==", "another scheme than Basic"},
      {"Digest username=\"x\"", "another scheme than Basic"},
      {"Basic ", "no colon"},
      {basic("nobody"), "no colon"},
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", "not base64"},
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== ", "not base64"},
      {"Basic QWxh*", "not base64"},
      {"Basic QQ==QQ==", "not base64"},
      {basic(":password"), "no user name, or a long one"},
      {basic(join({many('u', kMaxUserBytes + 1), ":p"})), "no user name, or a long one"},
      {basic(join({"u:", many('p', kMaxPasswordBytes + 1)})), "too long"},
      {join({"Basic ", many('A', 100'000)}), "too long"},
      {basic("an\nn:p"), "a control character"},
      {basic(std::string_view("ann:p\0q", 7)), "a control character"},
      {basic("ann:\x7f"), "a control character"},
      {basic("ann:\xa3"), "not UTF-8"},
  };
  for (const auto& [value, message] : cases) {
    const auto credentials = parse_basic(value);
    ASSERT_FALSE(credentials) << value;
    EXPECT_EQ(to_string(credentials.error()), message) << value;
  }
}

TEST(BasicCredentials, EveryTruncationIsAnAnswer) {
  const auto whole = basic("ann:pass:word");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto credentials = parse_basic(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(credentials && credentials->password == "pass:word") << size;
  }
}

}  // namespace
}  // namespace breakwater::auth
