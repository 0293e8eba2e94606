#include <algorithm>

#include "taste_test.h"

namespace atelier::test {
namespace {

std::vector<std::string> keys_of(const nlohmann::json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

class TasteWalk : public TasteTest {
 protected:
  std::string painted_for(const std::string& user, std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {"stylize", "photo.png", "--for", user, "-o", "out.png"};
    command.insert(command.end(), more.begin(), more.end());
    return json(command)["pictures"][0]["style"];
  }
};

TEST_F(TasteWalk, PaintsWhatAPersonAskedForAfterASurveyAndEightChoices) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 8);
  answer_as_somebody_who_wants("ben", "saturation", -1, 8);
  double mean = 0;
  for (int i = 0; i < kStyles; ++i) mean += attribute("style-" + std::to_string(i), "saturation") / kStyles;
  EXPECT_GT(painted_attribute(painted_for("ana"), "saturation"), mean + 2);
  const std::string vivid = bytes("out.png");
  EXPECT_LT(painted_attribute(painted_for("ben"), "saturation"), mean - 2);
  EXPECT_NE(bytes("out.png"), vivid);
}

TEST_F(TasteWalk, ExplainsWhatWasAskedFor) {
  answer_as_somebody_who_wants("ana", "saturation", -1, 8);
  const nlohmann::json explained = taste_json({"explain", "--user", "ana"});
  EXPECT_EQ(explained["learned"], true);
  const auto& rows = explained["attributes"];
  const auto saturation = std::find_if(rows.begin(), rows.end(),
                                       [](const auto& row) { return row["attribute"] == "saturation"; });
  ASSERT_NE(saturation, rows.end());
  EXPECT_EQ((*saturation)["leaning"], "low");
  EXPECT_LT((*saturation)["high"], 0);
  EXPECT_FALSE((*saturation)["because"].empty());
  EXPECT_LT(attribute((*saturation)["example"]["style"], "saturation"),
            attribute((*saturation)["counter_example"]["style"], "saturation"));
  EXPECT_THAT(taste({"explain", "--user", "ana"}).out,
              testing::HasSubstr((*saturation)["sentence"].get<std::string>()));
}

TEST_F(TasteWalk, PaintsTheExamplesOfAnExplanationOnAPhoto) {
  answer_as_somebody_who_wants("ana", "saturation", -1, 4);
  const nlohmann::json explained =
      taste_json({"explain", "--user", "ana", "--photo", "photo.png", "--render", "examples"});
  const std::string picture = explained["attributes"][0]["counter_example"]["picture"];
  EXPECT_TRUE(exists(picture)) << picture;
  EXPECT_TRUE(fails_with(taste({"explain", "--user", "ana", "--photo", "photo.png"}), 2, "--render"));
}

TEST_F(TasteWalk, WorksFromWhatPeopleLikeForSomebodyUnknownAndSaysSo) {
  const ProgramResult painted = run({"stylize", "photo.png", "--for", "nobody", "-o", "out.png"});
  EXPECT_EQ(painted.status, 0);
  EXPECT_TRUE(exists("out.png"));
  EXPECT_THAT(painted.err, testing::HasSubstr("people in general"));
  EXPECT_THAT(painted.err, testing::Not(testing::HasSubstr("nobody")));
  EXPECT_EQ(taste_json({"users"})["users"], nlohmann::json::array());
  EXPECT_EQ(taste_json({"show", "--user", "nobody"})["learned"], false);
}

TEST_F(TasteWalk, KeepsMoodsApart) {
  answer_as_somebody_who_wants("ana", "warmth", 1, 0);
  ASSERT_EQ(taste({"rate", "--user", "ana", "--mood", "calm", "style-3", "5", "style-4", "1"}).status, 0);
  const nlohmann::json shown = taste_json({"show", "--user", "ana", "--mood", "calm"});
  EXPECT_EQ(shown["answers"]["moods"]["calm"], 2);
  EXPECT_EQ(shown["answers"]["moods"][""], 1);
  EXPECT_EQ(painted_for("ana", {"--mood", "calm"}), painted_for("ana", {"--mood", "calm"}));
}

TEST_F(TasteWalk, AsksTheNextQuestionInAStableForm) {
  const nlohmann::json choice = taste_json({"choose", "--user", "ana", "--next"});
  EXPECT_THAT(keys_of(choice), testing::ElementsAre("answers", "enough", "question", "recorded", "schema"));
  EXPECT_EQ(choice["schema"], 1);
  EXPECT_THAT(keys_of(choice["enough"]),
              testing::ElementsAre("enough", "expected_gain", "probability", "why"));
  EXPECT_THAT(keys_of(choice["question"]), testing::ElementsAre("answers", "first", "kind", "second"));
  EXPECT_EQ(choice["question"]["kind"], "choice");
  EXPECT_EQ(choice["question"]["answers"], nlohmann::json::array({"a", "b", "tie", "skip"}));
  EXPECT_THAT(keys_of(choice["question"]["first"]),
              testing::ElementsAre("artist", "picture", "style", "text", "title", "year"));
  EXPECT_TRUE(choice["question"]["first"]["picture"].is_null());

  const nlohmann::json rating = taste_json({"rate", "--user", "ana", "--next"})["question"];
  EXPECT_THAT(keys_of(rating), testing::ElementsAre("answers", "kind", "style"));
  const nlohmann::json survey = taste_json({"survey", "--user", "ana", "--next"})["question"];
  EXPECT_THAT(keys_of(survey),
              testing::ElementsAre("all", "answered", "answers", "high", "kind", "low", "question"));
  EXPECT_GE(survey["all"].size(), 11u);
}

TEST_F(TasteWalk, AsksTheSameQuestionUntilItIsAnsweredAndThenAnother) {
  const nlohmann::json first = taste_json({"choose", "--user", "ana", "--next"})["question"];
  EXPECT_EQ(taste_json({"choose", "--user", "ana", "--next"})["question"], first);
  const nlohmann::json answer = {{"first", first["first"]["style"]},
                                 {"second", first["second"]["style"]},
                                 {"answer", "tie"},
                                 {"token", "page-7"}};
  const nlohmann::json answers = {{"schema", 1}, {"answers", nlohmann::json::array({answer})}};
  write("answers.json", answers.dump());
  const nlohmann::json second =
      taste_json({"choose", "--user", "ana", "--answers", "answers.json", "--next"});
  EXPECT_EQ(second["recorded"].size(), 1u);
  EXPECT_NE(second["question"], first);
  // Sent twice by a page that lost its connection: kept once.
  EXPECT_EQ(taste_json({"choose", "--user", "ana", "--answers", "answers.json"})["answers"], 1);
}

TEST_F(TasteWalk, RendersThePicturesToJudge) {
  const nlohmann::json question = taste_json(
      {"choose", "--user", "ana", "--next", "--photo", "photo.png", "--render", "judge"})["question"];
  for (const char* side : {"first", "second"}) {
    const std::string picture = question[side]["picture"];
    EXPECT_EQ(picture, "judge/photo-" + question[side]["style"].get<std::string>() + ".png");
    EXPECT_TRUE(exists(picture));
  }
}

TEST_F(TasteWalk, SaysWhenMoreAnswersWillNotHelp) {
  EXPECT_EQ(taste_json({"choose", "--user", "ana", "--next"})["enough"]["enough"], false);
  std::vector<std::string> command = {"rate", "--user", "ana"};
  for (int i = 0; i < kStyles; ++i) {
    const std::string style = "style-" + std::to_string(i);
    command.insert(command.end(), {style, attribute(style, "lightness") > 50 ? "5" : "1"});
  }
  for (int repeat = 0; repeat < 3; ++repeat) {
    ASSERT_EQ(taste(command).status, 0);
    command.insert(command.begin() + 3, {"--mood", "m" + std::to_string(repeat)});
    command.erase(command.begin() + 3, command.begin() + 5);
  }
  const nlohmann::json state = taste_json({"rate", "--user", "ana", "--next"});
  EXPECT_TRUE(state["question"].is_null());
  EXPECT_EQ(state["enough"]["enough"], true) << state["enough"];
}

TEST_F(TasteWalk, FallsBackToThePriorForSomebodyWhoAlwaysSaysTheSame) {
  std::vector<std::string> command = {"rate", "--user", "ana"};
  for (int i = 0; i < 12; ++i) command.insert(command.end(), {"style-" + std::to_string(i), "4"});
  ASSERT_EQ(taste(command).status, 0);
  const nlohmann::json shown = taste_json({"show", "--user", "ana"});
  EXPECT_EQ(shown["learned"], false);
  EXPECT_THAT(shown["why"].get<std::string>(), testing::HasSubstr("people in general"));
}

TEST_F(TasteWalk, FindsWhatAGroupAgreesOn) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 6);
  answer_as_somebody_who_wants("ben", "saturation", -1, 6);
  const nlohmann::json group = taste_json({"group", "ana", "ben"});
  EXPECT_EQ(group["picks"].size(), 5u);
  EXPECT_EQ(group["picks"][0]["utilities"].size(), 2u);
  const auto& conflicts = group["conflicts"];
  EXPECT_TRUE(std::any_of(conflicts.begin(), conflicts.end(), [](const auto& conflict) {
    return conflict["attribute"] == "saturation" && conflict["for_high"] == "ana" &&
           conflict["for_low"] == "ben";
  })) << group;
  EXPECT_TRUE(fails_with(taste({"group", "ana"}), 2, "two people"));
  EXPECT_TRUE(fails_with(taste({"group", "ana", "ana"}), 2, "ana"));
}

