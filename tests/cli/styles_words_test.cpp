#include "atelier/image/read_image.h"
#include "atelier/style/attribute_model.h"
#include "program_test.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::test {
namespace {

/// Models with twelve measured styles and an attribute model: lightness follows the first number of the code.
class StyleWordsCommand : public ProgramTest {
 protected:
  StyleWordsCommand() : measured_(write_measured("measured", 1)), plain_(model_) { model_ = measured_; }

  std::filesystem::path write_measured(const std::string& folder, unsigned seed) const {
    model::BundleContents contents = tiny_bundle_contents(seed);
    contents.styles = style::StyleLibrary(contents.manifest.space_id);
    SeededRandom random(seed);
    std::vector<StyleCode> codes;
    std::vector<std::map<std::string, double>> measured;
    for (int i = 0; i < 12; ++i) {
      StyleCode code{.space = contents.manifest.space_id, .values = {}};
      for (int k = 0; k < contents.manifest.generator.code_dim; ++k)
        code.values.push_back(random.symmetric());
      std::map<std::string, double> row;
      for (const style::Attribute& attribute : style::attributes()) row[attribute.key] = random.symmetric();
      row["lightness"] = 50 + 4 * i;
      code.values[0] = static_cast<float>(i) - 6;
      contents.styles.add({.name = "style-" + std::to_string(i), .code = code, .attributes = row});
      codes.push_back(std::move(code));
      measured.push_back(std::move(row));
    }
    contents.attributes = style::AttributeModel::fit(codes, measured);
    contents.space = style::StyleSpace::fit(contents.manifest.space_id, codes, 8);
    model::write_bundle(model_folder_ / folder, contents, weights::DType::F32);
    return model_folder_ / folder;
  }

  std::filesystem::path measured_, plain_;
};

TEST_F(StyleWordsCommand, FindsStylesByWords) {
  const nlohmann::json dark = json({"styles", "list", "--like", "dark"})["styles"];
  ASSERT_EQ(dark.size(), 12u);
  EXPECT_EQ(dark[0]["name"], "style-0");
  EXPECT_EQ(dark[11]["name"], "style-11");
  EXPECT_GT(dark[0]["match"], dark[11]["match"]);
  EXPECT_EQ(json({"styles", "list", "--like", "not dark"})["styles"][0]["name"], "style-11");
  EXPECT_THAT(run({"styles", "list", "--like", "dark, warm"}).out, testing::HasSubstr("LOOK"));
}

TEST_F(StyleWordsCommand, ShowsAttributesAsNumbersAndWords) {
  const ProgramResult shown = run({"styles", "show", "style-0"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, testing::HasSubstr("50.00 of 100, dark (-1.6)"));
  const nlohmann::json machine = json({"styles", "show", "style-11"});
  EXPECT_EQ(machine["attributes"]["lightness"], 94);
  EXPECT_THAT(machine["words"].dump(), testing::HasSubstr("light"));
}

TEST_F(StyleWordsCommand, SaysPlainlyWhenAModelWasNeverMeasured) {
  model_ = plain_;
  EXPECT_TRUE(fails_with(run({"styles", "list", "--like", "dark"}), 69, "never measured"));
  EXPECT_THAT(run({"styles", "show", "alpha"}).out, testing::HasSubstr("never measured"));
  EXPECT_TRUE(fails_with(run({"styles", "list", "--like", "drak"}), 2, "did you mean 'dark'"));
}

TEST_F(StyleWordsCommand, MeasuresThePicturesOfOwnStyles) {
  write("a.png", synthetic_photo(100, 80, 1));
  ASSERT_EQ(run({"styles", "add", "mine", "a.png"}).status, 0);
  const nlohmann::json attributes = json({"styles", "show", "mine"})["attributes"];
  EXPECT_EQ(attributes.size(), style::attributes().size());
  EXPECT_GT(attributes["lightness"], 30);
  EXPECT_LT(attributes["lightness"], 90);
}

TEST_F(StyleWordsCommand, ACodeOfAnotherModelIsCarriedOverByItsAttributesOrRefused) {
  ASSERT_EQ(run({"styles", "blend", "style-3", "-o", "new.json"}).status, 0);
  model_ = plain_;
  ASSERT_EQ(run({"styles", "blend", "alpha", "-o", "blind.json"}).status, 0);
  model_ = write_measured("other", 9);
  const ProgramResult carried = run({"stylize", "photo.png", "-s", "new.json", "-o", "out.png"});
  EXPECT_EQ(carried.status, 0) << carried.err;
  EXPECT_THAT(carried.err, testing::HasSubstr("carried over"));
  EXPECT_TRUE(exists("out.png"));
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "blind.json", "-o", "blind.png"}).status, 65);
  EXPECT_FALSE(exists("blind.png"));
}

