#include <algorithm>
#include <set>
#include <sstream>

#include "support/synthetic_photo.h"
#include "taste_test.h"

namespace atelier::test {
namespace {

class StylizeForAPerson : public TasteTest {
 protected:
  std::vector<std::string> styles_for(std::vector<std::string> more) const {
    std::vector<std::string> command = {"stylize", "photo.png", "-o", "out.png"};
    command.insert(command.end(), more.begin(), more.end());
    const nlohmann::json report = json(command);
    std::vector<std::string> styles;
    for (const nlohmann::json& picture : report["pictures"]) styles.push_back(picture["style"]);
    return styles;
  }
};

TEST_F(StylizeForAPerson, IsOneWayOfThreeToChooseAStyle) {
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-o", "x.png"}), 2, "--for"));
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "-s", "style-1", "--for", "ana", "-o", "x.png"}), 2, "--for"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "--for", "ana", "--for-each", "u", "-o", "x.png"}), 2,
                         "--for"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "style-1", "--variants", "2", "-o", "x.png"}), 2,
                         "--for"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "style-1", "--mood", "calm", "-o", "x.png"}), 2,
                         "--for"));
  for (const char* explore : {"-1", "2", "nan", "much"})
    EXPECT_EQ(run({"stylize", "photo.png", "--for", "ana", "--explore", explore, "-o", "x.png"}).status, 2)
        << explore;
  for (const char* variants : {"0", "65", "1.5"})
    EXPECT_EQ(run({"stylize", "photo.png", "--for", "ana", "--variants", variants, "-o", "x.png"}).status, 2)
        << variants;
  EXPECT_FALSE(exists("x.png"));
}

TEST_F(StylizeForAPerson, PaintsVariantsThatDiffer) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 6);
  const std::vector<std::string> styles = styles_for({"--for", "ana", "--variants", "3"});
  std::multiset<std::string> used;  // no style twice, not even in a blend
  for (const std::string& name : styles) {
    std::istringstream parts(name);
    for (std::string part; parts >> part;) used.insert(part.substr(0, part.find(':')));
  }
  for (const std::string& style : used) EXPECT_EQ(used.count(style), 1u) << style;
  EXPECT_TRUE(exists("out-1.png") && exists("out-2.png") && exists("out-3.png"));
  EXPECT_FALSE(exists("out.png"));
  EXPECT_NE(bytes("out-1.png"), bytes("out-2.png"));
  EXPECT_EQ(styles.front(), styles_for({"--for", "ana"}).front());
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "--for", "ana", "--variants", "2", "-o", "-"}), 2, "-o -"));
}

TEST_F(StylizeForAPerson, NeverPaintsAVariantOverAnInput) {
  write("in/a.png", synthetic_photo(30, 20, 1));
  write("in/a-1.png", synthetic_photo(30, 20, 2));
  const std::string before = bytes("in/a-1.png");
  EXPECT_EQ(run({"stylize", "in/a.png", "in/a-1.png", "--for", "ana", "--variants", "2", "-o", "in"}).status,
            2);
  EXPECT_EQ(bytes("in/a-1.png"), before);
}

TEST_F(StylizeForAPerson, SaysWhenThereAreFewerStylesThatDiffer) {
  const ProgramResult result =
      run({"stylize", "photo.png", "--for", "ana", "--variants", "64", "-o", "out.png"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("instead of 64"));
}

TEST_F(StylizeForAPerson, ExploresByTheSeed) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 2);
  std::set<std::string> seen;
  for (const char* seed : {"1", "2", "3", "4", "5", "6"})
    seen.insert(styles_for({"--for", "ana", "--explore", "1", "--seed", seed}).front());
  EXPECT_GT(seen.size(), 1u);
  EXPECT_EQ(styles_for({"--for", "ana", "--explore", "1", "--seed", "3"}),
            styles_for({"--for", "ana", "--explore", "1", "--seed", "3"}));
  EXPECT_EQ(styles_for({"--for", "ana", "--seed", "3"}), styles_for({"--for", "ana", "--seed", "4"}));
}

TEST_F(StylizeForAPerson, SaysHowTheStyleCameAbout) {
  const ProgramResult result = run({"stylize", "photo.png", "--for", "ana", "-o", "out.png", "-v"});
  EXPECT_THAT(result.err, testing::ContainsRegex("style-[0-9]+.* is .*expected to be"));
  EXPECT_EQ(result.err.find("ana"), std::string::npos);
}

TEST_F(StylizeForAPerson, PaintsForEverybodyInAFile) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 6);
  answer_as_somebody_who_wants("ben", "saturation", -1, 6);
  write("users.txt", "# our readers\nana\r\n\nben\n../evil\nana\n");
  write("in/b.png", synthetic_photo(30, 20, 2));
  const nlohmann::json report =
      json({"stylize", "photo.png", "in/b.png", "--for-each", "users.txt", "-o", "painted", "--jobs", "2"});
  EXPECT_EQ(report["pictures"].size(), 6u);
  EXPECT_THAT(names("painted"), testing::ElementsAre("%2e.%2fevil", "ana", "ben"));
  EXPECT_THAT(names("painted/ana"), testing::ElementsAre("b.png", "photo.png"));
  EXPECT_NE(bytes("painted/ana/photo.png"), bytes("painted/ben/photo.png"));
  EXPECT_EQ(report["pictures"][0]["user"], "ana");
}

TEST_F(StylizeForAPerson, RefusesABadListBeforePainting) {
  write("bad.txt", "ana\n\x1b[31m\n");
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "--for-each", "bad.txt", "-o", "painted"}), 2, "bad.txt:2"));
  write("empty.txt", "# nobody\n");
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "--for-each", "empty.txt", "-o", "painted"}), 66, "empty.txt"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "--for-each", "missing.txt", "-o", "painted"}), 66,
                         "missing.txt"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "--for-each", "bad.txt", "-o", "-"}), 2, "-o -"));
  EXPECT_FALSE(exists("painted"));
}

}  // namespace
}  // namespace atelier::test
