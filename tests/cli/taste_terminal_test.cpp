#include "run_in_terminal.h"
#include "taste_test.h"

namespace atelier::test {
namespace {

class TasteTerminal : public TasteTest {
 protected:
  void SetUp() override {
    if (!has_pseudo_terminals()) GTEST_SKIP() << "no pseudo-terminals here: /dev/pts is not mounted";
  }

  ProgramResult dialogue(std::vector<std::string> words, const TerminalScript& script) const {
    words.insert(words.begin(), "taste");
    RunOptions options;
    options.folder = folder_.path();
    options.environment = {"ATELIER_MODEL=" + model_.string(),
                           "ATELIER_DATA_DIR=" + data_folder_.path().string()};
    return run_in_terminal(ATELIER_PROGRAM, words, script, options);
  }
};

constexpr const char* kDeviceQuery = "\x1b[c";

TEST_F(TasteTerminal, AsksTheSurvey) {
  const ProgramResult result =
      dialogue({"survey", "--user", "ana"}, {{"? ", "5\n"}, {"? ", "\n"}, {"? ", "2\n"}, {"? ", "q\n"}});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, testing::StartsWith("2 answers kept, 2 in all"));
  EXPECT_THAT(result.err, testing::HasSubstr("1 2 3 4 5"));
  EXPECT_EQ(taste_json({"show", "--user", "ana"})["answers"]["kinds"]["survey"], 2);
}

TEST_F(TasteTerminal, AsksForRatingsAndTakesThemBack) {
  const ProgramResult result = dialogue({"rate", "--user", "ana"}, {{"stop? ", "4\n"},
                                                                    {"stop? ", "6\n"},
                                                                    {"please answer with one of", ""},
                                                                    {"stop? ", "u\n"},
                                                                    {"taken back", ""},
                                                                    {"stop? ", "like\n"},
                                                                    {"stop? ", "s\n"},
                                                                    {"stop? ", "q\n"}});
  EXPECT_EQ(result.status, 0) << result.err;
  const nlohmann::json kinds = taste_json({"show", "--user", "ana"})["answers"]["kinds"];
  EXPECT_EQ(kinds, nlohmann::json({{"like", 1}, {"skip", 1}}));
}

TEST_F(TasteTerminal, AsksForChoicesAndEndsWithTheInput) {
  const ProgramResult result =
      dialogue({"choose", "--user", "ana"}, {{"stop) ", "a\n"}, {"stop) ", "t\n"}, {"stop) ", "\x04"}});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(taste_json({"show", "--user", "ana"})["answers"]["kinds"]["choice"], 2);
  EXPECT_EQ(dialogue({"choose", "--user", "ana", "--count", "1"}, {{"stop) ", "b\n"}}).status, 0);
  EXPECT_EQ(taste_json({"show", "--user", "ana"})["answers"]["kinds"]["choice"], 3);
}

TEST_F(TasteTerminal, KeepsWhatWasAnsweredBeforeCtrlC) {
  const ProgramResult result = dialogue({"choose", "--user", "ana"}, {{"stop) ", "a\n"}, {"stop) ", "\x03"}});
  EXPECT_EQ(result.status, 130);
  EXPECT_EQ(taste_json({"show", "--user", "ana"})["answers"]["total"], 1);
}

TEST_F(TasteTerminal, ShowsPicturesInTheFormTheTerminalKnows) {
  const std::vector<std::string> command = {"rate", "--user", "ana", "--photo", "photo.png"};
  const ProgramResult sixel = dialogue(command, {{kDeviceQuery, "\x1b[?62;4c"}, {"stop? ", "q\n"}});
  EXPECT_THAT(sixel.err, testing::HasSubstr("\x1bPq\"1;1;60;44"));
  const ProgramResult kitty =
      dialogue(command, {{kDeviceQuery, "\x1b_Gi=31;OK\x1b\\\x1b[?62c"}, {"stop? ", "q\n"}});
  EXPECT_THAT(kitty.err, testing::HasSubstr("\x1b_Ga=T,f=100,m="));
  const ProgramResult plain = dialogue(command, {{kDeviceQuery, "\x1b[?1;2c"}, {"stop? ", "q\n"}});
  EXPECT_THAT(plain.err, testing::Not(testing::HasSubstr("\x1bP")));
  EXPECT_THAT(plain.err, testing::HasSubstr("taste-pictures/photo-style-"));
  EXPECT_EQ(plain.status, 0);
}

TEST_F(TasteTerminal, AsksForTheNameBeforeErasing) {
  ASSERT_EQ(taste({"rate", "--user", "ana", "style-1", "5"}).status, 0);
  EXPECT_EQ(dialogue({"erase", "--user", "ana"}, {{"go on: ", "yes\n"}}).status, 2);
  EXPECT_EQ(taste_json({"users"})["users"], nlohmann::json::array({"ana"}));
  EXPECT_EQ(dialogue({"erase", "--user", "ana"}, {{"go on: ", "ana\n"}}).status, 0);
  EXPECT_EQ(taste_json({"users"})["users"], nlohmann::json::array());
}

TEST_F(TasteTerminal, NeedsATerminalOrAnswers) {
  for (const char* command : {"survey", "rate", "choose"})
    EXPECT_TRUE(fails_with(taste({command, "--user", "ana"}), 2, "--answers")) << command;
}

}  // namespace
}  // namespace atelier::test
