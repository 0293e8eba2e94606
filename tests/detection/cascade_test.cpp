#include "atelier/detection/cascade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/toy_cascade.h"

namespace atelier::detection {
namespace {

using test::expect_error;
using testing::HasSubstr;

TEST(IntegralImage, SumsAnyRectangle) {
  constexpr int kWidth = 7, kHeight = 5;
  std::vector<std::uint8_t> grey;
  for (int i = 0; i < kWidth * kHeight; ++i) grey.push_back(static_cast<std::uint8_t>(i * 37));
  const IntegralImage picture(grey, kWidth, kHeight);
  double sum = 0, squares = 0;
  for (int y = 1; y < 4; ++y) {
    for (int x = 2; x < 7; ++x) {
      const double value = grey[static_cast<std::size_t>(y * kWidth + x)];
      sum += value;
      squares += value * value;
    }
  }
  EXPECT_EQ(picture.sum(2, 1, 5, 3), sum);
  EXPECT_EQ(picture.squares(2, 1, 5, 3), squares);
  EXPECT_EQ(picture.sum(0, 0, 1, 1), grey[0]);
}

class CascadeTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) const {
    std::ofstream(folder_ / "cascade.xml") << text;
    return folder_ / "cascade.xml";
  }
  std::string refusal(const std::string& text) const {
    const auto file = write(text);
    return expect_error([&] { Cascade::read(file); }, ErrorCode::BadData, "cascade.format");
  }
  static std::string replaced(const std::string& what, const std::string& by) {
    std::string text = test::toy_cascade();
    return text.replace(text.find(what), what.size(), by);
  }
  const test::TempDir folder_;
};

TEST_F(CascadeTest, AcceptsWhatItsTreesAccept) {
  const Cascade cascade = Cascade::read(write(test::toy_cascade()));
  EXPECT_EQ(cascade.width(), 20);
  const auto accepts = [&](auto level) {
    std::vector<std::uint8_t> grey(400);
    for (int i = 0; i < 400; ++i) grey[static_cast<std::size_t>(i)] = level(i % 20, i / 20);
    return cascade.accepts(IntegralImage(grey, 20, 20), 0, 0);
  };
  EXPECT_TRUE(accepts([](int, int y) { return static_cast<std::uint8_t>(y < 10 ? 20 : 200); }));
  EXPECT_TRUE(accepts([](int, int y) { return static_cast<std::uint8_t>(y < 10 ? 90 : 130); })) << "paler";
  EXPECT_FALSE(accepts([](int, int y) { return static_cast<std::uint8_t>(y < 10 ? 200 : 20); }));
  EXPECT_FALSE(accepts([](int x, int) { return static_cast<std::uint8_t>(x < 10 ? 20 : 200); }));
  EXPECT_FALSE(accepts([](int, int y) { return static_cast<std::uint8_t>(y < 10 ? 118 : 122); })) << "even";
}

TEST_F(CascadeTest, RefusesWhatIsNone) {
  EXPECT_THAT(refusal("no xml"), HasSubstr("opencv-data"));
  EXPECT_THAT(refusal("<a/>"), HasSubstr("no cascade"));
  EXPECT_THAT(refusal(replaced("HAAR", "LBP")), HasSubstr("no cascade of Haar"));
  EXPECT_THAT(refusal(replaced("<tilted>0", "<tilted>1")), HasSubstr("tilted"));
  EXPECT_THAT(refusal(replaced("0 10 20 10 1.", "0 11 20 10 1.")), HasSubstr("outside"));
  EXPECT_THAT(refusal(replaced("0 10 20 10 1.", "0 10 20")), HasSubstr("feature"));
  EXPECT_THAT(refusal(replaced("<height>20", "<height>0")), HasSubstr("window"));
  EXPECT_THAT(refusal(test::toy_cascade("0 1 0 0.45 -1 -2 7 0.3")), HasSubstr("lacks"));
  EXPECT_THAT(refusal(test::toy_cascade("0 1 0 0.45 1 -2 1 0.3")), HasSubstr("nowhere"))
      << "a walk in circles";
  EXPECT_THAT(refusal(test::toy_cascade("0 5 0 0.45 -1 -2 1 0.3")), HasSubstr("nowhere"));
  EXPECT_THAT(refusal(test::toy_cascade("0 -1 0")), HasSubstr("tree"));
  expect_error([&] { Cascade::read(folder_ / "nowhere.xml"); }, ErrorCode::NoInput, "cascade.missing");
}

}  // namespace
}  // namespace atelier::detection
