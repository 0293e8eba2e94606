#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"
#include "taste_test.h"

namespace atelier::test {
namespace {

class TasteFaults : public TasteTest {
 protected:
  ProgramResult answer(const std::string& entries) const {
    write("answers.json", R"({"schema": 1, "answers": [)" + entries + "]}");
    return taste({"rate", "--user", "ana", "--answers", "answers.json"});
  }
  int total() const { return taste_json({"show", "--user", "ana"})["answers"]["total"]; }
};

TEST_F(TasteFaults, RefusesRatingsOutOfRangeAndKeepsNothing) {
  for (const char* rating : {"0", "6", "1e308", "nan", "inf", "5.5", "love", "", "0x3", "3%s"}) {
    EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "style-1", "4", "style-2", rating}), 2, "rating"))
        << rating;
  }
  EXPECT_EQ(taste({"rate", "--user", "ana", "style-1", "4", "style-2", "-1"}).status, 2);
  EXPECT_EQ(total(), 0);
}

TEST_F(TasteFaults, RefusesBrokenAnswersNamingThePlaceAndKeepsNothing) {
  const std::string good = R"({"style": "style-1", "answer": 4}, )";
  for (const char* bad : {R"({"style": "style-2", "answer": 0})",
                          R"({"style": "style-2", "answer": 6})",
                          R"({"style": "style-2", "answer": -1})",
                          R"({"style": "style-2", "answer": 1e308})",
                          R"({"style": "style-2", "answer": "5"})",
                          R"({"style": "style-2", "answer": null})",
                          R"({"style": "style-2", "answer": true})",
                          R"({"style": "style-2"})",
                          R"({"answer": 5})",
                          R"(7)",
                          R"({"style": ["style-2"], "answer": 5})",
                          R"({"style": "style-2", "answer": 5, "stars": 5})",
                          R"({"style": "style-2", "first": "style-1", "second": "style-3", "answer": "a"})",
                          R"({"first": "style-1", "answer": "a"})",
                          R"({"first": "style-1", "second": "style-1", "answer": "a"})",
                          R"({"first": "style-1", "second": "style-2", "answer": "c"})",
                          R"({"question": "warmth", "answer": 9})",
                          R"({"question": "wealth", "answer": 3})",
                          R"({"style": "style-2", "answer": 5, "time": -1})",
                          R"({"style": "style-2", "answer": 5, "time": 1.5})",
                          R"({"style": "style-2", "answer": 5, "mood": "a\nb"})",
                          R"({"style": "style-2", "answer": 5, "token": "\u0000"})"}) {
    EXPECT_TRUE(fails_with(answer(good + bad), 65, "answers[1]")) << bad;
  }
  EXPECT_EQ(total(), 0);
}

TEST_F(TasteFaults, RefusesFilesThatHoldNoAnswers) {
  for (const char* text :
       {"", "{", "[]", "null", R"({"answers": []})", R"({"schema": 2, "answers": []})", R"({"schema": 1})",
        R"({"schema": 1, "answers": {}})", R"({"schema": 1, "answers": [], "x": 1})",
        R"({"schema": 1, "answers": [{"style": "style-1", "answer": 1e999}]})", "\xff\xfe"}) {
    write("answers.json", std::string(text));
    EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--answers", "answers.json"}), 65, "answers.json"))
        << text;
  }
  write("deep.json", std::string(100'000, '['));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--answers", "deep.json"}), 65, "deep.json"));
  write("large.json", std::string(2 << 20, ' '));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--answers", "large.json"}), 65, "large.json"));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--answers", "missing.json"}), 66, "missing.json"));
}

TEST_F(TasteFaults, RefusesUnknownStylesWithTheNearestName) {
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "stile-12", "4"}), 66, "did you mean 'style-12'"));
  EXPECT_TRUE(fails_with(
      taste({"choose", "--user", "ana", "--first", "style-1", "--second", "x", "--answer", "a"}), 66, "x"));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", std::string(100'000, 'x'), "4"}), 66, "64"));
}

