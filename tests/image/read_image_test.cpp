#include "atelier/image/read_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "atelier/image/write_image.h"
#include "fixtures.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using vips::VImage;

using Pixel = std::array<int, 3>;

std::string repeated_rows(const std::string& row, int height) {
  std::string rows;
  for (int y = 0; y < height; ++y) rows += '\0' + row;
  return rows;
}

TEST(ReadImage, ReadsEveryFormatItPromises) {
  const Image photo = synthetic_photo(61, 47, 1);
  for (const char* suffix :
       {".png", ".tif", ".tif[compression=lzw]", ".tif[tile,pyramid]", ".webp[lossless]"}) {
    const Image read = read_image_bytes(saved(as_vips(photo), suffix), suffix);
    EXPECT_EQ(read, photo) << suffix;
  }
  for (const char* suffix : {".jpg[Q=95]", ".jpg[Q=95,interlace]", ".webp[Q=95]", ".gif"}) {
    const Image read = read_image_bytes(saved(as_vips(photo), suffix), suffix);
    ASSERT_EQ(read.width(), 61) << suffix;
    ASSERT_EQ(read.height(), 47) << suffix;
    double sum = 0;
    for (std::size_t i = 0; i < photo.rgb8().size(); ++i) sum += std::abs(photo.rgb8()[i] - read.rgb8()[i]);
    EXPECT_LT(sum / static_cast<double>(photo.rgb8().size()), 10.0) << suffix;
  }
}

TEST(ReadImage, ReadsAFileByItsContentWhateverItsName) {
  const TempDir dir;
  const Image photo = synthetic_photo(9, 7, 1);
  write_bytes(dir / "really-a-png.jpg", saved(as_vips(photo), ".png"));
  EXPECT_EQ(read_image(dir / "really-a-png.jpg"), photo);
}

TEST(ReadImage, LogsNothingForAGoodFile) {
  const CapturedLog log;
  read_image_bytes(saved(as_vips(synthetic_photo(9, 7, 1)), ".jpg"), "x");
  EXPECT_EQ(log.text(), "");
}

TEST(ReadImage, GreyBecomesThreeEqualChannelsWithTheSameValues) {
  std::string row;
  for (int x = 0; x < 256; ++x) row += static_cast<char>(x);
  const Image image = read_image_bytes(png_file(256, 1, 8, 0, repeated_rows(row, 1)), "grey");
  for (int x = 0; x < 256; ++x) EXPECT_EQ(pixel(image, x, 0), (Pixel{x, x, x}));
}

TEST(ReadImage, GreyJpegKeepsItsLevels) {
  const Bytes jpeg = saved(flat(16, 16, {77}, VIPS_INTERPRETATION_B_W), ".jpg[Q=100]");
  EXPECT_EQ(pixel(read_image_bytes(jpeg, "grey"), 5, 5), (Pixel{77, 77, 77}));
}

TEST(ReadImage, GreyWithAlphaKeepsBoth) {
  const Image image = read_image_bytes(png_file(2, 1, 8, 4, repeated_rows({10, 20, 30, 40}, 1)), "la");
  EXPECT_EQ(pixel(image, 1, 0), (Pixel{30, 30, 30}));
  EXPECT_THAT(image.alpha8(), ElementsAre(20, 40));
}

TEST(ReadImage, GreyOfOneTwoAndFourBitsSpansTheWholeRange) {
  const Image one = read_image_bytes(png_file(2, 1, 1, 0, repeated_rows({'\x40'}, 1)), "1 bit");
  EXPECT_EQ(pixel(one, 0, 0), (Pixel{0, 0, 0}));
  EXPECT_EQ(pixel(one, 1, 0), (Pixel{255, 255, 255}));
  const Image two = read_image_bytes(png_file(4, 1, 2, 0, repeated_rows({'\x1B'}, 1)), "2 bits");
  for (int x = 0; x < 4; ++x) EXPECT_EQ(pixel(two, x, 0)[0], 85 * x);
  const Image four = read_image_bytes(png_file(2, 1, 4, 0, repeated_rows({'\x5F'}, 1)), "4 bits");
  EXPECT_EQ(pixel(four, 0, 0)[0], 5 * 17);
  EXPECT_EQ(pixel(four, 1, 0)[0], 255);
}

