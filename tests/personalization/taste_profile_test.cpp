#include "atelier/personalization/taste_profile.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "atelier/core/error.h"
#include "atelier/personalization/taste_group.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

/// People who rate by the attributes alone.
struct Salon {
  std::vector<storage::Subject> gallery = test::small_gallery(60);
  TasteFeatures features = test::small_features(gallery);
  PopulationPrior prior = standard_prior(features, features.matrix(gallery));
  std::vector<Candidate> candidates = test::candidates_of(features, gallery);
  std::vector<style::Attribute> words = test::small_words();

  PreferenceModel visitor(double warmth, double saturation, unsigned seed = 1, unsigned first = 0,
                          unsigned answers = 25) const {
    std::mt19937_64 random(seed);
    std::vector<TasteObservation> seen;
    for (unsigned i = first; i < first + answers; ++i) {
      const Candidate& one = candidates[i % candidates.size()];
      const double felt = warmth * one.psi(3) + saturation * one.psi(4) + 0.3 * detail::normal(random);
      seen.push_back(rating_of(one.psi, 3 + felt, one.key, 100 + static_cast<std::int64_t>(i)));
    }
    return PreferenceModel::fit(prior, seen, 0);
  }

  const Eigen::VectorXd& psi(const std::string& key) const {
    return std::find_if(candidates.begin(), candidates.end(), [&](const auto& one) { return one.key == key; })
        ->psi;
  }
};

const AttributeTaste& of(const TasteProfile& profile, const std::string& key) {
  return *std::find_if(profile.attributes.begin(), profile.attributes.end(),
                       [&](const auto& taste) { return taste.key == key; });
}

TEST(TasteProfile, SaysTheRightEndAndLeavesTheRestOpen) {
  const Salon salon;
  const PreferenceModel model = salon.visitor(0, -1);
  const TasteProfile profile = explain(model, salon.features, salon.candidates, salon.words);
  const AttributeTaste& saturation = of(profile, "saturation");
  EXPECT_EQ(saturation.leaning, Leaning::Low);
  EXPECT_EQ(saturation.sentence, "you favour muted palettes");
  EXPECT_LT(saturation.strength, -0.5);
  EXPECT_LT(saturation.low, saturation.strength);
  EXPECT_LT(saturation.high, 0);
  EXPECT_LT(saturation.probability, 0.05);
  EXPECT_EQ(of(profile, "warmth").leaning, Leaning::Unsure);
  EXPECT_EQ(profile.summary, "you favour muted palettes; unsure about warmth");
  EXPECT_EQ(profile.attributes.front().key, "saturation");
}

TEST(TasteProfile, NamesAnswersThatArgueForTheSentenceAndPicturesOfBothEnds) {
  const Salon salon;
  const PreferenceModel model = salon.visitor(1, 0);
  const AttributeTaste warmth = of(explain(model, salon.features, salon.candidates, salon.words), "warmth");
  EXPECT_EQ(warmth.leaning, Leaning::High);
  ASSERT_EQ(warmth.because.size(), 3U);
  for (const Influence& reason : warmth.because) {
    EXPECT_GT(reason.shift, 0);
    EXPECT_GE(reason.answer, 100);
  }
  EXPECT_GT(salon.psi(warmth.example)(3), 0.3);
  EXPECT_LT(salon.psi(warmth.counter_example)(3), -0.3);
  EXPECT_GT(model.utility(salon.psi(warmth.example)).mean,
            model.utility(salon.psi(warmth.counter_example)).mean);
}

TEST(TasteProfile, SaysAfterFiveAnswersWhatIsLikelyAndHowLikely) {
  const Salon salon;
  int said = 0, right = 0, people = 0;
  for (unsigned seed = 1; seed <= 40; ++seed, ++people) {
    const double warmth = seed % 2 == 0 ? 1 : -1;
    const PreferenceModel model = salon.visitor(warmth, 0, seed, 5 * seed, 5);
    const AttributeTaste taste = of(explain(model, salon.features, salon.candidates, salon.words), "warmth");
    if (taste.leaning == Leaning::Unsure) continue;
    ++said;
    right += (taste.leaning == Leaning::High) == (warmth > 0) ? 1 : 0;
    if (taste.certain) continue;
    EXPECT_TRUE(taste.sentence.starts_with("you lean towards ")) << taste.sentence;
    EXPECT_TRUE(taste.sentence.ends_with(" % sure)")) << taste.sentence;
    EXPECT_GE(std::max(taste.probability, 1 - taste.probability), 0.8);
  }
  EXPECT_GT(said, people / 2);
  EXPECT_GE(right, 0.8 * said);
}

