#include "atelier/evaluation/rating_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/expect_error.h"
#include "support/temp_dir.h"

namespace atelier::evaluation {
namespace {

using test::expect_error;
using testing::Contains;
using testing::HasSubstr;

class RatingSetTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  void write_art91(const std::string& ratings) {
    write("items.tsv",
          "item\tartist\ttitle\tstyle\tyear\tgroup\tmaker\tintentional\timage\n"
          "1\tA\tOne\tCubism\t1910\tmodern\thuman\t1\tone.jpg\n"
          "2\tA\tTwo\tCubism / Futurism\t1920\tmodern\thuman\t1\t\n"
          "3\tB\tThree\tRococo\t1760\tclassical\thuman\t1\t\n");
    write("ratings_public.tsv", "user\titem\tliking\tenergy\n" + ratings);
  }
  std::string art91_error(const std::string& ratings, const std::string& id) {
    write_art91(ratings);
    return expect_error([&] { load_art91(folder_.path()); }, ErrorCode::BadData, id);
  }

  test::TempDir folder_;
};

TEST_F(RatingSetTest, ReadsPeopleItemsAndLabels) {
  write_art91("ana\t1\t7\t1\nana\t3\t2\t1\nben\t2\t4\t1\n");
  const RatingSet set = load_art91(folder_.path());
  EXPECT_EQ(set.people, (std::vector<std::string>{"ana", "ben"}));
  EXPECT_EQ(set.items.size(), 3u);
  EXPECT_EQ(set.count(), 3u);
  EXPECT_EQ(set.ratings[0][1].item, 2);
  EXPECT_EQ(set.ratings[0][1].value, 2);
  EXPECT_TRUE(set.repeats.empty());
  EXPECT_THAT(set.content_names, Contains("style cubism"));
  EXPECT_THAT(set.content_names, Contains("year"));
  EXPECT_THAT(set.content_names, testing::Not(Contains("style rococo")))
      << "one item says nothing about others";
  EXPECT_THAT(set.content_names, testing::Not(Contains("maker human"))) << "true of all items";
  EXPECT_EQ(set.content.rows(), 3);
  EXPECT_EQ(set.content.cols(), static_cast<int>(set.content_names.size()));
  EXPECT_TRUE(set.content.allFinite());
}

TEST_F(RatingSetTest, PicturesThatAreThereAreMeasured) {
  write_art91("ana\t1\t7\t1\nben\t2\t4\t1\n");
  std::vector<std::string> seen;
  const RatingSet set = load_art91(folder_.path(), [&](const std::filesystem::path& path) {
    seen.push_back(path.filename().string());
    return std::map<std::string, double>{{"warmth", 3}};
  });
  EXPECT_THAT(seen, testing::ElementsAre("one.jpg"));
  EXPECT_THAT(set.content_names, testing::Not(Contains("warmth"))) << "one picture has no spread";
}

TEST_F(RatingSetTest, ASecondRoundIsKeptApart) {
  write("items.tsv", "item\tparent_a\tparent_b\tmorph\timage\n1\t5\t\t\t\n2\t5\t9\t0.25\t\n3\t9\t\t\t\n");
  write("ratings_public.tsv",
        "user\titem\trating\tblock\ttrial\n1\t1\t0.5\t2\t8\n1\t1\t0.75\t1\t1\n1\t2\t0\t1\t2\n");
  const RatingSet set = load_gandogs55(folder_.path());
  ASSERT_EQ(set.ratings[0].size(), 2u);
  ASSERT_EQ(set.repeats[0].size(), 1u);
  EXPECT_EQ(set.repeats[0][0].value, 0.5);
  EXPECT_THAT(set.content_names, Contains("parent 5"));
}

TEST_F(RatingSetTest, AMissingFolderIsNamed) {
  const std::string message =
      expect_error([&] { load_oasis(folder_ / "nowhere"); }, ErrorCode::NoInput, "file.open");
  EXPECT_THAT(message, HasSubstr("nowhere/items.tsv"));
}

TEST_F(RatingSetTest, ABrokenRowIsNamedByItsLine) {
  EXPECT_THAT(art91_error("ana\t1\t7\t1\nana\t2\t7\n", "ratings.tsv"), HasSubstr("ratings_public.tsv:3:"));
  EXPECT_THAT(art91_error("ana\t1\tlots\t1\n", "ratings.value"), HasSubstr(":2: liking is 'lots'"));
  EXPECT_THAT(art91_error("ana\t1\tnan\t1\n", "ratings.value"), HasSubstr(":2: liking is 'nan'"));
  EXPECT_THAT(art91_error("ana\t1\t\t1\n", "ratings.value"), HasSubstr(":2:"));
  EXPECT_THAT(art91_error("ana\t1\t8\t1\n", "ratings.range"), HasSubstr("8.0, outside 1.0 to 7.0"));
  EXPECT_THAT(art91_error("ana\t4\t5\t1\n", "ratings.range"), HasSubstr(":2: item 4 is not in items.tsv"));
  EXPECT_THAT(art91_error("ana\t1.5\t5\t1\n", "ratings.value"), HasSubstr("no whole number"));
  EXPECT_THAT(art91_error("ana\t1\t5\t1\nana\t1\t6\t1\n", "ratings.twice"), HasSubstr(":3: user 'ana'"));
  EXPECT_THAT(art91_error("", "ratings.tsv"), HasSubstr("no row"));
}

TEST_F(RatingSetTest, AMissingColumnIsNamed) {
  write_art91("ana\t1\t5\t1\n");
  write("ratings_public.tsv", "user\titem\tenergy\nana\t1\t5\n");
  EXPECT_THAT(expect_error([&] { load_art91(folder_.path()); }, ErrorCode::BadData, "ratings.tsv"),
              HasSubstr("'liking' is missing"));
}

TEST(RealRatings, AreWholeWhereTheyArePresent) {
  const char* folder = std::getenv("ATELIER_RATINGS");
  if (folder == nullptr) GTEST_SKIP() << "ATELIER_RATINGS names no folder with real ratings";
  const std::filesystem::path path = folder;
  EXPECT_EQ(load_art91(path / "art91").count(), 19110u);
  EXPECT_EQ(load_oasis(path / "oasis").count(), 119250u);
  const RatingSet dogs = load_gandogs55(path / "gandogs55");
  EXPECT_EQ(dogs.people.size(), 70u);
  EXPECT_EQ(dogs.ratings.front().size(), dogs.repeats.front().size());
}

}  // namespace
}  // namespace atelier::evaluation
