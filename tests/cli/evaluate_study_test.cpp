#include "program_test.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

using testing::HasSubstr;

class StudyCommand : public ProgramTest {
 protected:
  StudyCommand() {
    for (unsigned i = 0; i < 3; ++i) {
      const std::string name = "p" + std::to_string(i) + ".png";
      write("ours/" + name, synthetic_photo(40, 32, i));
      write("theirs/" + name, synthetic_photo(40, 32, 10 + i));
    }
  }
  ProgramResult make() const {
    return run({"evaluate", "study", "make", "--a", "ours", "--b", "theirs", "--label-a", "Ours", "--label-b",
                "Theirs", "--checks", "1", "--out", "study.html"});
  }
  /// Someone who always picks our picture and sees through the check.
  void write_answers(const std::string& file, const std::string& person) const {
    const auto key = nlohmann::json::parse(bytes("study.key.json"));
    nlohmann::json answers = nlohmann::json::array();
    for (std::size_t i = 0; i < key["pairs"].size(); ++i) {
      const bool check = key["pairs"][i].contains("check");
      answers.push_back({{"pair", i},
                         {"left", 0},
                         {"picked", check ? nlohmann::json() : key["pairs"][i]["a"]},
                         {"seconds", 1.5}});
    }
    write(file,
          nlohmann::json{{"schema", 1}, {"study", key["study"]}, {"person", person}, {"answers", answers}}
              .dump());
  }
};

TEST_F(StudyCommand, MakesAPageAndAKeyAndReadsTheAnswers) {
  const ProgramResult made = make();
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("3 pairs and 1 attention checks"));
  EXPECT_THAT(bytes("study.html"), HasSubstr("<!DOCTYPE html>"));
  write_answers("ana.json", "ana");
  write_answers("ben.json", "ben");
  const ProgramResult result = run({"evaluate", "study", "analyse", "ana.json", "ben.json", "--key",
                                    "study.key.json", "--out", "result.json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2 people, 6 votes: 6 for Ours, 0 for Theirs"));
  EXPECT_THAT(result.out, HasSubstr("Ours is preferred in 100 %"));
  EXPECT_EQ(nlohmann::json::parse(bytes("result.json"))["a_wins"], 6);
}

TEST_F(StudyCommand, SaysWhatHasNoPartner) {
  write("ours/alone.png", synthetic_photo(40, 32, 30));
  EXPECT_THAT(make().err, HasSubstr("alone"));
}

TEST_F(StudyCommand, NamesWhatIsWrongWithItsFiles) {
  EXPECT_TRUE(fails_with(
      run({"evaluate", "study", "make", "--a", "ours", "--b", "nowhere", "--out", "x.html"}), 66, "nowhere"));
  ASSERT_EQ(make().status, 0);
  write("broken.json", "{");
  EXPECT_TRUE(fails_with(run({"evaluate", "study", "analyse", "broken.json", "--key", "study.key.json"}), 65,
                         "broken.json"));
  write_answers("ana.json", "ana");
  EXPECT_TRUE(
      fails_with(run({"evaluate", "study", "analyse", "ana.json", "--key", "ana.json"}), 65, "is no key"));
  EXPECT_TRUE(fails_with(run({"evaluate", "study", "analyse", "gone.json", "--key", "study.key.json"}), 66,
                         "gone.json"));
}

}  // namespace
}  // namespace atelier::test