TEST_F(TasteWalk, GivesATasteCodeThatPaintsTheSameAnywhere) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 4);
  answer_as_somebody_who_wants("ben", "warmth", 1, 4);
  const std::string ana = taste_json({"code", "--user", "ana"})["code"],
                    ben = taste_json({"code", "--user", "ben"})["code"];
  EXPECT_THAT(ana, testing::StartsWith("AT1-"));
  EXPECT_EQ(run({"stylize", "photo.png", "--for", ana, "-o", "a.png"}).status, 0);
  EXPECT_EQ(run({"stylize", "photo.png", "--style", ana, "-o", "b.png"}).status, 0);
  EXPECT_EQ(bytes("a.png"), bytes("b.png"));
  ASSERT_EQ(taste({"erase", "--user", "ana", "--yes"}).status, 0);
  EXPECT_EQ(run({"stylize", "photo.png", "--for", ana, "-o", "c.png"}).status, 0);
  EXPECT_EQ(bytes("a.png"), bytes("c.png"));

  EXPECT_EQ(taste_json({"code", "--blend", ana, ben, "--at", "0"})["code"], ana);
  const std::string half = taste_json({"code", "--blend", ana, ben})["code"];
  EXPECT_NE(half, ana);
  std::string wrong = ana;
  wrong[8] = wrong[8] == '0' ? '1' : '0';
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "--for", wrong, "-o", "d.png"}), 65, "code"));
  EXPECT_TRUE(fails_with(taste({"code"}), 2, "--user"));
}