TEST(TasteProfile, KnowsNothingWithoutAnswers) {
  const Salon salon;
  const PreferenceModel nobody = PreferenceModel::fit(salon.prior, std::vector<TasteObservation>{}, 0);
  const TasteProfile profile = explain(nobody, salon.features, salon.candidates, salon.words);
  EXPECT_FALSE(profile.learned);
  for (const AttributeTaste& taste : profile.attributes) EXPECT_EQ(taste.leaning, Leaning::Unsure);
  EXPECT_THROW(explain(nobody, salon.features, {}, salon.words), Error);
}

TEST(TasteGroup, AgreesOnWhatSuitsEverybodyAndShowsWhereTheyDiffer) {
  const Salon salon;
  const PreferenceModel ana = salon.visitor(1, -1, 1), ben = salon.visitor(1, 1, 2);
  const std::vector<GroupMember> members = {{"ana", &ana}, {"ben", &ben}};
  const GroupTaste taste = group_taste(members, salon.features, salon.candidates, salon.words);
  ASSERT_EQ(taste.picks.size(), salon.candidates.size());
  const GroupPick& best = taste.picks.front();
  EXPECT_GT(salon.candidates[best.index].psi(3), 0.5);  // both like warm colours
  EXPECT_GT(best.least_happy_utility, 0);
  EXPECT_EQ(best.least_happy_utility, *std::min_element(best.utilities.begin(), best.utilities.end()));
  EXPECT_EQ(taste.shared, std::vector<std::string>{"all favour warm colours"});
  ASSERT_EQ(taste.conflicts.size(), 1U);
  EXPECT_EQ(taste.conflicts[0].key, "saturation");
  EXPECT_EQ(taste.conflicts[0].for_high, 1U);
  EXPECT_EQ(taste.conflicts[0].for_low, 0U);
  EXPECT_EQ(taste.conflicts[0].sentence, "ben favours vivid palettes, ana favours muted palettes");
}

TEST(TasteGroup, LoudVoicesWeighNoMoreThanQuietOnes) {
  const Salon salon;
  const PreferenceModel loud = salon.visitor(0, 2, 1), quiet = salon.visitor(0.8, 0, 2);
  const std::vector<GroupMember> members = {{"loud", &loud}, {"quiet", &quiet}};
  const GroupTaste taste = group_taste(members, salon.features, salon.candidates, salon.words);
  const Eigen::VectorXd& best = salon.candidates[taste.picks.front().index].psi;
  EXPECT_GT(best(3), 0);
  EXPECT_GT(best(4), 0);
}

TEST(TasteGroup, DisagreementCosts) {
  const Salon salon;
  const PreferenceModel ana = salon.visitor(0.4, -1, 1), ben = salon.visitor(0.4, 1, 2);
  const std::vector<GroupMember> members = {{"ana", &ana}, {"ben", &ben}};
  const auto spread = [&](double weight) {
    return group_taste(members, salon.features, salon.candidates, salon.words,
                       {.disagreement_weight = weight})
        .picks.front()
        .spread;
  };
  EXPECT_LE(spread(5), spread(0));
  EXPECT_LT(spread(5), 0.4);
}

TEST(TasteGroup, RefusesOnePersonAndTwoOfOneName) {
  const Salon salon;
  const PreferenceModel ana = salon.visitor(1, 0);
  const std::vector<GroupMember> alone = {{"ana", &ana}}, twice = {{"ana", &ana}, {"ana", &ana}};
  EXPECT_THROW(group_taste(alone, salon.features, salon.candidates, salon.words), Error);
  EXPECT_THROW(group_taste(twice, salon.features, salon.candidates, salon.words), Error);
}

}  // namespace
}  // namespace atelier::personalization
