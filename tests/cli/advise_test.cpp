#include "program_test.h"

namespace atelier::test {
namespace {

using testing::HasSubstr;

/// One small network and a cache of its own: seconds, and no trace.
class AdviseCommand : public ProgramTest {
 protected:
  ProgramResult advise(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {"advise", "--network", "XS", "--size", "64x48", "--threads", "1"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(all, {.environment = {"XDG_CACHE_HOME=" + path("cache").string()}});
  }
};

TEST_F(AdviseCommand, MeasuresAnswersAndRemembers) {
  const ProgramResult first = advise({"--json"});
  ASSERT_EQ(first.status, 0) << first.err;
  const auto advice = nlohmann::json::parse(first.out);
  EXPECT_EQ(advice["meets_wishes"], true);
  ASSERT_EQ(advice["ways"].size(), 1u);
  EXPECT_GT(advice["ways"][0]["ms"].get<double>(), 0);
  EXPECT_THAT(advice["reasons"][0].get<std::string>(), HasSubstr("Paint 64x48 with XS whole on 1 thread"));
  const std::string kept = bytes("cache/atelier/speeds.json");
  const auto again = nlohmann::json::parse(advise({"--json"}).out);
  EXPECT_EQ(again["ways"], advice["ways"]) << "not measured again";
  EXPECT_EQ(bytes("cache/atelier/speeds.json"), kept);
}

TEST_F(AdviseCommand, SpeaksInWordsAndSaysWhenNothingFits) {
  const ProgramResult result = advise({"--per-picture", "0.0001"});
  EXPECT_EQ(result.status, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Nothing here meets"));
  EXPECT_THAT(result.out, HasSubstr("Training\n"));
}

TEST_F(AdviseCommand, ReadsARecordedTraining) {
  write(
      "curve.json",
      R"({"generator": "M", "curve": [{"minutes": 1, "steps": 2, "content": 0.5, "style": 0.8}, {"minutes": 20, "steps": 40, "content": 0.4, "style": 0.4}]})");
  EXPECT_THAT(advise({"--curve", "curve.json", "--minutes", "90"}).out,
              HasSubstr("Nothing is recorded beyond 20 minutes"));
  EXPECT_TRUE(fails_with(advise({"--curve", "none.json"}), 66, "none.json"));
}

TEST_F(AdviseCommand, ABrokenCacheIsMeasuredAnew) {
  write("cache/atelier/speeds.json", "{\"cpu\": 3");
  EXPECT_EQ(advise({}).status, 0);
  EXPECT_THAT(bytes("cache/atelier/speeds.json"), HasSubstr("\"rows\""));
}

TEST_F(AdviseCommand, RefusesSizesThatAreNone) {
  EXPECT_TRUE(fails_with(run({"advise", "--size", "big"}), 2, "WIDTHxHEIGHT"));
  EXPECT_TRUE(fails_with(run({"advise", "--size", "4x4"}), 2, "16 to 32768"));
  EXPECT_TRUE(fails_with(run({"advise", "--fps", "2", "--per-picture", "2"}), 2, "--fps"));
}

}  // namespace
}  // namespace atelier::test
