#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proxy/tls/client_hello.h"
#include "tests/proxy/tls/hello_builder.h"

namespace breakwater::tls {
namespace {

using testing::Bytes;

struct Capture {
  std::string where;
  Bytes bytes;
  std::string sni;
  std::string alpn;
  EchState ech;
  std::vector<std::uint16_t> extensions;
};

Bytes from_hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}

std::vector<Capture> load() {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const std::filesystem::path root = shared ? shared : BREAKWATER_SOURCE_DIR "/../shared";
  std::ifstream file(root / "data/sni/dev.jsonl");
  std::vector<Capture> captures;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    // `ooo`: the segments stand in the file as they were captured, which is not their order.
    if (json["kind"] != "tls" || json["ooo"] == true) continue;
    Capture& capture = captures.emplace_back();
    capture.where = json["pcap"].get<std::string>() + " frame " + json["frame"].dump();
    for (const auto& segment : json["segs"])
      testing::append(capture.bytes, from_hex(segment.get<std::string>()));
    if (!json["sni"].empty()) capture.sni = json["sni"][0].get<std::string>();
    capture.alpn = json["alpn"].get<std::string>();
    capture.ech = json["ech"] == true || json["esni"] == true ? EchState::present : EchState::absent;
    capture.extensions = json["ext"].get<std::vector<std::uint16_t>>();
  }
  return captures;
}

class Captures : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { captures_ = load(); }
  void SetUp() override {
    if (captures_.empty())
      GTEST_SKIP() << "no captures: set BREAKWATER_SHARED to the folder that holds data/sni/dev.jsonl";
  }
  static inline std::vector<Capture> captures_;
};

TEST_F(Captures, EveryHelloIsReadAsTwoOtherParsersReadIt) {
  EXPECT_GT(captures_.size(), 500U);
  for (const auto& capture : captures_) {
    ClientHello hello;
    ASSERT_EQ(parse_client_hello(capture.bytes, hello), HelloStatus::done) << capture.where;
    EXPECT_EQ(hello.sni, capture.sni) << capture.where;
    EXPECT_EQ(hello.sni_state == ClientHello::Sni::present, !capture.sni.empty()) << capture.where;
    EXPECT_EQ(hello.ech, capture.ech) << capture.where;
    EXPECT_EQ(hello.extensions, capture.extensions) << capture.where;
    std::string alpn;
    for (const auto& name : hello.alpn)
      alpn += (alpn.empty() ? "" : ",") + name;
    EXPECT_EQ(alpn, capture.alpn) << capture.where;
  }
}

TEST_F(Captures, EveryHelloCutAtEachOfItsFirstBytesNeedsMore) {
  constexpr std::size_t kFirst = 600;
  for (const auto& capture : captures_) {
    ClientHello hello;
    const std::size_t record = 5U + (std::size_t{capture.bytes[3]} << 8U) + capture.bytes[4];
    const std::size_t message =
        9U + (std::size_t{capture.bytes[6]} << 16U) + (std::size_t{capture.bytes[7]} << 8U) + capture.bytes[8];
    const std::size_t end = std::min(record, message);  // a hello over several records has more
    for (std::size_t length = 0; length < std::min(end, kFirst); ++length)
      ASSERT_EQ(parse_client_hello(std::span(capture.bytes).first(length), hello), HelloStatus::need_more)
          << capture.where << " cut at " << length;
  }
}

TEST_F(Captures, EveryHelloSplitOverRecordsAtEachOfItsFirstBytesReadsTheSame) {
  constexpr std::size_t kFirst = 600;
  for (const auto& capture : captures_) {
    const auto bytes = std::span(capture.bytes);
    const std::size_t record = (std::size_t{bytes[3]} << 8U) + bytes[4];
    if (bytes.size() < 5 + record) continue;
    const auto message = bytes.subspan(5, record);
    for (std::size_t at = 1; at < std::min(message.size(), kFirst); ++at) {
      Bytes split = testing::joined({testing::record(message.first(at)), testing::record(message.subspan(at))});
      testing::append(split, bytes.subspan(5 + record));
      ClientHello hello;
      ASSERT_EQ(parse_client_hello(split, hello), HelloStatus::done) << capture.where << " split at " << at;
      ASSERT_EQ(hello.sni, capture.sni) << capture.where << " split at " << at;
      ASSERT_EQ(hello.extensions, capture.extensions) << capture.where << " split at " << at;
    }
  }
}

}  // namespace
}  // namespace breakwater::tls