TEST_F(TasteFaults, TellsNobodyOfAnotherPersonsStyles) {
  const auto as_ben = [&](std::vector<std::string> words) {
    RunOptions options;
    options.environment = {"ATELIER_DATA_DIR=" + path("ben-data").string()};
    return run(words, options);
  };
  const std::vector<std::string> rate = {"taste", "rate", "--user", "ben", "secret-garden", "5"};
  const ProgramResult before = as_ben(rate);
  ASSERT_EQ(run({"styles", "add", "secret-garden", "photo.png"}).status, 0);
  EXPECT_EQ(taste({"rate", "--user", "ana", "secret-garden", "5"}).status, 0);
  const ProgramResult after = as_ben(rate);
  EXPECT_EQ(after.status, 66);
  EXPECT_EQ(after.err, before.err);
}

TEST_F(TasteFaults, TakesContradictionsTheLastOneCounts) {
  ASSERT_EQ(
      taste({"rate", "--user", "ana", "style-1", "5", "style-1", "1", "style-2", "5", "style-3", "2"}).status,
      0);
  const nlohmann::json shown = taste_json({"show", "--user", "ana"});
  EXPECT_EQ(shown["answers"]["total"], 4);
  EXPECT_EQ(shown["answers"]["used"], 3);
}

TEST_F(TasteFaults, RefusesHostileNames) {
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string("\x1b[31mred"),
                                  std::string(65, 'x'), std::string(100'000, 'x'), std::string("\xff\xfe"),
                                  std::string("\xe2\x80\xae"
                                              "evil"),
                                  std::string(" ana")}) {
    for (const ProgramResult& result :
         {taste({"rate", "--user", name, "style-1", "5"}), taste({"show", "--user", name}),
          run({"stylize", "photo.png", "--for", name, "-o", "out.png"})}) {
      EXPECT_EQ(result.status, 2) << name.substr(0, 70);
      EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
      EXPECT_LT(result.err.size(), 500u);
    }
  }
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--mood", "a\nb", "style-1", "5"}), 2, "--mood"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(TasteFaults, TakesStrangeNamesForWhatTheyAre) {
  for (const char* name :
       {"'; DROP TABLE answers; --", "%s%n%x", "../../etc/passwd", "Zoë 🌻", "{}", "$(id)"}) {
    ASSERT_EQ(taste({"rate", "--user", name, "style-1", "5"}).status, 0) << name;
    EXPECT_EQ(taste_json({"show", "--user", name})["answers"]["total"], 1) << name;
    EXPECT_EQ(taste_json({"show", "--user", name})["user"], name);
  }
  EXPECT_EQ(taste_json({"users"})["users"].size(), 6u);
}

TEST_F(TasteFaults, SaysWhenAModelHasNothingToLearnATasteFrom) {
  write_tiny_bundle(path("bare"), 5);
  EXPECT_TRUE(fails_with(taste({"show", "--user", "ana", "--model", "bare"}), 65, "--model"));
}

TEST_F(TasteFaults, RefusesStoresThatAreNone) {
  write("photo-store.sqlite", std::string(5000, 'x'));
  const ProgramResult result = taste({"show", "--user", "ana", "--store", "photo-store.sqlite"});
  EXPECT_EQ(result.status, 65);
  EXPECT_EQ(bytes("photo-store.sqlite"), std::string(5000, 'x'));
}

TEST_F(TasteFaults, RefusesMixedUpOptions) {
  EXPECT_TRUE(fails_with(taste({"choose", "--user", "ana", "--first", "style-1"}), 2, "--second"));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "style-1"}), 2, "pairs"));
  EXPECT_TRUE(fails_with(taste({"rate", "--user", "ana", "--strategy", "guess", "--next"}), 2, "--strategy"));
  EXPECT_TRUE(fails_with(taste({"show"}), 2, "--user"));
  EXPECT_TRUE(fails_with(taste({"shwo", "--user", "ana"}), 2, "did you mean 'show'"));
}

}  // namespace
}  // namespace atelier::test