TEST(ReadImage, PaletteBecomesItsColoursAndTransparency) {
  const std::string palette = png_chunk("PLTE", {10, 20, 30, 40, 50, 60}) + png_chunk("tRNS", {99});
  const Image image = read_image_bytes(png_file(2, 1, 8, 3, repeated_rows({1, 0}, 1), palette), "palette");
  EXPECT_EQ(pixel(image, 0, 0), (Pixel{40, 50, 60}));
  EXPECT_EQ(pixel(image, 1, 0), (Pixel{10, 20, 30}));
  EXPECT_THAT(image.alpha8(), ElementsAre(255, 99));
}

TEST(ReadImage, OneBitTiffIsBlackAndWhiteInBothPolarities) {
  const VImage grey =
      flat(8, 8, {255}, VIPS_INTERPRETATION_B_W).insert(flat(4, 8, {0}, VIPS_INTERPRETATION_B_W), 0, 0);
  for (const char* suffix : {".tif[bitdepth=1]", ".tif[bitdepth=1,miniswhite]"}) {
    const Image image = read_image_bytes(saved(grey, suffix), suffix);
    EXPECT_EQ(pixel(image, 1, 1), (Pixel{0, 0, 0})) << suffix;
    EXPECT_EQ(pixel(image, 6, 1), (Pixel{255, 255, 255})) << suffix;
  }
}

TEST(ReadImage, SixteenBitSamplesStayExact) {
  Image image(64, 32, Depth::U16);
  for (std::size_t i = 0; i < image.rgb16().size(); ++i)
    image.rgb16()[i] = static_cast<std::uint16_t>(i * 40503U);
  for (const char* suffix : {".png", ".tif", ".tif[compression=deflate]"}) {
    EXPECT_EQ(read_image_bytes(saved(as_vips(image), suffix), suffix), image) << suffix;
  }
}

TEST(ReadImage, SixteenBitGreyStaysExact) {
  const Image image =
      read_image_bytes(png_file(2, 1, 16, 0, repeated_rows({'\x12', '\x34', '\xFE', '\xDC'}, 1)), "grey16");
  EXPECT_EQ(image.depth(), Depth::U16);
  EXPECT_EQ(pixel(image, 0, 0), (Pixel{0x1234, 0x1234, 0x1234}));
  EXPECT_EQ(pixel(image, 1, 0), (Pixel{0xFEDC, 0xFEDC, 0xFEDC}));
}

TEST(ReadImage, AlphaStaysExactAndColourBelowTransparencySurvives) {
  const VImage rgba = flat(4, 4, {200, 100, 50, 0}).insert(flat(2, 2, {1, 2, 3, 128}), 0, 0);
  for (const char* suffix : {".png", ".tif"}) {
    const Image image = read_image_bytes(saved(rgba, suffix), suffix);
    ASSERT_TRUE(image.has_alpha()) << suffix;
    EXPECT_EQ(pixel(image, 0, 0), (Pixel{1, 2, 3})) << suffix;
    EXPECT_EQ(pixel(image, 3, 3), (Pixel{200, 100, 50})) << suffix;
    EXPECT_EQ(image.alpha8()[0], 128) << suffix;
    EXPECT_EQ(image.alpha8()[15], 0) << suffix;
  }
}

