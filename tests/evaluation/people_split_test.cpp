#include "atelier/evaluation/people_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/expect_error.h"

namespace atelier::evaluation {
namespace {

std::vector<std::string> people(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("person " + std::to_string(i));
  return names;
}

TEST(PeopleSplit, EverybodyIsScoredOnceAndNeverTrainedOnThen) {
  const PeopleSplit split(people(23), 5, 1);
  std::multiset<std::size_t> scored;
  for (int fold = 0; fold < split.folds(); ++fold) {
    const auto here = split.scored(fold), others = split.trained(fold);
    EXPECT_EQ(here.size() + others.size(), 23u);
    for (const std::size_t person : here) {
      scored.insert(person);
      EXPECT_THAT(others, testing::Not(testing::Contains(person)));
    }
    EXPECT_GE(here.size(), 4u);
  }
  EXPECT_EQ(scored.size(), 23u);
  EXPECT_EQ(std::set<std::size_t>(scored.begin(), scored.end()).size(), 23u);
}

TEST(PeopleSplit, DependsOnNamesAndSeedNotOnTheirOrder) {
  auto names = people(12);
  const PeopleSplit split(names, 3, 1);
  std::set<std::string> before;
  for (const std::size_t i : split.scored(0)) before.insert(names[i]);
  std::reverse(names.begin(), names.end());
  const PeopleSplit reversed(names, 3, 1), other_seed(names, 3, 2);
  std::set<std::string> after, other;
  for (const std::size_t i : reversed.scored(0)) after.insert(names[i]);
  for (const std::size_t i : other_seed.scored(0)) other.insert(names[i]);
  EXPECT_EQ(before, after);
  EXPECT_NE(before, other);
}

TEST(PeopleSplit, RefusesFewerPeopleThanFolds) {
  test::expect_error([] { PeopleSplit(people(4), 5, 1); }, ErrorCode::Usage, "evaluation.folds");
  test::expect_error([] { PeopleSplit(people(4), 1, 1); }, ErrorCode::Usage, "evaluation.folds");
}

}  // namespace
}  // namespace atelier::evaluation
