#include "advise_answer.h"

#include <gmock/gmock.h>

#include "advise_training.h"
#include "atelier/core/atomic_file.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"

namespace atelier::cli {
namespace {

using testing::HasSubstr;

const std::vector<Network> kNetworks = {{"XS", 100'000}, {"S", 500'000}, {"M", 2'000'000}, {"L", 6'000'000}};

/// A machine on which a network of `n` takes n times 100 ms and n times 50 MB at 1000 x 800, a third less in
/// tiles of 256.
MachineSpeeds machine() {
  MachineSpeeds machine{
      .cpu = "made up", .instruction_set = "avx2", .version = "1", .processors = 2, .load = 0, .rows = {}};
  double n = 1;
  for (const Network& network : kNetworks) {
    machine.rows.push_back({network.size, 2, 1000, 800, 100 * n, 50 * n});
    machine.rows.push_back({network.size, 1, 1000, 800, 180 * n, 49 * n});
    machine.rows.push_back({network.size, 2, window_side(256), window_side(256), 15 * n, 10 * n});
    n *= 2;
  }
  return machine;
}

Advice advice(const Wishes& wishes, const std::vector<std::string>& held = {"M"}) {
  return advise(machine(), kNetworks, held, wishes);
}

const Way& chosen(const Advice& advice) {
  return advice.ways[advice.chosen];
}

std::string text(const Advice& advice) {
  std::string text;
  for (const std::string& sentence : advice.reasons) text += sentence + "\n";
  return text;
}

TEST(Advise, RecommendsTheModelAtHandWhenItMeetsTheWishes) {
  const Advice found = advice({.width = 1000, .height = 800, .seconds = 1});
  EXPECT_TRUE(found.fits);
  EXPECT_EQ(chosen(found).network, "M");
  EXPECT_EQ(chosen(found).tile, 0);
  EXPECT_EQ(chosen(found).threads, 2);
  EXPECT_THAT(text(found), HasSubstr("400 ms a picture"));
  EXPECT_THAT(text(found), HasSubstr("the model here is of this size"));
}

TEST(Advise, CountsEveryPassOfALargePicture) {
  const Advice found = advice({.width = 1000, .height = 800, .seconds = 1, .work = 1.5});
  EXPECT_EQ(chosen(found).network, "M");
  EXPECT_DOUBLE_EQ(chosen(found).milliseconds, 600);
}

TEST(Advise, QualityDecidesAmongWhatFits) {
  EXPECT_EQ(chosen(advice({.width = 1000, .height = 800, .seconds = 1, .quality = "best"})).network, "L");
  EXPECT_EQ(chosen(advice({.width = 1000, .height = 800, .seconds = 1, .quality = "draft"})).network, "XS");
  EXPECT_EQ(chosen(advice({.width = 1000, .height = 800, .seconds = 0.25, .quality = "best"})).network, "S");
  EXPECT_EQ(chosen(advice({.width = 1000, .height = 800, .seconds = 0.25, .quality = "good"})).network, "S")
      << "M is too slow";
}

TEST(Advise, SaysThatAnotherSizeHasToBeTrainedFirst) {
  const Advice best = advice({.width = 1000, .height = 800, .quality = "best"});
  EXPECT_THAT(text(best), HasSubstr("The model here is M: L has to be trained first"));
  EXPECT_THAT(text(best), HasSubstr("not recorded"));
  EXPECT_THAT(text(advice({.width = 1000, .height = 800}, {})), HasSubstr("no model here yet"));
}

TEST(Advise, PrefersANetworkThatTheModelHoldsWhenItsOwnIsTooSlow) {
  const Wishes quick{.width = 1000, .height = 800, .seconds = 0.25};
  const Advice found = advice(quick, {"M", "XS"});
  EXPECT_EQ(chosen(found).network, "XS") << "S would meet the wishes, but the model lacks it";
  EXPECT_THAT(text(found), HasSubstr("--network XS"));
  EXPECT_EQ(chosen(advice(quick, {"M", "S", "XS"})).network, "S");
  EXPECT_EQ(chosen(advice({.width = 1000, .height = 800}, {"M", "XS"})).network, "M");
  EXPECT_THAT(text(advice(quick)), HasSubstr("train distil --size S"));
}

TEST(Advise, TakesTilesWhereMemoryIsShort) {
  const Advice found = advice({.width = 1000, .height = 800, .megabytes = 100});
  EXPECT_EQ(chosen(found).network, "M");
  EXPECT_EQ(chosen(found).tile, 256);
  EXPECT_FALSE(chosen(found).measured);
  EXPECT_GT(chosen(found).milliseconds, 400) << "halos are painted twice";
  EXPECT_THAT(text(found), HasSubstr("reckoned from tiles"));
}

TEST(Advise, SaysWhenNothingMeetsTheWishesAndWhatComesNearest) {
  const Advice found = advice({.width = 1000, .height = 800, .seconds = 0.01, .quality = "best"});
  EXPECT_FALSE(found.fits);
  EXPECT_EQ(chosen(found).network, "XS");
  EXPECT_THAT(text(found), HasSubstr("Nothing here meets 10 ms a picture"));
}

TEST(Advise, ParetoWaysAreThoseThatNoOtherBeats) {
  MachineSpeeds simple{.processors = 2};
  simple.rows = {
      {"S", 2, 64, 64, 30, 10}, {"S", 1, 64, 64, 50, 10}, {"M", 2, 64, 64, 20, 9}, {"L", 2, 64, 64, 60, 20}};
  const Advice found = advise(simple, kNetworks, {"M"}, {.width = 64, .height = 64});
  for (const Way& way : found.ways)
    EXPECT_EQ(way.pareto, way.network != "S") << way.network << " " << way.threads;
  EXPECT_EQ(found.ways.size(), 4u);
}

TEST(Advise, WarnsOfMeasurementsTakenBesideOtherWork) {
  MachineSpeeds busy = machine();
  busy.load = 4;
  EXPECT_THAT(text(advise(busy, kNetworks, {"M"}, {.width = 1000, .height = 800})),
              HasSubstr("--measure-again"));
}

TEST(Advise, PicturesThatWereNotMeasuredWholeAreReckonedFromTiles) {
  const Advice found = advice({.width = 9000, .height = 9000});
  for (const Way& way : found.ways) EXPECT_EQ(way.tile, 256);
  EXPECT_GT(chosen(found).megabytes, 9000.0 * 9000 * 12 / 1e6);
}

TEST(Advise, EngineSidesAreMultiplesOfEight) {
  EXPECT_EQ(engine_side(1080), 1080);
  EXPECT_EQ(engine_side(1081), 1088);
  EXPECT_EQ(engine_side(3), 16);
}

// ---- training

RecordedTraining recorded() {
  return {.generator = "M",
          .megabytes = 2500,
          .curve = {{10, 1000, 0.6, 0.8}, {20, 2000, 0.5, 0.6}, {40, 4000, 0.4, 0.5}}};
}

TEST(TrainingOutlook, SpeaksOfABudgetFromWhatWasRecorded) {
  const auto point = recorded().after(30);
  ASSERT_TRUE(point.has_value());
  EXPECT_NEAR(point->style, 0.55, 1e-9);
  EXPECT_NEAR(point->steps, 3000, 1e-9);
  const auto sentences = training_outlook(recorded(), 30);
  EXPECT_THAT(sentences, testing::Contains(HasSubstr("style +10 %")));
  EXPECT_THAT(sentences, testing::Contains(HasSubstr("2.5 GB")));
}

TEST(TrainingOutlook, InventsNothingBeyondTheRecording) {
  EXPECT_EQ(recorded().after(41), std::nullopt);
  EXPECT_EQ(recorded().after(5), std::nullopt);
  EXPECT_THAT(training_outlook(recorded(), 60),
              testing::Contains(HasSubstr("Nothing is recorded beyond 40 minutes")));
}

TEST(RecordedTraining, IsReadOrNamedAsBroken) {
  const test::TempDir dir;
  EXPECT_EQ(RecordedTraining::read(dir / "none.json"), std::nullopt);
  write_file_atomically(
      dir / "curve.json",
      R"({"generator": "M", "curve": [{"minutes": 1, "steps": 2, "content": 3, "style": 4}, {"minutes": 2, "steps": 4, "content": 2, "style": 3}]})");
  EXPECT_EQ(RecordedTraining::read(dir / "curve.json")->curve.size(), 2u);
  for (const char* broken : {"{", "[]", R"({"generator": "M", "curve": []})"}) {
    write_file_atomically(dir / "broken.json", broken);
    EXPECT_THAT(test::expect_error([&] { RecordedTraining::read(dir / "broken.json"); }, ErrorCode::BadData,
                                   "curve.broken"),
                HasSubstr("broken.json"));
  }
}

}  // namespace
}  // namespace atelier::cli