TEST(ReadImage, PremultipliedTiffBecomesStraight) {
  const Image image =
      read_image_bytes(saved(flat(4, 4, {200, 100, 50, 128}), ".tif[premultiply]"), "premultiplied");
  const Pixel colour = pixel(image, 1, 1);
  EXPECT_NEAR(colour[0], 200, 2);
  EXPECT_NEAR(colour[1], 100, 2);
  EXPECT_NEAR(colour[2], 50, 2);
  EXPECT_EQ(image.alpha8()[5], 128);
}

enum class Adobe { None, Cmyk, Ycck };

// libvips always writes the Adobe marker and never YCCK, so this goes through libjpeg itself.
Bytes cmyk_jpeg(Adobe kind) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &data, &size);
  encoder.image_width = encoder.image_height = 16;
  encoder.input_components = 4;
  encoder.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&encoder);
  jpeg_set_colorspace(&encoder, kind == Adobe::Ycck ? JCS_YCCK : JCS_CMYK);
  encoder.write_Adobe_marker = kind == Adobe::None ? FALSE : TRUE;
  jpeg_set_quality(&encoder, 100, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  // Red ink: no cyan, all magenta and yellow, no black. Adobe stores ink inverted.
  std::vector<JSAMPLE> line;
  for (int x = 0; x < 16; ++x) {
    for (const int ink : {0, 255, 255, 0})
      line.push_back(static_cast<JSAMPLE>(kind == Adobe::None ? ink : 255 - ink));
  }
  JSAMPROW row = line.data();
  while (encoder.next_scanline < encoder.image_height) jpeg_write_scanlines(&encoder, &row, 1);
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const auto* first = reinterpret_cast<const std::byte*>(data);
  Bytes bytes(first, first + size);
  std::free(data);
  return bytes;
}

TEST(ReadImage, CmykJpegIsNotInverted) {
  for (const Adobe kind : {Adobe::None, Adobe::Cmyk, Adobe::Ycck}) {
    const Image image = read_image_bytes(cmyk_jpeg(kind), "cmyk");
    const Pixel colour = pixel(image, 8, 8);
    EXPECT_GT(colour[0], 180) << static_cast<int>(kind);
    EXPECT_LT(colour[1], 90) << static_cast<int>(kind);
    EXPECT_LT(colour[2], 90) << static_cast<int>(kind);
    EXPECT_TRUE(image.icc_profile().empty());
  }
}

TEST(ReadImage, CmykTiffOfEightAndSixteenBitsIsConverted) {
  const VImage paper = flat(4, 4, {0, 0, 0, 0}, VIPS_INTERPRETATION_CMYK);
  EXPECT_GT(pixel(read_image_bytes(saved(paper, ".tif"), "paper"), 0, 0)[1], 245);
  const VImage ink = flat(4, 4, {0, 65535, 65535, 0}, VIPS_INTERPRETATION_CMYK, VIPS_FORMAT_USHORT);
  const Image red = read_image_bytes(saved(ink, ".tif"), "ink");
  EXPECT_EQ(red.depth(), Depth::U16);
  EXPECT_GT(pixel(red, 0, 0)[0], 180 * 257);
  EXPECT_LT(pixel(red, 0, 0)[1], 90 * 257);
}

TEST(ReadImage, LabTiffIsConverted) {
  const VImage lab = flat(4, 4, {50, 0, 0}, VIPS_INTERPRETATION_LAB, VIPS_FORMAT_FLOAT);
  const Pixel grey = pixel(read_image_bytes(saved(lab, ".tif"), "lab"), 0, 0);
  for (const int channel : grey) EXPECT_NEAR(channel, 119, 2);
}

// Where the mark of the top left corner of the stored picture must show up, for each orientation.
struct Turned {
  int orientation;
  int width, height, x, y;
};

