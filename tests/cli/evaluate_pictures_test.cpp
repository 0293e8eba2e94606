#include <fstream>

#include "program_test.h"
#include "support/environment.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// Photos, styles and no published networks.
class EvaluatePictures : public ProgramTest {
 protected:
  EvaluatePictures() : judges_("ATELIER_JUDGE_WEIGHTS", nullptr) {
#ifndef ATELIER_HAS_TORCH
    GTEST_SKIP() << "built without LibTorch";
#endif
    for (int i = 0; i < 3; ++i)
      write("photos/p" + std::to_string(i) + ".png", synthetic_photo(96, 80, static_cast<unsigned>(i)));
    for (int i = 0; i < 2; ++i)
      write("styles/s" + std::to_string(i) + ".png", synthetic_photo(80, 80, static_cast<unsigned>(i + 7)));
  }

  std::vector<std::string> command(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"evaluate",      "pictures", "--content",   "photos", "--style",
                                      "styles",        "--out",    "report",      "--size", "64",
                                      "--sweep-pairs", "2",        "--strengths", "0.5"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  nlohmann::json summary() const {
    return nlohmann::json::parse(bytes("report/summary.json"));
  }

 private:
  ScopedVariable judges_;
};

TEST_F(EvaluatePictures, WritesReportTableAndSummary) {
  const ProgramResult result = run(command());
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("IDENTITY"), HasSubstr("TARGET-COPY"),
                                HasSubstr("not measured: LPIPS-Alex"), HasSubstr("report/report.html")));
  EXPECT_THAT(bytes("report/report.html"), AllOf(HasSubstr("<html"), HasSubstr("Not measured: KID, FID")));
  const std::string csv = bytes("report/pairs.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 * 6 + 2);
  const nlohmann::json json = summary();
  EXPECT_EQ(json["systems"][0]["name"], "atelier");
  EXPECT_EQ(json["systems"][0]["paintings"], 6);
  EXPECT_EQ(json["facts"]["seed"], 1);
  EXPECT_FALSE(json["systems"][0]["metrics"].contains("style"));
  EXPECT_THAT(names("report"), testing::Not(Contains("paintings")));
}

TEST_F(EvaluatePictures, GoesOnInTheSameFolderAndRefusesOtherSettings) {
  ASSERT_EQ(run(command()).status, 0);
  const std::string before = bytes("report/pairs.csv");
  ASSERT_EQ(run(command()).status, 0);
  EXPECT_EQ(bytes("report/pairs.csv"), before);
  EXPECT_TRUE(fails_with(run(command({"--detail", "0.1"})), 2, "--fresh"));
  EXPECT_EQ(run(command({"--detail", "0.1", "--fresh"})).status, 0);
}

TEST_F(EvaluatePictures, JudgesFinishedPicturesOfOthers) {
  for (const char* pair : {"p0__s0", "p1__s0", "p2__s0", "p0__s1", "p1__s1"})
    write("finished/" + std::string(pair) + ".png", synthetic_photo(64, 64, 3));
  const ProgramResult result = run(command({"--outputs", "other=finished", "--rival", "colour-transfer"}));
  EXPECT_EQ(result.status, 1);  // a pair is missing
  EXPECT_THAT(result.err, HasSubstr("other: 1 of 6 pairs are missing: p2__s1"));
  EXPECT_EQ(summary()["systems"][1]["name"], "other");
  EXPECT_EQ(summary()["systems"][1]["paintings"], 5);
  EXPECT_TRUE(summary()["systems"][2]["less_first"].contains("phi_style"));
}

TEST_F(EvaluatePictures, MeasuresOthersWithoutTheModel) {
  const ProgramResult result = run(command({"--no-model", "--rival", "colour-transfer"}));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(summary()["systems"][0]["name"], "colour-transfer");
  EXPECT_TRUE(fails_with(run(command({"--no-model"})), 2, "leaves nothing to measure"));
}

TEST_F(EvaluatePictures, EndsWithOneWhenAGateIsHit) {
  const ProgramResult result = run(command({"--fail-if", "ssim<2"}));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("failed, ssim<2"));
  EXPECT_EQ(run(command({"--fail-if", "ssim>2"})).status, 0);
  EXPECT_TRUE(fails_with(run(command({"--fail-if", "stile>2"})), 2, "did you mean 'style'"));
  EXPECT_EQ(run(command({"--fail-if", "style>2"})).status,
            69);  // no VGG-19 here: never passed for lack of a number
}

TEST_F(EvaluatePictures, LeavesOutAnUnreadablePhotoAndGoesOn) {
  write("photos/broken.png", std::string("no picture"));
  const ProgramResult result = run(command());
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("broken.png"));
  EXPECT_EQ(summary()["contents"], 3);
}

TEST_F(EvaluatePictures, NamesWhatIsWrongWithItsFolders) {
  write("empty/notes.txt", std::string("text"));
  const auto with = [&](const std::string& option, const std::string& value) {
    std::vector<std::string> words = command();
    *(std::find(words.begin(), words.end(), option) + 1) = value;
    return run(words);
  };
  EXPECT_TRUE(fails_with(with("--style", "empty"), 66, "no style can be read"));
  EXPECT_TRUE(fails_with(with("--content", "nowhere"), 66, "nowhere"));
  EXPECT_TRUE(fails_with(run(command({"--judge-weights", "nowhere"})), 66, "no such folder with judges"));
  EXPECT_TRUE(fails_with(run(command({"--outputs", "other=empty"})), 66, "holds no pictures"));
  EXPECT_TRUE(fails_with(run(command({"--outputs", "a/b=empty"})), 2, "is no name for a system"));
  EXPECT_TRUE(fails_with(run(command({"--rival", "gatys"})), 2, "microast=DIR, fast-neural-style=DIR"));
  EXPECT_TRUE(fails_with(run(command({"--rival", "fast-neural-style=nowhere"})), 66, "nowhere"));
  EXPECT_TRUE(fails_with(run(command({"--rival", "fast-neural-style=empty"})), 66, "atelier train rival"));
  EXPECT_FALSE(exists("report/summary.json"));
}

TEST_F(EvaluatePictures, ComparesFinishedRuns) {
  ASSERT_EQ(run(command()).status, 0);
  ASSERT_EQ(run({"evaluate", "pictures", "--content", "photos", "--style", "styles", "--out", "other",
                 "--size", "64", "--sweep-pairs", "0", "--photos", "2"})
                .status,
            0);
  const ProgramResult result =
      run({"evaluate", "compare", "report", "other/summary.json", "--metric", "phi_style"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("phi_style"), HasSubstr("other was measured on other pictures than report")));
  EXPECT_EQ(run({"evaluate", "compare", "report", "--fail-if", "phi_style>0"}).status, 1);
  EXPECT_TRUE(fails_with(run({"evaluate", "compare", "photo.png"}), 65, "photo.png"));
  EXPECT_TRUE(fails_with(run({"evaluate", "compare", "nowhere.json"}), 66, "nowhere.json"));
}

TEST_F(EvaluatePictures, StopsAtASignalAndKeepsWhatItHas) {
  const ProgramResult result = run(command(), {.interrupt_after_ms = 1});
  EXPECT_EQ(result.status, 130);
  EXPECT_EQ(run(command()).status, 0);
}

}  // namespace
}  // namespace atelier::test
