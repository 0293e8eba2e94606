#include "atelier/style/style_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/expect_error.h"

namespace atelier::style {
namespace {

using test::expect_error;
using testing::ElementsAre;
using testing::IsEmpty;

class StyleSearch : public testing::Test {
 protected:
  NamedStyle wave_ = {.name = "hokusai-great-wave",
                      .title = "The Great Wave off Kanagawa",
                      .artist = "Katsushika Hokusai",
                      .year = "c. 1831",
                      .period = "ukiyo-e",
                      .source = "an archive",
                      .licence = "CC0-1.0",
                      .code = {}};
  NamedStyle icon_ = {.name = "rublev-icon",
                      .title = "Trinity",
                      .artist = "Andrei Rublev",
                      .year = "1411",
                      .period = "icon-medieval",
                      .licence = "CC BY-SA 4.0",
                      .code = {}};
  std::vector<const NamedStyle*> gallery_ = {&wave_, &icon_};
};

TEST_F(StyleSearch, FindsWordsInEveryThingThatIsWrittenAboutAStyle) {
  for (const char* words : {"great-wave", "Kanagawa", "HOKUSAI", "1831", "19th century", "Ukiyo-E", "ukiyo e",
                            "archive", "cc0"}) {
    EXPECT_TRUE(is_about(wave_, words)) << words;
    EXPECT_FALSE(is_about(icon_, words)) << words;
  }
  EXPECT_FALSE(is_about(wave_, "rembrandt"));
  EXPECT_FALSE(is_about(wave_, " "));
}

TEST_F(StyleSearch, KnowsTheCenturyOfAYear) {
  EXPECT_EQ(century_of("1831"), "19th century");
  EXPECT_EQ(century_of("c. 1200"), "12th century");
  EXPECT_EQ(century_of("1599-1600"), "16th century");
  EXPECT_EQ(century_of("1113"), "12th century");
  EXPECT_EQ(century_of("2026"), "21st century");
  EXPECT_EQ(century_of("possibly 1646\u201347"), "17th century");
  EXPECT_EQ(century_of("17th century"), "");
  EXPECT_EQ(century_of(""), "");
}

TEST_F(StyleSearch, SaysALicenceInAWordOrTwo) {
  EXPECT_EQ(short_licence("CC0-1.0"), "CC0-1.0");
  EXPECT_EQ(short_licence("MIT repo; states that; judged: public domain (author d. before 1954)"),
            "public domain");
  EXPECT_EQ(short_licence("CC BY-SA 4.0 / LGPL-3; judged: free licence, not public domain"),
            "CC BY-SA 4.0 / LGPL-3");
  EXPECT_EQ(short_licence(""), "");
}

TEST_F(StyleSearch, TellsLooksFromWords) {
  const StyleQuery query = parse_query("ukiyo-e, blue, not dark, not Rublev", gallery_);
  EXPECT_THAT(query.looks, ElementsAre(AttributeWish{"warmth", -1}, AttributeWish{"lightness", 1}));
  EXPECT_THAT(query.words, ElementsAre("ukiyo-e"));
  EXPECT_THAT(query.unwanted, ElementsAre("Rublev"));
  EXPECT_TRUE(query.admits(wave_));
  EXPECT_FALSE(query.admits(icon_));
  EXPECT_THAT(parse_query("icon", gallery_).looks, IsEmpty());
}

TEST_F(StyleSearch, RefusesWordsThatNobodyWrote) {
  EXPECT_THAT(expect_error([&] { parse_query("ukiyo-e, drak", gallery_); }, ErrorCode::Usage, "style.words"),
              testing::HasSubstr("did you mean 'dark'"));
  expect_error([&] { parse_query(" , ", gallery_); }, ErrorCode::Usage, "style.words");
  expect_error([&] { parse_query("not rembrandt", gallery_); }, ErrorCode::Usage, "style.words");
}

}  // namespace
}  // namespace atelier::style
