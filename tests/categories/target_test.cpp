#include "categories/target.h"

#include <gmock/gmock.h>

namespace breakwater::categories {
namespace {

using testing::ElementsAre;

constexpr ListId kLists = 200;

/// Lists 0 to 199, all of the category 1 and fed, save where a test says otherwise.
std::vector<ListInfo> lists() {
  std::vector<ListInfo> all(kLists);
  for (auto& list : all)
    list.category = 1;
  return all;
}

Target except(ListId list, std::uint32_t line) {
  return make_target(list, line | kExceptLine);
}

TEST(Target, HoldsListLineAndSign) {
  constexpr auto kLast = make_target(0xffff, kExceptLine - 1);
  EXPECT_EQ(0xffffU, list_of(kLast));
  EXPECT_EQ(kExceptLine - 1, line_of(kLast));
  EXPECT_FALSE(is_except(kLast));
  EXPECT_TRUE(is_except(except(3, 7)));
  EXPECT_EQ(std::pair(std::size_t{3}, 7U), std::pair(list_of(except(3, 7)), line_of(except(3, 7))));
  EXPECT_LT(make_target(3, 7), except(3, 1)) << "exceptions of a list stand behind its entries";
  EXPECT_LT(except(3, 7), make_target(4, 1));
}

TEST(LimitTargets, AListSaysAThingOnceAndAnExceptionIsAnother) {
  auto infos = lists();
  std::vector<Target> targets{make_target(0, 4), make_target(0, 9), except(0, 2), except(0, 3), make_target(7, 1)};
  limit_targets(targets, infos);
  EXPECT_THAT(targets, ElementsAre(make_target(0, 4), except(0, 2), make_target(7, 1)));
  EXPECT_EQ(2U, infos[0].entries);
  EXPECT_EQ(1U, infos[7].entries);
  EXPECT_EQ(0U, infos[1].entries);
}

TEST(LimitTargets, BeyondTheMostOnlyWhatIsNewIsKept) {
  auto infos = lists();
  infos[100].category = 2;
  infos[101].category = 2;
  infos[102].role = ListRole::local;
  infos[103].role = ListRole::allow;
  infos[199].category = 3;
  std::vector<Target> targets;
  for (ListId list = 0; list < kLists; ++list)
    targets.push_back(make_target(list, 1));
  limit_targets(targets, infos);
  ASSERT_EQ(kMaxTargets + 4, targets.size());
  targets.erase(targets.begin(), targets.begin() + kMaxTargets);
  EXPECT_THAT(targets, ElementsAre(make_target(100, 1), make_target(102, 1), make_target(103, 1), make_target(199, 1)));
  for (const auto& list : infos)
    EXPECT_EQ(1U, list.entries) << "also of those that are not kept";
}

TEST(LimitTargets, AnExceptionHidesNoEntryNorAnEntryAnException) {
  for (const bool exceptions_first : {true, false}) {
    auto infos = lists();
    std::vector<Target> targets;
    for (ListId list = 0; list < kMaxTargets; ++list)
      targets.push_back(exceptions_first ? except(list, 1) : make_target(list, 1));
    const auto last = exceptions_first ? make_target(100, 1) : except(100, 1);
    targets.push_back(last);
    limit_targets(targets, infos);
    ASSERT_EQ(kMaxTargets + 1, targets.size());
    EXPECT_EQ(last, targets.back());
  }
}

}  // namespace
}  // namespace breakwater::categories
