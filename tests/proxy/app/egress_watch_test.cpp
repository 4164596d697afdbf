#include "proxy/app/egress_watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "proxy/deploy/counters.h"

namespace breakwater::app {
namespace {

/// As nft prints it; all counters stand at `packets`.
deploy::NftRun counters(int packets) {
  std::string text;
  for (const auto& known : deploy::known_counters())
    text +=
        fmt::format(R"({}{{"counter":{{"family":"inet","name":"{}","table":"breakwater","packets":{},"bytes":1}}}})",
                    text.empty() ? "" : ",", known.name, packets);
  return {0, fmt::format(R"({{"nftables":[{}]}})", text), ""};
}

TEST(EgressWatch, CountsFromTheFirstLookOn) {
  struct Row {
    deploy::NftRun run;
    std::optional<std::uint64_t> expected;  ///< none: nothing is known
  };
  const Row rows[] = {
      {{1, "", "no rights"}, {}},   {{0, "junk", ""}, {}}, {counters(100), 0}, {counters(107), 7},
      {{1, "", "rules reload"}, 7}, {counters(3), 10},     {counters(3), 10},
  };
  std::size_t at = 0;
  EgressWatch watch([&] { return rows[at].run; });
  for (; at < std::size(rows); ++at) {
    watch.look();
    const auto packets = watch.packets();
    ASSERT_EQ(packets.empty(), !rows[at].expected) << at;
    for (const auto& total : packets)
      EXPECT_EQ(total.value, *rows[at].expected) << at << " " << total.name;
  }
}

}  // namespace
}  // namespace breakwater::app
