#include "atelier/detection/face_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "atelier/detection/face_mask.h"
#include "atelier/image/read_image.h"
#include "support/environment.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/toy_cascade.h"

namespace atelier::detection {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class FaceFinderTest : public testing::Test {
 protected:
  FaceFinderTest() { std::ofstream(folder_ / "cascade.xml") << test::toy_cascade(); }
  FaceFinder toy() const { return FaceFinder(Cascade::read(folder_ / "cascade.xml")); }
  const test::TempDir folder_;
};

TEST_F(FaceFinderTest, FindsOneFaceAtItsPlaceAndSize) {
  const auto faces = toy().find(test::toy_face(400, 300, 220, 90, 100));
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_NEAR(faces[0].x + faces[0].side / 2, 270, 15);
  EXPECT_NEAR(faces[0].y + faces[0].side / 2, 140, 15);
  EXPECT_NEAR(faces[0].side, 90, 40) << "the toy takes smaller and larger windows too";
}

TEST_F(FaceFinderTest, LargePhotosAreLookedAtSmallAndAnsweredInTheirPixels) {
  const auto faces = toy().find(test::toy_face(1600, 1200, 880, 360, 400));
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_NEAR(faces[0].x + faces[0].side / 2, 1080, 60);
}

TEST_F(FaceFinderTest, FindsNothingWhereNothingIs) {
  EXPECT_THAT(toy().find(test::toy_face(300, 200, 0, 0, 0)), IsEmpty());
  EXPECT_THAT(toy().find(test::toy_face(12, 9, 0, 0, 4)), IsEmpty()) << "smaller than a window";
}

TEST_F(FaceFinderTest, SaysWhatToInstallWithoutACascade) {
  const test::ScopedVariable variable("ATELIER_FACE_CASCADE", (folder_ / "nowhere.xml").c_str());
  EXPECT_THAT(test::expect_error([] { FaceFinder::open(); }, ErrorCode::Unavailable, "faces.missing"),
              testing::HasSubstr("opencv-data"));
}

TEST(FaceFinder, FindsTheAstronaut) {
  const std::filesystem::path photo =
      std::filesystem::path(ATELIER_SOURCE_DIR) / "../shared/data/eval/content/skimage-astronaut.jpg";
  if (!std::filesystem::exists(photo)) GTEST_SKIP() << "no photo of a face here";
  if (!std::filesystem::exists("/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"))
    GTEST_SKIP() << "Debian's package opencv-data is not installed";
  const Image portrait = read_image(photo);
  const auto faces = FaceFinder::open().find(portrait);
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_NEAR((faces[0].x + faces[0].side / 2.0) / portrait.width(), 0.44, 0.04);
  EXPECT_NEAR((faces[0].y + faces[0].side / 2.0) / portrait.height(), 0.22, 0.04);
}

TEST(FaceMask, CoversTheFaceAndFadesSoftly) {
  const std::vector<Face> faces = {{40, 40, 60}};
  const Image mask = face_mask(200, 160, faces, 0.5f);
  const auto at = [&](int x, int y) { return mask.rgb8()[static_cast<std::size_t>(3 * (y * 200 + x))]; };
  EXPECT_EQ(at(70, 70), 128) << "half of white in the middle";
  EXPECT_EQ(at(45, 70), 128);
  EXPECT_EQ(at(10, 10), 0);
  EXPECT_EQ(at(190, 150), 0);
  int steepest = 0;
  for (int x = 1; x < 200; ++x) steepest = std::max(steepest, std::abs(at(x, 70) - at(x - 1, 70)));
  EXPECT_LT(steepest, 16);
  EXPECT_EQ(face_mask(8, 8, std::vector<Face>{{-100, -100, 300}}, 1).rgb8()[0], 255)
      << "larger than the photo";
}

}  // namespace
}  // namespace atelier::detection
