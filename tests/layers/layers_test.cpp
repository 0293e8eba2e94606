#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "layers/layer_check.h"
#include "support/temp_dir.h"

namespace atelier::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A little house of files, each with these include lines.
class House {
 public:
  void file(const std::string& path, const std::vector<std::string>& includes) {
    std::string text = "#pragma once\n// #include <torch/in_a_comment.h>\n";
    for (const std::string& include : includes) text += "#include " + include + "\n";
    raw_file(path, text);
  }
  void raw_file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  std::vector<std::string> violations() const { return layer_violations(folder_.path()); }

 private:
  TempDir folder_;
};

TEST(Layers, NoRoomKnowsWhatItMayNot) {
  EXPECT_THAT(layer_violations(ATELIER_SOURCE_DIR), IsEmpty());
  EXPECT_GT(count_checked_files(ATELIER_SOURCE_DIR), 20u);
}

TEST(LayerCheck, AcceptsASoundHouse) {
  House house;
  house.file("src/atelier/core/error.h", {"<string>"});
  house.file("src/atelier/image/image.cpp",
             {"<vips/vips8>", "\"atelier/image/image.h\"", "\"atelier/core/error.h\""});
  house.file("src/atelier/weights/sha256.cpp", {"<sodium.h>"});
  house.file("src/atelier/nn/generator.h", {"<torch/nn.h>", "\"atelier/tensor/shapes.h\""});
  house.file("src/atelier/inference/stylizer.h", {"\"atelier/core/error.h\"", "<vector>"});
  house.file("src/atelier/inference/torch/torch_model.cpp",
             {"<torch/torch.h>", "\"atelier/nn/generator.h\""});
  house.file("src/atelier/training/trainer.cpp", {"<torch/torch.h>", "\"atelier/losses/content.h\""});
  house.file("src/atelier/atelier.h", {"\"atelier/inference/stylizer.h\""});
  house.file("apps/atelier/main.cpp", {"\"atelier/training/trainer.h\"", "\"atelier/inference/stylizer.h\""});
  EXPECT_THAT(house.violations(), IsEmpty());
}

TEST(LayerCheck, SeesAnIncludeThatPointsUp) {
  House house;
  house.file("src/atelier/core/error.cpp", {"\"atelier/style/style_code.h\""});
  house.file("src/atelier/inference/stylizer.cpp", {"\"atelier/training/trainer.h\""});
  house.file("src/atelier/training/trainer.cpp", {"\"atelier/inference/stylizer.h\""});
  EXPECT_THAT(house.violations(),
              ElementsAre(HasSubstr("core/error.cpp: includes atelier/style/style_code.h"),
                          HasSubstr("inference/stylizer.cpp: includes atelier/training/trainer.h"),
                          HasSubstr("training/trainer.cpp: includes atelier/inference/stylizer.h")));
}

TEST(LayerCheck, SeesTorchOnTheGroundFloorAndInPrograms) {
  House house;
  house.file("src/atelier/style/style_code.h", {"<torch/torch.h>"});
  house.file("src/atelier/engine/engine.cpp", {"<ATen/ATen.h>"});
  house.file("src/atelier/inference/stylizer.cpp", {"<c10/core/Device.h>"});
  house.file("apps/atelier/main.cpp", {"<torch/script.h>"});
  EXPECT_THAT(house.violations(),
              ElementsAre(HasSubstr("apps/atelier/main.cpp"), HasSubstr("engine/engine.cpp"),
                          HasSubstr("inference/stylizer.cpp"), HasSubstr("style/style_code.h")));
}

TEST(LayerCheck, SeesTorchThatAPublicHeaderPassesOn) {
  House house;
  house.file("src/atelier/nn/generator.h", {"<torch/nn.h>"});
  house.file("src/atelier/tensor/device.h", {"\"atelier/core/error.h\""});
  house.file("src/atelier/training/step.h", {"\"atelier/nn/generator.h\""});
  house.file("src/atelier/training/trainer.h", {"\"atelier/training/step.h\""});
  house.file("src/atelier/training/options.h", {"\"atelier/tensor/device.h\""});
  house.file("src/atelier/training/detail/step.h", {"\"atelier/nn/generator.h\""});
  EXPECT_THAT(house.violations(), ElementsAre(HasSubstr("training/step.h: includes LibTorch"),
                                              HasSubstr("training/trainer.h: includes LibTorch")));
}

TEST(LayerCheck, SeesLibrariesOutsideTheirRoom) {
  House house;
  house.file("src/atelier/style/thumbnail.cpp", {"<vips/vips.h>"});
  house.file("src/atelier/model/bundle.cpp", {"<sodium.h>"});
  EXPECT_THAT(house.violations(),
              ElementsAre(HasSubstr("includes sodium.h"), HasSubstr("includes vips/vips.h")));
}

TEST(LayerCheck, SeesAnothersDetailAndRoomsNobodyPlanned) {
  House house;
  house.file("src/atelier/model/bundle.cpp", {"\"atelier/weights/detail/safetensors_header.h\""});
  house.file("src/atelier/attic/box.cpp", {"\"atelier/core/error.h\""});
  house.file("src/atelier/style/a.cpp", {"\"atelier/atelier.h\""});
  EXPECT_THAT(house.violations(), ElementsAre(HasSubstr("attic"), HasSubstr("detail/ is for its own room"),
                                              HasSubstr("atelier/atelier.h")));
}

TEST(LayerCheck, SeesOddlyWrittenIncludes) {
  House house;
  house.raw_file("src/atelier/core/a.h", "  #  include   <torch/a.h>  // why not\n");
  house.raw_file("src/atelier/core/b.h", "#include<torch/b.h>\n");
  EXPECT_THAT(house.violations(),
              ElementsAre(HasSubstr("includes torch/a.h"), HasSubstr("includes torch/b.h")));
}

}  // namespace
}  // namespace atelier::test
