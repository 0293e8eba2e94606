#include "terminal_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/synthetic_photo.h"

namespace atelier::cli {
namespace {

TEST(TerminalPicture, ReadsWhatTheTerminalSaysOfItself) {
  EXPECT_EQ(parse_picture_reply(""), TerminalPictures::None);
  EXPECT_EQ(parse_picture_reply("\x1b[?1;2c"), TerminalPictures::None);
  EXPECT_EQ(parse_picture_reply("\x1b[?64;14;42c"), TerminalPictures::None);
  EXPECT_EQ(parse_picture_reply("\x1b[?62;4;22c"), TerminalPictures::Sixel);
  EXPECT_EQ(parse_picture_reply("\x1b[?4c"), TerminalPictures::Sixel);
  EXPECT_EQ(parse_picture_reply("\x1b_Gi=31;OK\x1b\\\x1b[?62;4c"), TerminalPictures::Kitty);
  EXPECT_EQ(parse_picture_reply("\x1b_Gi=31;ENOENT:no such\x1b\\\x1b[?62c"), TerminalPictures::None);
  EXPECT_EQ(parse_picture_reply("\x1b[?62;4"), TerminalPictures::None);
}

TEST(TerminalPicture, WritesSixelsByteForByte) {
  Image picture(2, 7);  // a band of six rows and one of one
  const auto rgb = picture.rgb8();
  for (std::size_t i = 0; i < 7; ++i) rgb[6 * i + 3] = 255;  // the right column is red, the left one black
  EXPECT_EQ(sixel_picture(picture), "\x1bPq\"1;1;2;7#0;2;0;0;0#0~$#180;2;100;0;0#180?~-#0@$#180?@-\x1b\\\n");
}

TEST(TerminalPicture, RepeatsSixelsInsteadOfSpellingThemOut) {
  EXPECT_EQ(sixel_picture(Image(50, 6)), "\x1bPq\"1;1;50;6#0;2;0;0;0#0!50~-\x1b\\\n");
}

TEST(TerminalPicture, SendsAPngInChunksToKitty) {
  const std::string bytes = kitty_picture(test::synthetic_photo(120, 90, 1));
  EXPECT_THAT(bytes, testing::StartsWith("\x1b_Ga=T,f=100,m=1;iVBORw0KGgo"));
  EXPECT_THAT(bytes, testing::EndsWith("\x1b\\\n"));
  std::size_t chunks = 0, last = 0;
  for (std::size_t at = 0; (at = bytes.find("\x1b_G", at)) != std::string::npos; ++at) last = at, ++chunks;
  EXPECT_GT(chunks, 1u);
  EXPECT_EQ(bytes.substr(last, 7), "\x1b_Gm=0;");
}

TEST(TerminalPicture, FitsThePictureIntoTheSide) {
  EXPECT_EQ(terminal_picture(Image(100, 50), TerminalPictures::None, 40), "");
  EXPECT_THAT(terminal_picture(Image(100, 50), TerminalPictures::Sixel, 40),
              testing::StartsWith("\x1bPq\"1;1;40;20"));
  EXPECT_THAT(terminal_picture(Image(10, 5), TerminalPictures::Sixel, 40),
              testing::StartsWith("\x1bPq\"1;1;10;5"));
}

}  // namespace
}  // namespace atelier::cli
