#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "atelier/image/write_image.h"
#include "atelier/inference/engine_model.h"
#include "atelier/judging/control_painters.h"
#include "atelier/judging/fast_neural_style_painter.h"
#include "atelier/judging/finished_pictures.h"
#include "atelier/judging/framing.h"
#include "atelier/judging/micro_ast_painter.h"
#include "atelier/judging/model_painter.h"
#include "atelier/judging/picture_set.h"
#include "atelier/nn/transformer_net.h"
#include "judge_fixtures.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tiny_bundle.h"

namespace atelier::judging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

NamedPicture photo() {
  return {"photo", test::synthetic_photo(64, 64, 1)};
}
NamedPicture style() {
  return {"stripes", test::stripes(64, 12, 220, 20)};
}

TEST(Framing, CutsTheMiddleSquare) {
  Image wide(30, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 10; x < 20; ++x) wide.rgb8()[static_cast<std::size_t>(y * 30 + x) * 3] = 200;
  }
  const Image square = framed(wide, 10);
  ASSERT_EQ(square.width(), 10);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(square.rgb8()[3 * i], 200);
  EXPECT_EQ(framed(wide.to_depth(Depth::U16), 16).depth(), Depth::U8);
  EXPECT_EQ(framed(wide, 16).height(), 16);
}

TEST(ControlPainters, CopyWhatTheyShould) {
  EXPECT_EQ(*IdentityPainter().take_up(style())->paint(photo()), photo().image);
  EXPECT_EQ(*TargetCopyPainter().take_up(style())->paint(photo()), style().image);
  EXPECT_TRUE(IdentityPainter().control() && TargetCopyPainter().control());
  const Image dyed = *ColourTransferPainter().take_up(style())->paint(photo());
  EXPECT_NE(dyed, photo().image);
  EXPECT_FALSE(ColourTransferPainter().control());
}

TEST(ModelPainter, PaintsThroughTheFrontDoor) {
  const test::TempDir folder;
  const auto bundle = model::ModelBundle::open(test::write_tiny_bundle(folder));
  const auto stylizer = std::make_shared<const inference::Stylizer>(
      bundle->manifest(), std::make_unique<inference::EngineModel>(*bundle));
  const ModelPainter painter("atelier", stylizer, {});
  EXPECT_EQ(*painter.take_up(style())->paint(photo()),
            stylizer->stylize(photo().image, stylizer->encode(style().image)));
  EXPECT_EQ(*ModelPainter("none", stylizer, {.strength = 0}).take_up(style())->paint(photo()), photo().image);
}

TEST(MicroAstPainter, NamesItsMissingWeights) {
  const test::TempDir folder;
  EXPECT_THAT(test::expect_error([&] { MicroAstPainter painter(folder.path()); }, ErrorCode::NoInput,
                                 "model.missing"),
              HasSubstr("microast_content_encoder"));
}

TEST(MicroAstPainter, RefusesTheWeightsOfAnotherNetwork) {
  const test::TempDir folder;
  for (const std::string net : {"content_encoder", "style_encoder", "modulator", "decoder"}) {
    weights::write_safetensors(folder / ("microast_" + net + ".safetensors"),
                               tensor::to_named(nn::TransformerNet().tensors()));
  }
  EXPECT_THAT(test::expect_error([&] { MicroAstPainter painter(folder.path()); }, ErrorCode::BadData,
                                 "model.tensors"),
              HasSubstr("does not belong to MicroAST"));
}

TEST(FastNeuralStylePainter, PaintsTheStylesThatHaveANetworkAndNamesTheOthers) {
  const test::TempDir folder;
  weights::write_safetensors(folder / "stripes.safetensors",
                             tensor::to_named(nn::TransformerNet().tensors()));
  const FastNeuralStylePainter painter(folder.path());
  EXPECT_EQ(painter.take_up(style())->paint({"odd", test::synthetic_photo(70, 65, 1)})->width(), 70);
  EXPECT_FALSE(painter.take_up({"dots", style().image})->paint(photo()));
  EXPECT_THAT(painter.missing({"stripes", "dots"}), ElementsAre(HasSubstr("1 of 2 styles, dots")));
  EXPECT_THAT(painter.missing({"stripes"}), SizeIs(0));
  test::expect_error([&] { painter.missing({"dots"}); }, ErrorCode::NoInput, "rival.networks");
  test::expect_error([&] { FastNeuralStylePainter nowhere(folder / "nowhere"); }, ErrorCode::NoInput,
                     "rival.folder");
}

