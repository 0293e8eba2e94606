#include "atelier/judging/picture_evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>
#include <set>

#include "atelier/core/error.h"
#include "atelier/judging/control_painters.h"
#include "judge_fixtures.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tiny_bundle.h"

namespace atelier::judging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Paints the photo's negative; counts, has no painting of one pair and fails on another when asked to.
class NegativePainter : public Painter {
 public:
  struct Log {
    std::atomic<int> paintings{0};
    bool fails = false;
  };
  explicit NegativePainter(Log& log) : log_(log) {}
  std::string name() const override { return "negative"; }
  std::string about() const override { return "the photo's negative"; }
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override {
    return std::make_unique<Hand>(log_, style.name);
  }

 private:
  class Hand : public Brush {
   public:
    Hand(Log& log, std::string style) : log_(log), style_(std::move(style)) {}
    std::optional<Image> paint(const NamedPicture& photo) const override {
      ++log_.paintings;
      if (log_.fails && photo.name == "photo1" && style_ == "style0")
        throw Error(ErrorCode::BadData, "image.broken", "other/photo1__style0.png: is broken");
      if (log_.fails && photo.name == "photo0" && style_ == "style1") return std::nullopt;
      Image painting = photo.image;
      for (std::uint8_t& v : painting.rgb8()) v = static_cast<std::uint8_t>(255 - v);
      return painting;
    }

   private:
    Log& log_;
    std::string style_;
  };
  Log& log_;
};

class PictureEvaluatorTest : public testing::Test {
 protected:
  PictureEvaluatorTest()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(model_folder_))), judge_(*bundle_, {}) {
    for (int i = 0; i < 10; ++i)
      add(contents_, "photo" + std::to_string(i), test::synthetic_photo(64, 64, static_cast<unsigned>(i)));
    for (int i = 0; i < 3; ++i)
      add(styles_, "style" + std::to_string(i), test::stripes(64, 8 + 8 * i, 220, 20));
    contestants_.push_back({std::make_unique<NegativePainter>(log_), std::nullopt});
    contestants_.push_back({std::make_unique<IdentityPainter>(), std::nullopt});
    contestants_.push_back({std::make_unique<TargetCopyPainter>(), std::nullopt});
    options_.folder = folder_ / "out";
    options_.identity = "one";
    options_.jobs = 2;
  }

  static void add(PictureSet& set, const std::string& name, Image picture) {
    set.facts.push_back({name, "hash of " + name, picture.width(), picture.height()});
    set.pictures.push_back({name, std::move(picture)});
  }

  evaluation::PictureEvaluation run() {
    return PictureEvaluator(judge_, contents_, styles_, contestants_, options_).run();
  }

  const test::TempDir model_folder_, folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  PictureJudge judge_;
  PictureSet contents_, styles_;
  NegativePainter::Log log_;
  std::vector<Contestant> contestants_;
  EvaluatorOptions options_;
};

TEST_F(PictureEvaluatorTest, MeasuresEveryPairOfEverySystem) {
  const auto evaluation = run();
  EXPECT_EQ(evaluation.paintings.size(), 3u * 10 * 3);
  EXPECT_EQ(log_.paintings, 30);
  EXPECT_THAT(evaluation.warnings, ElementsAre());
  for (const auto& painting : evaluation.paintings) {
    const bool identity = painting.system == 1, copy = painting.system == 2;
    if (identity) {
      EXPECT_NEAR(painting.values.at("ssim"), 1, 1e-6);
    }
    EXPECT_EQ(painting.values.at("phi_content") == 0, identity);
    EXPECT_EQ(painting.values.at("phi_gram") == 0, copy);
  }
}

TEST_F(PictureEvaluatorTest, GivesTheSameNumbersWithAnyNumberOfJobs) {
  const std::string two = run().to_csv();
  options_.jobs = 1;
  options_.folder = folder_ / "again";
  EXPECT_EQ(run().to_csv(), two);
}

