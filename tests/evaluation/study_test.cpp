#include "atelier/evaluation/study.h"

#include <gmock/gmock.h>

#include <set>

#include "atelier/evaluation/study_analysis.h"
#include "atelier/image/write_image.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::evaluation {
namespace {

using nlohmann::json;
using test::expect_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Study : public ::testing::Test {
 protected:
  void picture(const std::string& folder, const std::string& name, unsigned seed, int width = 64) const {
    std::filesystem::create_directories(dir_ / folder);
    write_image(dir_.path() / folder / name, test::synthetic_photo(width, 48, seed));
  }
  void make_folders(int pairs) const {
    for (int i = 0; i < pairs; ++i) {
      picture("a", "p" + std::to_string(i) + ".png", 10 + static_cast<unsigned>(i));
      picture("b", "p" + std::to_string(i) + ".jpg", 50 + static_cast<unsigned>(i));
    }
  }
  StudyPictures matched() const { return match_pictures(dir_ / "a", dir_ / "b"); }

  test::TempDir dir_;
};

TEST_F(Study, MatchesPicturesByNameAndSaysWhatHasNoPartner) {
  make_folders(2);
  picture("a", "alone.png", 1);
  picture("b", "other.png", 2);
  picture("photos", "p1.png", 3);
  const StudyPictures pictures = match_pictures(dir_ / "a", dir_ / "b", dir_ / "photos");
  ASSERT_EQ(pictures.pairs.size(), 2u);
  EXPECT_EQ(pictures.pairs[0].name, "p0");
  EXPECT_EQ(pictures.pairs[0].b.extension(), ".jpg");
  EXPECT_FALSE(pictures.pairs[0].reference.has_value());
  EXPECT_TRUE(pictures.pairs[1].reference.has_value());
  EXPECT_THAT(pictures.only_a, ElementsAre("alone"));
  EXPECT_THAT(pictures.only_b, ElementsAre("other"));
}

TEST_F(Study, RefusesFoldersThatShareNothingOrNameAPictureTwice) {
  picture("a", "x.png", 1);
  picture("b", "y.png", 1);
  expect_error([&] { matched(); }, ErrorCode::BadData, "study.pairs");
  picture("b", "x.png", 1);
  picture("b", "x.jpg", 1);
  EXPECT_THAT(expect_error([&] { matched(); }, ErrorCode::BadData, "study.twice"), HasSubstr("x."));
  expect_error([&] { match_pictures(dir_ / "a", dir_ / "nowhere"); }, ErrorCode::NoInput, "study.folder");
}

TEST_F(Study, ThePageDoesNotTellWhosePicturesTheyAre) {
  make_folders(3);
  const StudyPage page =
      make_study(matched(), {.label_a = "OURSYSTEM", .label_b = "RIVALSYSTEM", .checks = 1});
  EXPECT_THAT(page.html, Not(HasSubstr("OURSYSTEM")));
  EXPECT_THAT(page.html, Not(HasSubstr("RIVALSYSTEM")));
  EXPECT_THAT(page.html, Not(HasSubstr(".png")));
  EXPECT_EQ(page.key["label_a"], "OURSYSTEM");
  EXPECT_EQ(page.key["pairs"].size(), 4u);
  EXPECT_EQ(page.key["pairs"][3]["check"], true);
}

TEST_F(Study, ThePageAsksNothingOfANetwork) {
  make_folders(1);
  const std::string html = make_study(matched(), {.checks = 0}).html;
  for (const char* part : {"http://", "https://", "src=\"/", "fetch(", "XMLHttpRequest", "sendBeacon"}) {
    EXPECT_THAT(html, Not(HasSubstr(part)));
  }
}

TEST_F(Study, PicturesStandInRandomOrderInThePage) {
  make_folders(12);
  const StudyPage page = make_study(matched(), {.checks = 0});
  std::set<int> firsts;
  for (const json& pair : page.key["pairs"]) firsts.insert(pair["a"].get<int>());
  EXPECT_EQ(firsts.size(), 2u);
  EXPECT_EQ(make_study(matched(), {.checks = 0}).html, page.html) << "one seed, one page";
  EXPECT_NE(make_study(matched(), {.checks = 0, .seed = 2}).key["study"], page.key["study"]);
}

TEST_F(Study, RefusesPairsOfDifferentShapesAndMoreChecksThanPairs) {
  make_folders(1);
  expect_error([&] { make_study(matched(), {.checks = 2}); }, ErrorCode::Usage, "study.checks");
  picture("a", "wide.png", 1, 64);
  picture("b", "wide.png", 1, 80);
  EXPECT_THAT(expect_error([&] { make_study(matched(), {.checks = 0}); }, ErrorCode::BadData, "study.size"),
              HasSubstr("wide.png"));
}

TEST_F(Study, TitlesAreText) {
  make_folders(1);
  const std::string html =
      make_study(matched(), {.title = "<i>x</i>", .question = "</script><b>", .checks = 0}).html;
  EXPECT_THAT(html, Not(HasSubstr("<i>x")));
  EXPECT_THAT(html, Not(HasSubstr("</script><b>")));
}

// ---- analysis

/// A key of `pairs` real pairs, A's picture first in even ones, and two checks.
json key_of(int pairs) {
  json list = json::array();
  for (int i = 0; i < pairs; ++i) list.push_back({{"name", "p" + std::to_string(i)}, {"a", i % 2}});
  list.push_back({{"check", true}});
  list.push_back({{"check", true}});
  return {{"schema", 1}, {"study", "s1"}, {"label_a", "ours"}, {"label_b", "theirs"}, {"pairs", list}};
}

/// What the page saves of someone who picks A in the pairs for which `likes_a` is true and sees through
/// `seen` checks.
json answers_of(const std::string& person, int pairs, const std::function<bool(int)>& likes_a, int seen = 2) {
  json answers = json::array();
  for (int i = 0; i < pairs; ++i) {
    answers.push_back(
        {{"pair", i}, {"left", 1}, {"picked", likes_a(i) ? i % 2 : 1 - i % 2}, {"seconds", 2.0}});
  }
  for (int i = 0; i < 2; ++i)
    answers.push_back({{"pair", pairs + i}, {"left", 0}, {"picked", i < seen ? json() : json(0)}});
  return {{"schema", 1}, {"study", "s1"}, {"person", person}, {"answers", answers}};
}

StudyAnswers read(const json& answers, int pairs) {
  return read_answers(key_of(pairs), answers, "answers.json");
}

TEST(StudyAnswers, AreTranslatedToTheTwoSystems) {
  const StudyAnswers person = read(answers_of(
                                       "ana", 4, [](int i) { return i < 3; }, 1),
                                   4);
  EXPECT_EQ(person.checks, 2);
  EXPECT_EQ(person.checks_failed, 1);
  ASSERT_EQ(person.votes.size(), 4u);
  EXPECT_TRUE(person.votes[0].for_a);
  EXPECT_TRUE(person.votes[2].for_a);
  EXPECT_FALSE(person.votes[3].for_a);
  EXPECT_FALSE(person.votes[0].picked_left) << "picture 1 stood on the left, 0 was picked";
  EXPECT_EQ(person.median_seconds, 2);
}

TEST(StudyAnswers, OfAnotherStudyOrBrokenAreRefusedByFile) {
  json other = answers_of("ana", 4, [](int) { return true; });
  other["study"] = "s2";
  EXPECT_THAT(expect_error([&] { read(other, 4); }, ErrorCode::BadData, "study.other"),
              HasSubstr("answers.json"));
  expect_error([&] { read(json::array(), 4); }, ErrorCode::BadData, "study.answers");
  json unfinished = answers_of("ana", 4, [](int) { return true; });
  unfinished["answers"][0].erase("picked");
  expect_error([&] { read(unfinished, 4); }, ErrorCode::BadData, "study.answers");
  json doubled = answers_of("ana", 4, [](int) { return true; });
  doubled["answers"][1]["pair"] = 0;
  expect_error([&] { read(doubled, 4); }, ErrorCode::BadData, "study.answers");
  json foreign = answers_of("ana", 4, [](int) { return true; });
  foreign["answers"][1]["pair"] = 99;
  expect_error([&] { read(foreign, 4); }, ErrorCode::BadData, "study.answers");
}

StudyResult analyse(int pairs, const std::vector<json>& files, const StudyAnalysisOptions& options = {}) {
  std::vector<StudyAnswers> people;
  for (const json& file : files) people.push_back(read(file, pairs));
  return analyse_study(key_of(pairs), people, options);
}

TEST(StudyResult, FindsAClearPreference) {
  std::vector<json> files;
  for (int p = 0; p < 8; ++p)
    files.push_back(answers_of("p" + std::to_string(p), 12, [&](int i) { return (i + p) % 4 != 0; }));
  const StudyResult result = analyse(12, files);
  EXPECT_EQ(result.people, 8);
  EXPECT_EQ(result.votes, 96);
  EXPECT_DOUBLE_EQ(result.a_rate.mean, 0.75);
  EXPECT_GT(result.a_rate.low, 0.5);
  EXPECT_LT(result.a_rate.low, 0.75);
  EXPECT_GT(result.a_rate.high, 0.75);
  EXPECT_THAT(result.verdict(), HasSubstr("ours is preferred in 75 %"));
}

TEST(StudyResult, IsUnsureWherePeopleDisagree) {
  std::vector<json> files;
  for (int p = 0; p < 6; ++p)
    files.push_back(answers_of("p" + std::to_string(p), 10, [&](int) { return p % 2 == 0; }));
  const StudyResult result = analyse(10, files);
  EXPECT_DOUBLE_EQ(result.a_rate.mean, 0.5);
  EXPECT_GT(result.a_rate.high - result.a_rate.low, 0.5) << "six people of two minds, however many pictures";
  EXPECT_THAT(result.verdict(), HasSubstr("no preference"));
}

TEST(StudyResult, LeavesOutWhoFailedTheChecksAndSaysSo) {
  const StudyResult result = analyse(
      6, {answers_of("ana", 6, [](int) { return true; }), answers_of(
                                                              "ben", 6, [](int) { return false; }, 0)});
  EXPECT_EQ(result.people, 1);
  EXPECT_EQ(result.b_wins, 0);
  ASSERT_EQ(result.excluded.size(), 1u);
  EXPECT_THAT(result.excluded[0], HasSubstr("ben preferred one of two identical pictures in 2 of 2 checks"));
}

TEST(StudyResult, CountsAPersonOnce) {
  const auto always = [](int) { return true; };
  const StudyResult result = analyse(3, {answers_of("ana", 3, always), answers_of("ana", 3, always)});
  EXPECT_EQ(result.votes, 3);
  EXPECT_THAT(result.excluded, ElementsAre(HasSubstr("more than once")));
}

TEST(StudyResult, ReportsIdenticalApart) {
  json file = answers_of("ana", 4, [](int) { return true; });
  file["answers"][0]["picked"] = nullptr;
  const StudyResult result = analyse(4, {file});
  EXPECT_EQ(result.identical, 1);
  EXPECT_EQ(result.a_wins, 3);
  EXPECT_EQ(result.pairs[0].identical, 1);
  EXPECT_DOUBLE_EQ(result.a_rate.mean, 1);
}

TEST(StudyResult, NeedsSomebody) {
  expect_error(
      [] {
        analyse(3, {answers_of(
                       "ben", 3, [](int) { return true; }, 0)});
      },
      ErrorCode::BadData, "study.nobody");
}

}  // namespace
}  // namespace atelier::evaluation
