#include "atelier/style/style_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "support/temp_dir.h"

namespace atelier::style {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

NamedStyle named(const std::string& name, std::vector<float> values) {
  return {.name = name, .code = {.space = "s", .values = std::move(values)}};
}

StyleLibrary three_styles() {
  StyleLibrary library("s");
  library.add(named("monet", {0, 0}));
  library.add(named("hokusai-wave", {3, 4}));
  library.add(named("klee", {1, 0}));
  return library;
}

std::string id_of(const std::function<void()>& action) {
  try {
    action();
    return "";
  } catch (const Error& error) {
    return error.id();
  }
}

// A library file with this one style.
std::string file_with(const std::string& style) {
  return R"({"atelier_styles": 1, "space": "s", "styles": [)" + style + "]}";
}

std::string parse_error_id(const std::string& text) {
  return id_of([&] { StyleLibrary::parse(text, "styles.json"); });
}

TEST(StyleLibrary, KeepsEverythingThroughAFile) {
  StyleLibrary library("atelier-m-1");
  library.add({.name = "hokusai-wave",
               .title = "The Great Wave",
               .artist = "Katsushika Hokusai",
               .year = "c. 1831",
               .period = "ukiyo-e",
               .source = "https://example.org/wave \"quoted\"",
               .licence = "CC0",
               .sha256 = std::string(64, 'a'),
               .code = {.space = "atelier-m-1",
                        .values = {0.1f, -1e-30f, 3.4e38f, 1.0f / 3, std::nextafter(1.0f, 2.0f), -0.0f,
                                   std::numeric_limits<float>::denorm_min()}},
               .detail = 0.3f,
               .attributes = {{"saturation", 1.0 / 3}, {"zoë", -2}},
               .coordinates = {0.1, 1e-300, -7}});
  library.add({.name = "plain", .code = {.space = "atelier-m-1", .values = {1, 2, 3, 4, 5, 6, 7}}});
  test::TempDir folder;
  library.write(folder / "styles.json");
  EXPECT_EQ(StyleLibrary::read(folder / "styles.json", "atelier-m-1"), library);
}

TEST(StyleLibrary, WritesNumbersShortAndOnOneLine) {
  StyleLibrary library("s");
  library.add(named("a", {0.1f, 0.7f}));
  EXPECT_THAT(library.to_text(), HasSubstr("\"code\": [0.1,0.7]"));
}

TEST(StyleLibrary, WritesTitlesOfAnyEncoding) {
  StyleLibrary library("s");
  library.add({.name = "a", .title = "na\xefve", .code = {.space = "s", .values = {1}}});
  EXPECT_EQ(StyleLibrary::parse(library.to_text(), "styles.json").find("a")->title, "na\uFFFDve");
}

TEST(StyleLibrary, FindsByNameAndSuggestsForTypos) {
  const StyleLibrary library = three_styles();
  ASSERT_NE(library.find("klee"), nullptr);
  EXPECT_EQ(library.find("klee")->code.values, (std::vector<float>{1, 0}));
  EXPECT_EQ(library.find("kle"), nullptr);
  EXPECT_EQ(library.suggestion("hokusai-wafe"), "hokusai-wave");
  EXPECT_EQ(library.suggestion("rembrandt-night-watch"), "");
  EXPECT_THAT(library.names(), ElementsAre("monet", "hokusai-wave", "klee"));
}

TEST(StyleLibrary, RemovesOnlyWhatIsThere) {
  StyleLibrary library = three_styles();
  EXPECT_TRUE(library.remove("monet"));
  EXPECT_FALSE(library.remove("monet"));
  EXPECT_THAT(library.names(), ElementsAre("hokusai-wave", "klee"));
}

TEST(StyleLibrary, RefusesBadAndTakenNames) {
  StyleLibrary library = three_styles();
  for (const std::string name : {"", "Monet", "a b", "../up", "näh", "a_b", "a:1"}) {
    EXPECT_EQ(id_of([&] { library.add(named(name, {0, 0})); }), "style.name") << name;
  }
  EXPECT_EQ(id_of([&] { library.add(named(std::string(65, 'a'), {0, 0})); }), "style.name");
  EXPECT_EQ(id_of([&] { library.add(named(std::string(64, 'a'), {0, 0})); }), "");
  EXPECT_EQ(id_of([&] { library.add(named("klee", {0, 0})); }), "style.name");
  EXPECT_EQ(library.styles().size(), 4u);
}

TEST(StyleLibrary, RefusesCodesThatDoNotBelong) {
  StyleLibrary library = three_styles();
  EXPECT_EQ(id_of([&] { library.add(named("longer", {0, 0, 0})); }), "style.space");
  EXPECT_EQ(id_of([&] {
              library.add({.name = "x", .code = {.space = "t", .values = {0, 0}}});
            }),
            "style.space");
  EXPECT_EQ(id_of([&] { library.add(named("nan", {0, NAN})); }), "style.code");
  EXPECT_EQ(id_of([&] { library.add(named("nothing", {})); }), "style.code");
}

TEST(StyleLibrary, RefusesIdsThatAreNoFileName) {
  for (const std::string id : {"", "a/b", "..", ".hidden", "a b"}) {
    EXPECT_EQ(id_of([&] { StyleLibrary library(id); }), "style.space") << id;
  }
}

TEST(StyleLibrary, NearestIsByDistanceAndTiesKeepTheOrder) {
  StyleLibrary library = three_styles();
  library.add(named("twin", {1, 0}));
  const std::vector<StyleNeighbour> near = library.nearest({.space = "s", .values = {0.9f, 0}}, 3);
  ASSERT_EQ(near.size(), 3u);
  EXPECT_EQ(near[0].name, "klee");
  EXPECT_EQ(near[1].name, "twin");
  EXPECT_EQ(near[2].name, "monet");
  EXPECT_NEAR(near[2].distance, 0.9, 1e-6);
  EXPECT_EQ(library.nearest({.space = "s", .values = {0, 0}}, 100).size(), 4u);
  EXPECT_EQ(id_of([&] { library.nearest({.space = "t", .values = {0, 0}}, 1); }), "style.space");
}

TEST(StyleLibrary, NearestUsesWhitenedCoordinatesWhenThereIsASpace) {
  // Along x the styles spread a hundred times wider than along y, so a step in x counts a hundredth.
  const StyleSpace space{.id = "s", .mean = {0, 0}, .components = {{1, 0}, {0, 1}}, .scale = {100, 1}};
  StyleLibrary library("s");
  library.add(named("along-x", {10, 0}));
  library.add(named("along-y", {0, 1}));
  const StyleCode origin{.space = "s", .values = {0, 0}};
  EXPECT_EQ(library.nearest(origin, 1)[0].name, "along-y");
  EXPECT_EQ(library.nearest(origin, 1, &space)[0].name, "along-x");
  EXPECT_NEAR(library.nearest(origin, 1, &space)[0].distance, 0.1, 1e-9);
}

TEST(StyleLibrary, RefusesBrokenFiles) {
  EXPECT_EQ(parse_error_id(file_with(R"({"name": "a", "code": [1]})")), "");
  EXPECT_EQ(parse_error_id(""), "style.library");
  EXPECT_EQ(parse_error_id("[]"), "style.library");
  EXPECT_EQ(parse_error_id(R"({"space": "s", "styles": []})"), "style.library");
  EXPECT_EQ(parse_error_id(R"({"atelier_styles": 2, "space": "s", "styles": []})"), "style.library");
  EXPECT_EQ(parse_error_id(R"({"atelier_styles": 1, "space": "../s", "styles": []})"), "style.library");
  EXPECT_EQ(parse_error_id(R"({"atelier_styles": 1, "space": "s", "styles": {}})"), "style.library");
  EXPECT_EQ(parse_error_id(R"({"atelier_styles": 1, "space": "s", "styles": [], "more": 1})"),
            "style.library");
  EXPECT_EQ(parse_error_id(std::string(100'000, '[')), "style.library");
  for (const char* style : {
           "7",
           R"({"code": [1]})",
           R"({"name": "a"})",
           R"({"name": 1, "code": [1]})",
           R"({"name": "A B", "code": [1]})",
           R"({"name": "a", "code": []})",
           R"({"name": "a", "code": ["1"]})",
           R"({"name": "a", "code": [null]})",
           R"({"name": "a", "code": [1e39]})",
           R"({"name": "a", "code": [1e999]})",
           R"({"name": "a", "code": [NaN]})",
           R"({"name": "a", "code": [1], "colour": "red"})",
           R"({"name": "a", "code": [1], "detail": 2})",
           R"({"name": "a", "code": [1], "attributes": [1]})",
           R"({"name": "a", "code": [1], "attributes": {"x": "y"}})",
           R"({"name": "a", "code": [1], "coordinates": {"x": 1}})",
           R"({"name": "a", "code": [1]}, {"name": "a", "code": [1]})",
           R"({"name": "a", "code": [1]}, {"name": "b", "code": [1, 2]})",
       }) {
    EXPECT_EQ(parse_error_id(file_with(style)), "style.library") << style;
  }
}

TEST(StyleLibrary, NamesTheStyleAndTheKeyInItsMessages) {
  try {
    StyleLibrary::parse(file_with(R"({"name": "a", "code": [1], "licenze": "CC0"})"), "styles.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::BadData);
    EXPECT_STREQ(error.what(), "styles.json: style 1: 'licenze' is unknown; did you mean 'licence'?");
  }
}

TEST(StyleLibrary, RefusesAnotherSpace) {
  test::TempDir folder;
  three_styles().write(folder / "styles.json");
  EXPECT_EQ(id_of([&] { StyleLibrary::read(folder / "styles.json", "t"); }), "style.space");
  EXPECT_EQ(StyleLibrary::read(folder / "styles.json").space(), "s");
}

TEST(StyleLibrary, RefusesAFileAboveSixteenMebibytes) {
  test::TempDir folder;
  write_file_atomically(folder / "styles.json", std::string((16u << 20) + 1, ' '));
  EXPECT_THROW(StyleLibrary::read(folder / "styles.json"), Error);
}

}  // namespace
}  // namespace atelier::style