TEST_F(TasteWalk, SegmentsAnAudience) {
  std::string csv = "user,style,rating\n";
  for (int person = 0; person < 40; ++person) {
    for (int i = 0; i < kStyles; ++i) {
      const std::string style = "style-" + std::to_string(i);
      const bool is_vivid = attribute(style, "saturation") > 50;
      csv += "p" + std::to_string(person) + "," + style + "," + (is_vivid == (person % 2 == 0) ? "5" : "1") +
             "\n";
    }
  }
  write("ratings.csv", csv);
  const nlohmann::json found =
      taste_json({"segment", "--csv", "ratings.csv", "-o", "segments", "--photo", "photo.png"});
  EXPECT_EQ(names("segments").size(), 3 + found["pictures"].size());
  EXPECT_THAT(bytes("segments/variants.csv"), testing::StartsWith("user,segment,style\n"));
  EXPECT_THAT(bytes("segments/shareable.json"), testing::Not(testing::HasSubstr("p13")));
  EXPECT_EQ(found["pictures"].size(), 2u) << found;
  EXPECT_TRUE(fails_with(taste({"segment", "--csv", "missing.csv", "-o", "x"}), 66, "missing.csv"));
  write("bad.csv", "user,style,rating\nana,style-1,nan\n");
  EXPECT_TRUE(fails_with(taste({"segment", "--csv", "bad.csv", "-o", "x"}), 65, "bad.csv"));
}

}  // namespace
}  // namespace atelier::test
