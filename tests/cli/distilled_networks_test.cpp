#include "atelier/image/read_image.h"
#include "program_test.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::test {
namespace {

class DistilledNetworks : public ProgramTest {
 protected:
  DistilledNetworks() {
    GeneratorOptions options = GeneratorOptions::named("XS");
    options.code_dim = 16;
    SeededRandom random(5);
    model::write_distilled(model_, {options, {{"minutes", 2.0}}, {{"l1", 0.25}, {"psnr", 12.5}}},
                           random_tensors(model::expected_generator_tensors(options), random));
  }
};

TEST_F(DistilledNetworks, PaintWhenTheyAreAskedFor) {
  ASSERT_EQ(run({"stylize", "photo.png", "-s", "alpha", "-o", "own.png"}).status, 0);
  ASSERT_EQ(run({"stylize", "photo.png", "-s", "alpha", "--network", "tiny", "-o", "named.png"}).status, 0);
  EXPECT_EQ(read_image(path("named.png")), read_image(path("own.png")));
  const nlohmann::json report =
      json({"stylize", "photo.png", "-s", "alpha", "--network", "XS", "-o", "xs.png"});
  EXPECT_EQ(report["network"], "XS");
  EXPECT_NE(read_image(path("xs.png")), read_image(path("own.png")));
}

TEST_F(DistilledNetworks, OfASizeThatTheModelLacksAreRefusedWithWhatItHolds) {
  const ProgramResult result = run({"stylize", "photo.png", "-s", "alpha", "--network", "S", "-o", "s.png"});
  EXPECT_TRUE(fails_with(result, 2, "only tiny, XS"));
  EXPECT_TRUE(fails_with(result, 2, "atelier train distil"));
  EXPECT_FALSE(exists("s.png"));
}

TEST_F(DistilledNetworks, AreListedByInfoAndCheckedByTheDoctor) {
  EXPECT_EQ(json({"info"})["model"]["distilled"]["XS"]["metrics"]["psnr"], 12.5);
  std::filesystem::resize_file(model_ / "generator-xs.safetensors", 100);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "-o", "own.png"}).status, 0);
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "alpha", "--network", "XS", "-o", "xs.png"}), 65,
                         "checksum"));
  EXPECT_NE(run({"doctor"}).status, 0);
}

#ifdef ATELIER_HAS_TORCH
TEST_F(DistilledNetworks, DoNotPaintStylesThatWereTrainedIntoTheOwnOne) {
  write("mine.png", synthetic_photo(88, 80, 5));
  write("photos/one.png", synthetic_photo(96, 72, 6));
  ASSERT_EQ(run({"train", "style", "mine.png", "--name", "mine", "--content", "photos", "--steps", "40",
                 "--level", "affine", "--threads", "1"})
                .status,
            0);
  ASSERT_EQ(run({"stylize", "photo.png", "-s", "mine", "-o", "own.png"}).status, 0);
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "mine", "--network", "XS", "-o", "xs.png"}), 2,
                         "without --network"));
  EXPECT_FALSE(exists("xs.png"));
}

TEST_F(DistilledNetworks, AreTaughtByTheProgram) {
  for (const char* name : {"photos/a.png", "photos/b.png", "photos/c.png", "photos/d.png"})
    write(name, synthetic_photo(80, 72, static_cast<unsigned>(name[7])));
  const std::vector<std::string> teach = {"train",   "distil", "--size", "S",  "--content", "photos",
                                          "--steps", "2",      "--crop", "32", "--batch",   "1"};
  const nlohmann::json report = json(teach);
  EXPECT_EQ(report["network"], "S");
  EXPECT_EQ(report["steps"], 2);
  EXPECT_EQ(report["before"], nullptr);
  EXPECT_EQ(report["after"]["paintings"], 3);
  EXPECT_EQ(json({"info"})["model"]["distilled"]["S"]["training"]["steps"], 2);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "--network", "S", "-o", "s.png"}).status, 0);
  EXPECT_TRUE(fails_with(run({"train", "distil", "--size", "S", "--content", "none"}), 66, "none"));
}
#endif

}  // namespace
}  // namespace atelier::test
