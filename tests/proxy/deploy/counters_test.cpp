#include "proxy/deploy/counters.h"

#include <gmock/gmock.h>

namespace breakwater::deploy {
namespace {

std::string counter(std::string_view name, std::string_view rest = R"("packets": 0, "bytes": 0)",
                    std::string_view table = "breakwater") {
  return R"({"counter": {"family": "inet", "name": ")" + std::string(name) + R"(", "table": ")" + std::string(table) +
         R"(", "handle": 4, )" + std::string(rest) + "}}";
}

/// As nft 1.0.6 prints it; `instead` stands in the place of quic_refused.
std::string printed(const std::string& instead) {
  std::string text = R"({"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}})";
  for (const auto& known : known_counters()) {
    const auto entry = known.name == "quic_refused" ? instead : counter(known.name);
    if (!entry.empty()) text.append(", ").append(entry);
  }
  return text.append("]}");
}

TEST(Counters, AreReadInTheirOrder) {
  std::string error;
  const auto values = parse_counters(
      printed(counter("quic_refused", R"("packets": 7, "bytes": 18446744073709551615)") + ", " + counter("my_own")),
      error);
  EXPECT_EQ(error, "");
  ASSERT_EQ(values.size(), known_counters().size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(values[i].name, known_counters()[i].name);
    EXPECT_EQ(values[i].packets, values[i].name == "quic_refused" ? 7U : 0U);
  }
  EXPECT_EQ(values[4].bytes, 18446744073709551615U);
}

TEST(Counters, AreAllThereOrNone) {
  const auto good = counter("quic_refused");
  const std::pair<std::string, std::string> cases[] = {
      {"", "nft did not print its JSON"},
      {"[]", "nft did not print its JSON"},
      {R"({"nftables": {}})", "nft did not print its JSON"},
      {R"({"nftables": []})", "the counter http_intercepted is missing: the rules are of another version"},
      {printed(""), "the counter quic_refused is missing: the rules are of another version"},
      {printed(good + "," + good), "the counter quic_refused is malformed, or there twice"},
      {printed(counter("quic_refused", R"("packets": -1, "bytes": 0)")),
       "the counter quic_refused is malformed, or there twice"},
      {printed(counter("quic_refused", R"("packets": 1.5, "bytes": 0)")),
       "the counter quic_refused is malformed, or there twice"},
      {printed(counter("quic_refused", R"("bytes": 0)")), "the counter quic_refused is malformed, or there twice"},
      {printed(counter("quic_refused", R"("packets": 1, "bytes": "2")")),
       "the counter quic_refused is malformed, or there twice"},
      {printed(counter("quic_refused", R"("packets": 1, "bytes": 2)", "other")),
       "nft printed a counter of another table"},
      {printed(R"({"counter": 7})"), "nft printed a counter of another table"},
  };
  for (const auto& [text, expected] : cases) {
    std::string error;
    EXPECT_TRUE(parse_counters(text, error).empty()) << text;
    EXPECT_EQ(error, expected) << text;
  }
}

TEST(Counters, NeedTheWholeText) {
  const auto text = printed(counter("quic_refused"));
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::string error;
    EXPECT_TRUE(parse_counters(std::string_view(text).substr(0, size), error).empty());
    EXPECT_EQ(error, "nft did not print its JSON");
  }
}

}  // namespace
}  // namespace breakwater::deploy
