#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "atelier/mapping/detail/answering_style.h"
#include "atelier/mapping/detail/drawn_content.h"
#include "atelier/mapping/mapper_options.h"
#include "atelier/mapping/mapper_report.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"

namespace atelier::mapping {
namespace {

using nlohmann::json;
using test::expect_error;

TEST(MapperOptions, TakeWhatIsNamedAndDefaultTheRest) {
  const auto options = MapperTrainingOptions::parse(
      json::parse(R"({"bundle": "m", "people": 100, "hidden": 32, "loss": {"manifold": 0.25}})"));
  EXPECT_EQ(options.bundle, "m");
  EXPECT_EQ(options.people, 100);
  EXPECT_EQ(options.shape.hidden, 32);
  EXPECT_EQ(options.loss.manifold, 0.25);
  EXPECT_EQ(options.draws, MapperTrainingOptions{}.draws);
  EXPECT_EQ(options.to_json().at("loss").at("manifold"), 0.25);
}

TEST(MapperOptions, NameTheNearestKeyForAMisspeltOne) {
  const auto parse = [](const char* text) { MapperTrainingOptions::parse(json::parse(text)); };
  try {
    parse(R"({"bundle": "m", "peple": 100})");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("people"));
  }
  EXPECT_THROW(parse(R"({"people": 100})"), Error);
  EXPECT_THROW(parse(R"({"bundle": "m", "active": 1.5})"), Error);
  EXPECT_THROW(parse(R"({"bundle": "m", "loss": {"crop": 100}})"), Error);
}

TEST(Interval, HoldsTheMeanAndNarrowsWithMorePeople) {
  std::mt19937_64 random(1);
  std::vector<double> few, many;
  for (int i = 0; i < 400; ++i) many.push_back(static_cast<double>(random() % 1000) / 1000);
  few.assign(many.begin(), many.begin() + 25);
  const Interval wide = Interval::of(few, 1), narrow = Interval::of(many, 1);
  EXPECT_LT(narrow.low, narrow.mean);
  EXPECT_GT(narrow.high, narrow.mean);
  EXPECT_LT(narrow.high - narrow.low, 0.5 * (wide.high - wide.low));
  EXPECT_NEAR(narrow.high - narrow.low, 2 * 1.96 * 0.289 / 20, 0.01);
}

TEST(MapperReport, SaysWhenTheGalleryIsNotBeaten) {
  MapperReport report;
  report.scores = {{.answers = 0, .gain = {0, -0.1, 0.1}}, {.answers = 3, .gain = {0.2, 0.1, 0.3}}};
  EXPECT_TRUE(report.beats_gallery());
  EXPECT_FALSE(report.beats_gallery(0));
  report.scores.push_back({.answers = 12, .gain = {0.2, -0.1, 0.5}});
  EXPECT_FALSE(report.beats_gallery());
  EXPECT_THAT(report.to_text(), ::testing::HasSubstr("after 12 answers the mapper does NOT beat"));
  EXPECT_EQ(report.to_json().at("beats_gallery"), false);
}

TEST(DrawnContent, IsAPictureOfItsSeed) {
  const auto a = drawn_content(32, 1), b = drawn_content(32, 2);
  ASSERT_EQ(a.size(), 3u * 32 * 32);
  EXPECT_EQ(a, drawn_content(32, 1));
  EXPECT_NE(a, b);
  for (const float v : a) {
    ASSERT_GE(v, 0);
    ASSERT_LE(v, 1);
  }
  EXPECT_GT(*std::max_element(a.begin(), a.end()) - *std::min_element(a.begin(), a.end()), 0.2);
}

class AnsweringStylesTest : public ::testing::Test {
 protected:
  void write(const std::string& set, const std::string& text) const {
    std::filesystem::create_directories(folder_ / set);
    std::ofstream(folder_ / set / "ratings_public.tsv") << text;
  }
  test::TempDir folder_;
};

TEST_F(AnsweringStylesTest, ReadOffsetScaleAndRepeatNoise) {
  std::string text = "user\titem\trating\n";
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  for (int item = 0; item < 400; ++item) {
    const double u = normal(random);
    for (int repeat = 0; repeat < 2; ++repeat) {
      text += "steady\t" + std::to_string(item) + "\t" +
              std::to_string(50 + 10 * (u + 0.2 * normal(random))) + "\n";
      text += "wild\t" + std::to_string(item) + "\t" + std::to_string(70 + 10 * (u + 1.5 * normal(random))) +
              "\n";
    }
  }
  text += "edge\t1\t0\nedge\t2\t120\n";  // the table's range: one step is 30
  write("a", text);
  const auto styles = AnsweringStyles::read(folder_.path());
  ASSERT_EQ(styles.people.size(), 2u);  // two ratings are too few to say anything
  EXPECT_NEAR(styles.people[0].offset, 1 + 50 / 30.0, 0.1);
  EXPECT_NEAR(styles.people[0].scale, 10 / 30.0, 0.03);
  EXPECT_NEAR(styles.people[0].noise, 0.2, 0.06);
  EXPECT_NEAR(styles.people[1].noise, 1.5, 0.25);
  EXPECT_NEAR(styles.people[1].scale, 10 / 30.0, 0.05);
  EXPECT_EQ(styles.to_json().at(0).at("people"), 2);
}

TEST_F(AnsweringStylesTest, NamesTheBrokenLine) {
  write("a", "user\titem\trating\nu\t1\t3\nu\t2\tnan\n");
  EXPECT_THAT(
      expect_error([&] { AnsweringStyles::read(folder_.path()); }, ErrorCode::BadData, "ratings.table"),
      ::testing::HasSubstr("line 3"));
}

TEST_F(AnsweringStylesTest, AMissingFolderIsAnError) {
  expect_error([&] { AnsweringStyles::read(folder_ / "nowhere"); }, ErrorCode::NoInput, "ratings.missing");
  expect_error([&] { AnsweringStyles::read(folder_.path()); }, ErrorCode::NoInput, "ratings.missing");
}

TEST(RealRaters, AreNoisyAndDifferent) {
  const std::filesystem::path folder = std::filesystem::path(ATELIER_SOURCE_DIR) / "../shared/data/ratings";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no real ratings beside the source tree";
  const auto styles = AnsweringStyles::read(folder);
  EXPECT_GT(styles.people.size(), 700u);
  double offsets = 0, squares = 0;
  for (const auto& person : styles.people) {
    offsets += person.offset;
    squares += person.offset * person.offset;
    EXPECT_GT(person.noise, 0);
    EXPECT_GT(person.scale, 0);
  }
  const auto n = static_cast<double>(styles.people.size());
  EXPECT_NEAR(offsets / n, 3, 0.5);
  EXPECT_GT(std::sqrt(squares / n - offsets * offsets / n / n), 0.2);
}

}  // namespace
}  // namespace atelier::mapping
