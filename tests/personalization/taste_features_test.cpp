#include "atelier/personalization/taste_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/personalization/taste_observation.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

TEST(TasteFeatures, AreCoordinatesThenStandardisedAttributesThenOne) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  EXPECT_EQ(features.names(), (std::vector<std::string>{"z1", "z2", "z3", "warmth", "saturation", "one"}));
  EXPECT_EQ(features.index_of("saturation"), 4);
  EXPECT_EQ(features.index_of("unknown"), -1);
  const Eigen::MatrixXd rows = features.matrix(gallery);
  EXPECT_NEAR(rows.col(3).mean(), 0, 1e-9);
  EXPECT_NEAR(rows.col(3).squaredNorm() / static_cast<double>(rows.rows()), 1, 1e-9);
  EXPECT_TRUE((rows.col(5).array() == 1).all());
  const auto z = test::small_space().project(gallery[7].code);
  for (int k = 0; k < 3; ++k) EXPECT_DOUBLE_EQ(rows(7, k), z[static_cast<std::size_t>(k)]);
}

TEST(TasteFeatures, GuessTheCoordinatesOfAnotherSpacesStyleFromItsAttributes) {
  const auto gallery = test::small_gallery(200);
  const TasteFeatures features = test::small_features(gallery);
  storage::Subject old = gallery[0];
  old.code.space = "an-older-model";
  old.attributes = {{"warmth", 30}, {"saturation", 40}};
  const Eigen::VectorXd warm = features.psi(old);
  old.attributes["warmth"] = 10;
  const Eigen::VectorXd cool = features.psi(old);
  EXPECT_GT(warm(0), 0.5);  // warmth goes along with z1
  EXPECT_LT(cool(0), -0.5);
  EXPECT_NEAR(warm(1), 0, 0.4);
  EXPECT_GT(warm(3), 1.5);
}

TEST(TasteFeatures, GuessAttributesThatWereNeverMeasuredFromTheCode) {
  const auto gallery = test::small_gallery(200);
  const TasteFeatures features = test::small_features(gallery);
  const Eigen::VectorXd psi = features.psi_at(std::vector<double>{2, 0, 0});
  EXPECT_DOUBLE_EQ(psi(0), 2);
  EXPECT_NEAR(psi(3), 1.6, 0.3);
  EXPECT_NEAR(psi(4), 0, 0.3);
  const storage::Subject nameless{"", test::small_space().code_at(std::vector<double>{2, 0, 0}), {}};
  EXPECT_TRUE(features.psi(nameless).isApprox(psi, 1e-5));
}

TEST(TasteFeatures, ClampStylesFarOutside) {
  const TasteFeatures features = test::small_features(test::small_gallery());
  EXPECT_DOUBLE_EQ(features.psi_at(std::vector<double>{1000, -1000})(0), 4);
}

TEST(TasteFeatures, RefuseWhatTheyCannotPlace) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  const storage::Subject unknown{"somebody's", {"other-space", {1, 2}}, {{"colour", 3}}};
  EXPECT_THROW(features.psi(unknown), Error);
  storage::Subject broken = gallery[0];
  broken.attributes["warmth"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(features.psi(broken), Error);
  EXPECT_THROW(TasteFeatures::fit(test::small_space(), {}, {"warmth"}), Error);
  EXPECT_THROW(TasteFeatures::fit(std::nullopt, gallery, {}), Error);
  EXPECT_THROW(TasteFeatures::fit(test::small_space(), gallery, {"never-measured"}), Error);
}

TEST(TasteFeatures, SurviveTheFile) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  const TasteFeatures again = TasteFeatures::parse(features.to_text(), "features.json");
  EXPECT_EQ(again.id(), features.id());
  EXPECT_EQ(again.psi(gallery[3]), features.psi(gallery[3]));
  EXPECT_EQ(again.psi_at(std::vector<double>{1}), features.psi_at(std::vector<double>{1}));
  EXPECT_THROW(TasteFeatures::parse("{}", "x"), Error);
  EXPECT_THROW(TasteFeatures::parse(R"({"atelier_taste_features": 2})", "x"), Error);
}

TEST(TasteObservation, NamesTheBrokenAnswer) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  storage::Answer answer;
  answer.id = 41;
  answer.subjects = {gallery[0]};
  answer.value = 4;
  EXPECT_EQ(observe(features, std::vector{answer}).front().first, features.psi(gallery[0]));
  answer.value = 6;
  try {
    observe(features, std::vector{answer});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("41"), std::string::npos);
  }
}

TEST(TasteObservation, TellsNamelessStylesApart) {
  const auto gallery = test::small_gallery();
  std::vector<storage::Answer> answers(2);
  for (int i = 0; i < 2; ++i) {
    answers[i].subjects = {gallery[i]};
    answers[i].subjects[0].style.clear();
    answers[i].value = 3;
  }
  const auto seen = observe(test::small_features(gallery), answers);
  EXPECT_NE(seen[0].first_key, seen[1].first_key);
}

}  // namespace
}  // namespace atelier::personalization