class FinishedPicturesTest : public testing::Test {
 protected:
  void put(const std::string& name, const Image& picture) const { write_image(folder_ / name, picture); }
  const test::TempDir folder_;
};

TEST_F(FinishedPicturesTest, AreFoundByTheNamesOfPhotoAndStyle) {
  put("photo__stripes.png", style().image);
  const FinishedPictures painter("other", folder_.path(), 64);
  EXPECT_EQ(*painter.take_up(style())->paint(photo()), style().image);
  EXPECT_FALSE(painter.take_up({"elsewhere", style().image})->paint(photo()).has_value());
}

TEST_F(FinishedPicturesTest, AreCheckedAgainstTheLists) {
  put("a__x.png", test::synthetic_photo(64, 64, 1));
  put("b__x.png", test::synthetic_photo(128, 96, 1));
  put("stray.png", style().image);
  const auto check = FinishedPictures("other", folder_.path(), 64).check({"a", "b"}, {"x", "y"});
  EXPECT_THAT(check.missing, ElementsAre(HasSubstr("2 of 4 pairs are missing: a__y, b__y")));
  EXPECT_THAT(check.notes, ElementsAre(HasSubstr("1 files belong to no pair: stray.png"),
                                       HasSubstr("1 paintings have another size")));
}

TEST_F(FinishedPicturesTest, AreRefusedWhenNoNameFitsOrTwoStandForOnePair) {
  put("a-x.png", style().image);
  EXPECT_THAT(test::expect_error([&] { FinishedPictures("other", folder_.path(), 64).check({"a"}, {"x"}); },
                                 ErrorCode::NoInput, "outputs.names"),
              HasSubstr("a__x.png"));
  put("a__x.png", style().image);
  put("a__x.jpg", style().image);
  test::expect_error([&] { FinishedPictures("other", folder_.path(), 64); }, ErrorCode::Usage,
                     "outputs.twice");
  test::expect_error([&] { FinishedPictures("other", folder_ / "nowhere", 64); }, ErrorCode::NoInput,
                     "outputs.folder");
}

TEST_F(FinishedPicturesTest, ChangeTheirFingerprintWithTheFolder) {
  put("a__x.png", style().image);
  const std::string before = FinishedPictures("other", folder_.path(), 64).fingerprint();
  put("a__y.png", style().image);
  EXPECT_NE(FinishedPictures("other", folder_.path(), 64).fingerprint(), before);
}

TEST_F(FinishedPicturesTest, PictureSetsLeaveOutWhatCannotBeRead) {
  put("b.png", test::synthetic_photo(70, 64, 1));
  put("a.png", test::synthetic_photo(40, 40, 2));
  std::ofstream(folder_ / "broken.jpg") << "no picture";
  std::ofstream(folder_ / "notes.txt") << "text";
  const PictureSet set = read_picture_set(folder_.path(), "photo", 64, 0);
  EXPECT_THAT(set.names(), ElementsAre("a", "b"));
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("broken.jpg")));
  EXPECT_THAT(set.notes, ElementsAre(HasSubstr("were enlarged: a")));
  EXPECT_EQ(set.facts[1].width, 70);
  EXPECT_THAT(set.facts[1].sha256, SizeIs(64));
  EXPECT_THAT(read_picture_set(folder_.path(), "photo", 64, 1).names(), ElementsAre("a"));
}

TEST_F(FinishedPicturesTest, PictureSetsNeedAPictureAndDifferentNames) {
  test::expect_error([&] { read_picture_set(folder_.path(), "style", 64, 0); }, ErrorCode::NoInput,
                     "evaluate.folder");
  test::expect_error([&] { read_picture_set(folder_ / "nowhere", "style", 64, 0); }, ErrorCode::NoInput,
                     "evaluate.folder");
  put("a.png", style().image);
  put("a.jpg", style().image);
  EXPECT_THAT(test::expect_error([&] { read_picture_set(folder_.path(), "style", 64, 0); }, ErrorCode::Usage,
                                 "evaluate.names"),
              HasSubstr("one style by name"));
}

}  // namespace
}  // namespace atelier::judging
