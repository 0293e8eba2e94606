#include "atelier/image/read_image.h"
#include "program_test.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

class TrainStyle : public ProgramTest {
 protected:
  TrainStyle() {
#ifndef ATELIER_HAS_TORCH
    GTEST_SKIP() << "built without LibTorch";
#endif
    write("mine.png", synthetic_photo(88, 80, 5));
    write("photos/one.png", synthetic_photo(96, 72, 6));
    write("photos/two.png", synthetic_photo(72, 96, 7));
  }

  std::vector<std::string> train(const std::string& picture, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"train",     "style",     picture,   "--name", "mine",
                                          "--content", "photos",    "--steps", "40",     "--level",
                                          "affine",    "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(TrainStyle, AddsAStyleThatPaintsNearerThanItsCode) {
  const nlohmann::json report = json(train("mine.png", {"--strip", "strip.png"}));
  EXPECT_EQ(report["added"], "mine");
  EXPECT_EQ(report["level"], "affine");
  EXPECT_LT(report["levels"].back()["style"], report["levels"].front()["style"]);
  EXPECT_EQ(deltas(), 1u);
  EXPECT_GT(read_image(path("strip.png")).width(), 1000);

  ASSERT_EQ(run({"stylize", "photo.png", "-s", "mine", "-o", "learned.png"}).status, 0);
  ASSERT_EQ(run({"stylize", "photo.png", "-s", "./mine.png", "-o", "zero-shot.png"}).status, 0);
  EXPECT_NE(read_image(path("learned.png")), read_image(path("zero-shot.png")));

  EXPECT_TRUE(fails_with(run(train("mine.png")), 2, "already have"));
  ASSERT_EQ(run(train("mine.png", {"--replace", "--seed", "2"})).status, 0);
  EXPECT_EQ(deltas(), 1u);
  ASSERT_EQ(run({"styles", "remove", "mine"}).status, 0);
  EXPECT_EQ(deltas(), 0u);
}

TEST_F(TrainStyle, LeavesNothingBehindWhenItsPictureHoldsNoStrokes) {
  write("tiny.png", Image(8, 8));
  EXPECT_TRUE(fails_with(run(train("tiny.png")), 65, "too few to learn"));
  write("plain.png", Image(96, 96));
  EXPECT_TRUE(fails_with(run(train("plain.png")), 65, "one colour"));
  EXPECT_EQ(deltas(), 0u);
  EXPECT_NE(run({"styles", "show", "mine"}).status, 0);
}

TEST_F(TrainStyle, RefusesToPaintWithADamagedFile) {
  ASSERT_EQ(run(train("mine.png")).status, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_folder_.path())) {
    if (entry.path().extension() == ".safetensors") std::filesystem::resize_file(entry.path(), 100);
  }
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "mine", "-o", "out.png"}), 65, "damaged"));
  EXPECT_FALSE(exists("out.png"));
}

}  // namespace
}  // namespace atelier::test
