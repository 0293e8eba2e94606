#include "atelier/personalization/account_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "atelier/personalization/population_release.h"
#include "personalization/pooled_people.h"

namespace atelier::personalization {
namespace {

constexpr std::int64_t kNow = 1'800'000'000, kDay = 86400;

storage::Answer rating(const std::string& style, double value, std::int64_t time) {
  storage::Answer answer;
  answer.kind = storage::AnswerKind::Rating;
  answer.subjects = {{.style = style, .code = {}, .attributes = {}}};
  answer.value = value;
  answer.time = time;
  return answer;
}

/// People who rate six of twelve styles as they like; they came over `days` days, the last one today.
std::vector<AccountActivity> honest_people(int count, int days, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<AccountActivity> accounts;
  for (int i = 0; i < count; ++i) {
    const auto came = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(days * kDay));
    std::vector<storage::Answer> answers;
    for (int k = 0; k < 6; ++k) {
      const std::string style = "style-" + std::to_string(random() % 12);
      answers.push_back(rating(style, 1 + static_cast<double>(random() % 5), kNow - came + k));
      answers.back().id = k + 1;
    }
    accounts.push_back(AccountActivity::of("person-" + std::to_string(i), answers));
  }
  return accounts;
}

/// New accounts that rate style-3 with 5 and nothing else, within one hour.
void add_swarm(std::vector<AccountActivity>& accounts, int count, std::int64_t came) {
  for (int i = 0; i < count; ++i) {
    const std::vector<storage::Answer> answers = {rating("style-3", 5, came + i % 3600)};
    accounts.push_back(AccountActivity::of("bot-" + std::to_string(i), answers));
  }
}

TEST(AccountScreen, FlagsNewAccountsThatCameTogetherAndAgree) {
  auto accounts = honest_people(1000, 365, 1);
  add_swarm(accounts, 200, kNow - kDay);
  const ScreenReport report = screen_accounts(accounts, kNow);
  ASSERT_EQ(report.groups.size(), 1U);
  const SuspiciousGroup& group = report.groups.front();
  EXPECT_EQ(group.style, "style-3");
  EXPECT_EQ(group.verdict, 1);
  EXPECT_GT(group.agreement, 0.95);
  EXPECT_LT(group.others, 0.4);
  EXPECT_LT(group.to - group.from, 2 * kDay);
  EXPECT_TRUE(report.flags("bot-0") && report.flags("bot-199"));
  // Somebody who came on that day and truly loves the style may be looked at too, hardly anybody else.
  EXPECT_LE(report.users.size(), 205U);
}

TEST(AccountScreen, FlagsASwarmThatChoosesOrDislikesInsteadOfRating) {
  auto accounts = honest_people(300, 365, 2);
  for (int i = 0; i < 40; ++i) {
    storage::Answer choice;
    choice.kind = storage::AnswerKind::Choice;
    choice.subjects = {{.style = "style-1", .code = {}, .attributes = {}},
                       {.style = "style-2", .code = {}, .attributes = {}}};
    choice.value = 0;
    choice.time = kNow - kDay;
    accounts.push_back(AccountActivity::of("bot-" + std::to_string(i), std::span(&choice, 1)));
  }
  const ScreenReport report = screen_accounts(accounts, kNow);
  ASSERT_EQ(report.groups.size(), 2U);
  EXPECT_EQ(report.groups[0].verdict + report.groups[1].verdict, 0);
}

TEST(AccountScreen, NeedsAgeBurstAndAgreementTogether) {
  // Everybody is new on the day a service opens, but they do not agree.
  EXPECT_TRUE(screen_accounts(honest_people(400, 1, 3), kNow).users.empty());
  // Agreement without a burst: one such account a day for a year.
  auto slow = honest_people(400, 365, 4);
  for (int i = 0; i < 365; ++i) {
    const std::vector<storage::Answer> answers = {rating("style-3", 5, kNow - i * kDay)};
    slow.push_back(AccountActivity::of("slow-" + std::to_string(i), answers));
  }
  EXPECT_TRUE(screen_accounts(slow, kNow).users.empty());
  // A swarm of long ago: they had time to be looked at.
  auto old = honest_people(400, 365, 5);
  add_swarm(old, 200, kNow - 30 * kDay);
  EXPECT_TRUE(screen_accounts(old, kNow).users.empty());
  // A style that all people love is no plot.
  auto loved = honest_people(400, 365, 6);
  for (AccountActivity& account : loved) account.verdicts["style-3"] = 1;
  add_swarm(loved, 200, kNow - kDay);
  EXPECT_TRUE(screen_accounts(loved, kNow).users.empty());
  EXPECT_TRUE(screen_accounts({}, kNow).users.empty());
}

TEST(AccountScreen, TheLastVerdictOnAStyleCounts) {
  std::vector<storage::Answer> answers = {rating("a", 1, 20), rating("a", 5, 10), rating("b", 3, 30)};
  for (std::size_t i = 0; i < answers.size(); ++i) answers[i].id = static_cast<std::int64_t>(i) + 1;
  std::swap(answers[0], answers[2]);
  const AccountActivity account = AccountActivity::of("ana", answers);
  EXPECT_EQ(account.first, 10);
  EXPECT_EQ(account.verdicts, (std::map<std::string, int>{{"a", 1}, {"b", 0}}));
}

// 200 accounts that all rate one style 5, among 300 people: what they can do stays below what is published.
TEST(AccountScreen, ASwarmMovesTheSharedPriorLessThanTheBoundSays) {
  constexpr int kDim = 4, kBots = 200;
  const ContributionScheme scheme(test::plain_prior(kDim));
  std::vector<Contribution> quiet = test::pooled_people(scheme, 300, 7), loud = quiet;
  storage::Settings yes;
  yes.pooled_learning = true;
  Eigen::VectorXd style(kDim);
  style << 2, -1, 0.5, 1;
  const TasteObservation five = rating_of(style, 5, "style-3", 1);
  const auto taste = PreferenceModel::fit(scheme.start(), std::span(&five, 1), kNow);
  for (int i = 0; i < kBots; ++i) {
    const std::string name = "bot-" + std::to_string(i);
    quiet.push_back(scheme.contribute(name, yes, scheme.start().mean, scheme.start().covariance));
    loud.push_back(scheme.contribute(name, yes, taste));
  }
  const auto released = [&](const std::vector<Contribution>& people) {
    const ReleaseLedger nowhere{[] { return std::vector<storage::Release>(); },
                                [](const storage::Release&) {}};
    return release_population_prior(scheme, people, nowhere, {}, test::seeded_words(9));
  };
  const PopulationPrior without = released(quiet), with = released(loud);
  const PoisoningBound bound = scheme.poisoning_bound(300 + kBots, kBots);
  const double sd = 0.2;  // of plain_prior
  EXPECT_GT((with.mean - without.mean).norm() / sd, 1e-3);
  EXPECT_LT((with.mean - without.mean).norm() / sd, bound.mean);
  EXPECT_LT((with.covariance - without.covariance).norm() / (sd * sd), bound.covariance);
}

}  // namespace
}  // namespace atelier::personalization
