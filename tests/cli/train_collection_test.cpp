#include "atelier/image/read_image.h"
#include "program_test.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

class TrainCollection : public ProgramTest {
 protected:
  TrainCollection() {
#ifndef ATELIER_HAS_TORCH
    GTEST_SKIP() << "built without LibTorch";
#endif
    for (unsigned i = 0; i < 11; ++i)
      write("works/work-" + std::to_string(i) + ".png", synthetic_photo(88, 80, 50 + i));
    for (unsigned i = 0; i < 4; ++i)
      write("photos/" + std::to_string(i) + ".png", synthetic_photo(96, 72, 6 + i));
  }

  std::vector<std::string> train(const std::string& folder, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"train",  "collection", folder, "--name",    "hand", "--content",
                                          "photos", "--steps",    "6",    "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(TrainCollection, AddsAStyleThatWorksKeptAsideHaveJudged) {
  write("works/tiny.png", Image(8, 8));
  write("others/known.png", synthetic_photo(88, 80, 51));
  write("others/one.png", synthetic_photo(88, 80, 90));
  write("others/two.png", synthetic_photo(88, 80, 91));
  write("works/plain.png", Image(96, 96));
  write("works/twice.png", synthetic_photo(88, 80, 50));
  write("works/broken.jpg", std::string("no picture"));
  const nlohmann::json report =
      json(train("works", {"--variants", "2", "--strip", "strip.png", "--others", "others"}));
  EXPECT_EQ(report["added"], "hand");
  EXPECT_EQ(report["works"], 9);
  EXPECT_EQ(report["kept_aside"], 2);
  EXPECT_EQ(report["left_out"].size(), 4u);
  EXPECT_GT(report["training"]["games"], 0);
  EXPECT_GT(read_image(path("strip.png")).width(), 1000);

  ASSERT_TRUE(report.contains("verdict"));
  EXPECT_EQ(report["verdict"]["kept_aside"], 2);
  EXPECT_EQ(report["verdict"]["photos"], 1);
  EXPECT_EQ(report["verdict"]["others"], 3);
  EXPECT_GT(report["verdict"]["before"]["diversity"], 0);
  EXPECT_EQ(report["kept"].get<bool>(), report["verdict"]["objections"].empty());
  EXPECT_EQ(deltas(), report["kept"].get<bool>() ? 1u : 0u);

  for (const char* name : {"hand", "hand-1", "hand-2"}) {
    ASSERT_EQ(run({"stylize", "photo.png", "-s", name, "-o", std::string(name) + ".png"}).status, 0) << name;
  }
  EXPECT_NE(read_image(path("hand-1.png")), read_image(path("hand-2.png")));
  EXPECT_TRUE(fails_with(run(train("works")), 2, "already have"));
  for (const char* name : {"hand", "hand-1", "hand-2"}) ASSERT_EQ(run({"styles", "remove", name}).status, 0);
  EXPECT_EQ(deltas(), 0u);
}

TEST_F(TrainCollection, LeavesNothingBehindWhenThereIsTooLittleToLearn) {
  write("two/a.png", synthetic_photo(88, 80, 1));
  write("two/b.png", synthetic_photo(88, 80, 2));
  EXPECT_TRUE(fails_with(run(train("two")), 65, "2 usable works are too few"));
  for (int i = 0; i < 12; ++i) write("plain/" + std::to_string(i) + ".png", Image(96, 96));
  EXPECT_TRUE(fails_with(run(train("plain", {"-q"})), 65, "12 were left out"));
  EXPECT_TRUE(fails_with(run(train("nowhere")), 66, "nowhere"));
  EXPECT_EQ(deltas(), 0u);
  EXPECT_NE(run({"styles", "show", "hand"}).status, 0);
}

}  // namespace
}  // namespace atelier::test