TEST(ReadImage, AppliesEveryExifOrientation) {
  const VImage marked = flat(32, 16, {0, 0, 255}).insert(flat(8, 8, {255, 0, 0}), 0, 0);
  const Bytes jpeg = saved(marked, ".jpg[Q=95,strip]");
  for (const Turned& turned : std::vector<Turned>{{1, 32, 16, 2, 2},
                                                  {2, 32, 16, 29, 2},
                                                  {3, 32, 16, 29, 13},
                                                  {4, 32, 16, 2, 13},
                                                  {5, 16, 32, 2, 2},
                                                  {6, 16, 32, 13, 2},
                                                  {7, 16, 32, 13, 29},
                                                  {8, 16, 32, 2, 29}}) {
    const Image image =
        read_image_bytes(with_jpeg_segment(jpeg, 0xE1, exif_block(turned.orientation)), "turned");
    ASSERT_EQ(image.width(), turned.width) << turned.orientation;
    ASSERT_EQ(image.height(), turned.height) << turned.orientation;
    EXPECT_GT(pixel(image, turned.x, turned.y)[0], 200) << turned.orientation;
    EXPECT_LT(pixel(image, turned.width / 2, turned.height / 2)[0], 60) << turned.orientation;
  }
}

TEST(ReadImage, BadExifOrientationsCountAsUpright) {
  const Image photo = synthetic_photo(32, 16, 1);
  const Bytes jpeg = saved(as_vips(photo), ".jpg[strip]");
  const Image upright = read_image_bytes(jpeg, "upright");
  for (const int orientation : {0, 9, 255, 65535}) {
    EXPECT_EQ(read_image_bytes(with_jpeg_segment(jpeg, 0xE1, exif_block(orientation)), "bad"), upright)
        << orientation;
  }
}

TEST(ReadImage, AnExifBlockThatLoopsCountsAsUpright) {
  const Bytes jpeg = saved(as_vips(synthetic_photo(32, 16, 1)), ".jpg[strip]");
  std::string looping = exif_block(1);
  // The next directory is this one.
  looping.replace(looping.size() - 4, 4, std::string("\x08\0\0\0", 4));
  EXPECT_EQ(read_image_bytes(with_jpeg_segment(jpeg, 0xE1, looping), "loop"),
            read_image_bytes(jpeg, "plain"));
}

TEST(ReadImage, AppliesTheOrientationOfPngAndTiff) {
  const VImage marked = flat(32, 16, {0, 0, 255}).insert(flat(8, 8, {255, 0, 0}), 0, 0);
  const std::string exif = exif_block(6).substr(6);
  std::string rows;
  for (int y = 0; y < 2; ++y) rows += std::string(1, '\0') + std::string(4 * 3, '\x40');
  const Image png = read_image_bytes(png_file(4, 2, 8, 2, rows, png_chunk("eXIf", exif)), "png");
  EXPECT_EQ(png.width(), 2);
  EXPECT_EQ(png.height(), 4);
  VImage turned = marked.copy();
  turned.set("orientation", 6);
  const Image tiff = read_image_bytes(saved(turned, ".tif"), "tiff");
  EXPECT_EQ(tiff.width(), 16);
  EXPECT_GT(pixel(tiff, 13, 2)[0], 200);
}

TEST(ReadImage, ReadsTheFirstFrameOfAnAnimation) {
  VImage frames = flat(8, 8, {255, 0, 0}).join(flat(8, 8, {0, 0, 255}), VIPS_DIRECTION_VERTICAL);
  frames.set("page-height", 8);
  for (const char* suffix : {".gif", ".webp[lossless]"}) {
    const Image image = read_image_bytes(saved(frames, suffix), suffix);
    EXPECT_EQ(image.height(), 8) << suffix;
    EXPECT_EQ(pixel(image, 4, 4), (Pixel{255, 0, 0})) << suffix;
  }
}

TEST(ReadImage, ReadsTheStillPictureOfAnAnimatedPng) {
  const std::string control = png_chunk("acTL", {0, 0, 0, 2, 0, 0, 0, 0});
  const Bytes bytes = png_file(1, 1, 8, 2, {0, 9, 8, 7}, control);
  EXPECT_EQ(pixel(read_image_bytes(bytes, "apng"), 0, 0), (Pixel{9, 8, 7}));
}

