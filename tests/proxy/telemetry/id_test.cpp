#include "proxy/telemetry/id.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace breakwater::telemetry {
namespace {

TEST(Reference, TenCharactersThatCannotBeMistaken) {
  for (int i = 0; i < 1000; ++i) {
    const auto text = make_reference();
    ASSERT_EQ(text.size(), 11U);
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (at == 5) {
        ASSERT_EQ(text[at], '-');
      } else {
        ASSERT_NE(std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ").find(text[at]), std::string_view::npos) << text;
      }
    }
  }
}

TEST(Reference, UniqueOverAMillionFromSeveralThreads) {
  constexpr std::size_t kEach = 250'000;
  std::array<std::vector<std::string>, 4> parts;
  std::vector<std::thread> threads;
  for (auto& part : parts)
    threads.emplace_back([&part] {
      for (std::size_t i = 0; i < kEach; ++i)
        part.push_back(make_reference());
    });
  for (auto& thread : threads)
    thread.join();
  std::vector<std::string> all;
  for (auto& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(Reference, NeighboursShareNoMoreThanChance) {
  constexpr int kPairs = 20'000;
  std::array<int, 11> equal{};
  auto last = make_reference();
  for (int i = 0; i < kPairs; ++i) {
    const auto next = make_reference();
    for (std::size_t at = 0; at < next.size(); ++at)
      equal[at] += next[at] == last[at];
    last = next;
  }
  for (std::size_t at = 0; at < equal.size(); ++at) {
    if (at == 5) continue;
    EXPECT_NEAR(equal[at], kPairs / 32, 150) << at;  // six standard deviations
  }
}

}  // namespace
}  // namespace breakwater::telemetry