TEST_F(StyleWordsCommand, MapsEveryStyleOnAPictureAndInNumbers) {
  ASSERT_EQ(run({"styles", "blend", "style-1", "style-2", "--save", "own"}).status, 0);
  const nlohmann::json map = json({"styles", "map", "-o", "map.png"});
  ASSERT_EQ(map["styles"].size(), 13u);
  EXPECT_EQ(map["styles"][12]["name"], "own");
  EXPECT_EQ(map["attributes_of"], "style pictures");
  EXPECT_GE(map["clusters"].size(), 1u);
  for (const nlohmann::json& style : map["styles"]) {
    EXPECT_GE(style["x"], 0);
    EXPECT_LE(style["x"], 1);
    EXPECT_EQ(style["attributes"].size(), style::attributes().size());
  }
  const Image picture = read_image(path("map.png"));
  EXPECT_GT(picture.width(), 500);
  EXPECT_EQ(run({"styles", "map", "-o", "again.png"}).status, 0);
  EXPECT_EQ(bytes("again.png"), bytes("map.png"));
  EXPECT_EQ(run({"styles", "map", "--photo", "photo.png", "-o", "mine.png"}).status, 0);
  EXPECT_NE(bytes("mine.png"), bytes("map.png"));
}

TEST_F(StyleWordsCommand, AMapOfAModelThatWasNeverMeasuredMeasuresItsPaintings) {
  model_ = plain_;
  const nlohmann::json map = json({"styles", "map"});
  ASSERT_EQ(map["styles"].size(), 3u);
  EXPECT_EQ(map["attributes_of"], "paintings");
  EXPECT_EQ(map["styles"][0]["attributes"].size(), style::attributes().size());
  EXPECT_TRUE(fails_with(run({"styles", "map"}), 2, "-o MAP.png"));
  EXPECT_TRUE(fails_with(run({"styles", "map", "-o", "map.png", "--photo", "no.png"}), 66, "no.png"));
  EXPECT_FALSE(exists("map.png"));
}

TEST_F(StyleWordsCommand, WalksFromOneStyleToAnotherInEvenSteps) {
  const nlohmann::json steps = json({"styles", "between", "style-0", "style-7", "--steps", "4", "-o",
                                     "way.png", "--codes", "codes"})["steps"];
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0]["t"], 0);
  EXPECT_EQ(steps[3]["t"], 1);
  EXPECT_LT(steps[1]["t"], steps[2]["t"]);
  EXPECT_EQ(steps[0]["code"], json({"styles", "show", "style-0"})["code"]);
  EXPECT_TRUE(exists("way.png"));
  EXPECT_THAT(names("codes"),
              testing::ElementsAre("step-001.json", "step-002.json", "step-003.json", "step-004.json"));
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "codes/step-002.json", "-o", "out.png"}).status, 0);
  EXPECT_TRUE(fails_with(run({"styles", "between", "style-0", "style-77"}), 66, "style-77"));
  EXPECT_EQ(run({"styles", "between", "style-0", "style-7", "--steps", "1"}).status, 2);
}

}  // namespace
}  // namespace atelier::test