TEST(ReadImage, ShrinksToTheAskedShortSideInEveryFormat) {
  const Image photo = synthetic_photo(640, 480, 2);
  for (const char* suffix : {".jpg[Q=95]", ".png", ".webp", ".tif"}) {
    const Bytes bytes = saved(as_vips(photo), suffix);
    for (const int side : {1, 60, 100, 239, 479, 480}) {
      const Image small = read_image_bytes(bytes, suffix, {.shrink_to_short_side = side});
      EXPECT_EQ(small.height(), side) << suffix;
      EXPECT_EQ(small.width(), static_cast<int>(std::lround(side * 640.0 / 480.0))) << suffix;
    }
  }
}

TEST(ReadImage, NeverEnlarges) {
  const Image photo = synthetic_photo(30, 20, 2);
  EXPECT_EQ(read_image_bytes(saved(as_vips(photo), ".png"), "x", {.shrink_to_short_side = 21}), photo);
}

TEST(ReadImage, ShrinkingWhileDecodingLooksLikeShrinkingAfterwards) {
  const Bytes jpeg = saved(as_vips(synthetic_photo(1024, 768, 5)), ".jpg[Q=98]");
  const Image fast = read_image_bytes(jpeg, "fast", {.shrink_to_short_side = 96});
  const Bytes png = saved(as_vips(read_image_bytes(jpeg, "whole")), ".png");
  const Image slow = read_image_bytes(png, "slow", {.shrink_to_short_side = 96});
  double sum = 0;
  for (std::size_t i = 0; i < slow.rgb8().size(); ++i) sum += std::abs(slow.rgb8()[i] - fast.rgb8()[i]);
  EXPECT_LT(sum / static_cast<double>(slow.rgb8().size()), 2.0);
}

TEST(ReadImage, ShrinksATurnedPhotoByItsTurnedShortSide) {
  const Bytes jpeg = saved(as_vips(synthetic_photo(400, 200, 1)), ".jpg[strip]");
  const Image image =
      read_image_bytes(with_jpeg_segment(jpeg, 0xE1, exif_block(6)), "turned", {.shrink_to_short_side = 50});
  EXPECT_EQ(image.width(), 50);
  EXPECT_EQ(image.height(), 100);
}

TEST(ProbeImage, SaysWhatReadingWouldGive) {
  const TempDir dir;
  const Bytes jpeg = saved(as_vips(synthetic_photo(40, 20, 1)), ".jpg[strip]");
  write_bytes(dir / "a.jpg", with_jpeg_segment(jpeg, 0xE1, exif_block(6)));
  const ImageInfo turned = probe_image(dir / "a.jpg");
  EXPECT_EQ(turned.width, 20);
  EXPECT_EQ(turned.height, 40);
  EXPECT_EQ(turned.format, "JPEG");
  EXPECT_FALSE(turned.has_alpha);
  Image wide(5, 4, Depth::U16);
  wide.add_alpha();
  write_image(dir / "b.png", wide);
  const ImageInfo png = probe_image(dir / "b.png");
  EXPECT_EQ(png.depth, Depth::U16);
  EXPECT_TRUE(png.has_alpha);
  EXPECT_FALSE(png.has_profile);
  EXPECT_EQ(png.format, "PNG");
}

TEST(IsImagePath, GoesByTheExtensionInAnyCase) {
  for (const char* name : {"a.jpg", "b/c.JPEG", "d.Png", "e.webp", "f.tif", "g.TIFF", "h.gif"}) {
    EXPECT_TRUE(is_image_path(name)) << name;
  }
  for (const char* name : {"a.svg", "jpg", ".jpg", "b.jpg.txt", "c.pdf", ""})
    EXPECT_FALSE(is_image_path(name)) << name;
}

}  // namespace
}  // namespace atelier::test