TEST_F(PictureEvaluatorTest, GoesOnWhereItWasStopped) {
  struct Stop {};
  options_.jobs = 1;
  options_.stop_point = [&] {
    if (log_.paintings >= 20) throw Stop{};
  };
  EXPECT_THROW(run(), Stop);
  const int before = log_.paintings;
  EXPECT_LT(before, 30);
  options_.stop_point = {};
  const auto evaluation = run();
  EXPECT_EQ(evaluation.paintings.size(), 90u);
  EXPECT_LT(log_.paintings, before + 30);  // finished parts were not painted again
  const std::string resumed = evaluation.to_csv();
  options_.folder = folder_ / "whole";
  EXPECT_EQ(run().to_csv(), resumed);
}

TEST_F(PictureEvaluatorTest, MeasuresABrokenPartAgain) {
  const std::string first = run().to_csv();
  std::ofstream(folder_ / "out/parts/style-0001-block-000.json") << "{\"paint";
  EXPECT_EQ(run().to_csv(), first);
}

TEST_F(PictureEvaluatorTest, DoesNotMixRuns) {
  run();
  options_.identity = "two";
  EXPECT_THAT(test::expect_error([&] { run(); }, ErrorCode::Usage, "evaluate.other_run"),
              HasSubstr("--fresh"));
  options_.fresh = true;
  EXPECT_EQ(run().paintings.size(), 90u);
}

TEST_F(PictureEvaluatorTest, LeavesOutWhatFailsAndSaysSo) {
  log_.fails = true;
  const auto evaluation = run();
  EXPECT_EQ(evaluation.paintings.size(), 88u);  // one failed, one pair was never there
  EXPECT_THAT(evaluation.warnings,
              ElementsAre(HasSubstr("negative: photo1 in style0 left out: other/photo1__style0.png")));
}

TEST_F(PictureEvaluatorTest, SweepsOnTheChosenPairsOnly) {
  contestants_.push_back({std::make_unique<ColourTransferPainter>(), 0.5});
  options_.sweep_pairs = 7;
  const auto evaluation = run();
  EXPECT_EQ(evaluation.paintings.size(), 90u + 7);
  EXPECT_EQ(evaluation.sweep.size(), 7u);
}

TEST_F(PictureEvaluatorTest, KeepsSmallPicturesForTheReport) {
  run();
  PictureEvaluator again(judge_, contents_, styles_, contestants_, options_);
  EXPECT_EQ(again.small_painting(0, 2, 1)->width(), 64);
  EXPECT_EQ(*again.small_painting(1, 2, 1), contents_.pictures[2].image);
  std::filesystem::remove(folder_ / "out/pictures/negative/photo2__style1.jpg");
  EXPECT_FALSE(again.small_painting(0, 2, 1).has_value());
}

TEST_F(PictureEvaluatorTest, SaysWhenTheFolderCannotBeMade) {
  std::ofstream(folder_ / "file") << "x";
  options_.folder = folder_ / "file/out";
  test::expect_error([&] { run(); }, ErrorCode::CannotCreate, "output.folder");
}

TEST(SpreadPairs, AreDifferentAndUseEverybodyEqually) {
  for (const auto& [contents, styles, count] :
       {std::tuple(20, 40, 80), std::tuple(4, 8, 32), std::tuple(5, 7, 20)}) {
    const auto pairs = spread_pairs(static_cast<std::size_t>(contents), static_cast<std::size_t>(styles),
                                    static_cast<std::size_t>(count));
    EXPECT_EQ((std::set<std::pair<std::size_t, std::size_t>>(pairs.begin(), pairs.end()).size()),
              static_cast<std::size_t>(count));
    std::vector<int> of_content(static_cast<std::size_t>(contents));
    for (const auto& [content, style] : pairs) ++of_content[content];
    const auto [least, most] = std::minmax_element(of_content.begin(), of_content.end());
    EXPECT_LE(*most - *least, 1);
  }
  EXPECT_EQ(spread_pairs(3, 3, 100).size(), 9u);
}

}  // namespace
}  // namespace atelier::judging
