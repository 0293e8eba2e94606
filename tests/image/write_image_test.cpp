#include "atelier/image/write_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "atelier/image/read_image.h"
#include "fixtures.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kMark =
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

std::string usage_error(const Image& image, const std::string& extension, const WriteOptions& options = {}) {
  try {
    encode_image(image, extension, options);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Usage);
    return error.id();
  }
}

Image photo_with_alpha(Depth depth) {
  Image image = synthetic_photo(37, 23, 1).to_depth(depth);
  image.add_alpha();
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    if (depth == Depth::U8) {
      image.alpha8()[i] = static_cast<std::uint8_t>(i * 7);
    } else {
      image.alpha16()[i] = static_cast<std::uint16_t>(i * 1777);
    }
  }
  return image;
}

TEST(WriteImage, LosslessFormatsReturnEverySampleAtEverySize) {
  for (int side = 1; side <= 67; ++side) {
    for (const Image& image :
         {synthetic_photo(side, 1 + side * 7 % 67, 1), synthetic_photo(1 + side * 5 % 67, side, 2)}) {
      for (const char* extension : {"png", "tif", "webp"}) {
        const Bytes bytes = encode_image(image, extension, {.lossless = true});
        ASSERT_EQ(read_image_bytes(bytes, extension), image)
            << extension << " " << image.width() << "x" << image.height();
      }
      const Image jpeg = read_image_bytes(encode_image(image, "jpg"), "jpg");
      ASSERT_EQ(jpeg.width(), image.width());
      ASSERT_EQ(jpeg.height(), image.height());
    }
  }
}

TEST(WriteImage, SixteenBitsAndAlphaAreExactInPngAndTiff) {
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    const Image image = photo_with_alpha(depth);
    for (const char* extension : {".png", ".tiff"}) {
      EXPECT_EQ(read_image_bytes(encode_image(image, extension), extension), image) << extension;
    }
  }
  // WebP drops what lies below full transparency.
  Image image = photo_with_alpha(Depth::U8);
  for (std::uint8_t& value : image.alpha8()) value = std::max<std::uint8_t>(value, 1);
  EXPECT_EQ(read_image_bytes(encode_image(image, ".webp", {.lossless = true}), "webp"), image);
}

TEST(WriteImage, LossyFormatsStayNear) {
  const Image photo = synthetic_photo(128, 96, 1);
  for (const char* extension : {".jpg", ".webp"}) {
    const Image read = read_image_bytes(encode_image(photo, extension), extension);
    double sum = 0;
    for (std::size_t i = 0; i < photo.rgb8().size(); ++i) sum += std::abs(photo.rgb8()[i] - read.rgb8()[i]);
    EXPECT_LT(sum / static_cast<double>(photo.rgb8().size()), 4.0) << extension;
  }
  EXPECT_LT(encode_image(photo, ".jpg", {.quality = 30}).size(),
            encode_image(photo, ".jpg", {.quality = 95}).size());
}

TEST(WriteImage, DepthCanBeChosen) {
  const Image photo = synthetic_photo(8, 8, 1);
  EXPECT_EQ(read_image_bytes(encode_image(photo, ".png", {.depth = Depth::U16}), "x"),
            photo.to_depth(Depth::U16));
  EXPECT_EQ(read_image_bytes(encode_image(photo.to_depth(Depth::U16), ".tif", {.depth = Depth::U8}), "x"),
            photo);
  EXPECT_EQ(read_image_bytes(encode_image(photo.to_depth(Depth::U16), ".webp", {.lossless = true}), "x"),
            photo);
  EXPECT_EQ(encode_image(photo.to_depth(Depth::U16), ".jpg"), encode_image(photo, ".jpg"));
}

TEST(WriteImage, TransparencyIsNeverLostInAJpeg) {
  EXPECT_EQ(usage_error(photo_with_alpha(Depth::U8), "jpg"), "image.alpha");
  Image opaque = synthetic_photo(8, 8, 1);
  opaque.add_alpha();
  EXPECT_FALSE(read_image_bytes(encode_image(opaque, "jpg"), "x").has_alpha());
}

TEST(WriteImage, FullyTransparentPicturePassesUnchanged) {
  Image image = synthetic_photo(16, 16, 1);
  image.add_alpha();
  std::fill(image.alpha8().begin(), image.alpha8().end(), 0);
  for (const char* extension : {".png", ".tif"}) {
    EXPECT_EQ(read_image_bytes(encode_image(image, extension), extension), image) << extension;
  }
  const Image webp = read_image_bytes(encode_image(image, ".webp", {.lossless = true}), "webp");
  EXPECT_TRUE(std::ranges::equal(webp.alpha8(), image.alpha8()));
}

TEST(WriteImage, RefusesWhatItCannotKeep) {
  const Image photo = synthetic_photo(8, 8, 1);
  EXPECT_EQ(usage_error(photo, ".gif"), "image.unsupported_output");
  EXPECT_EQ(usage_error(photo, ""), "image.unsupported_output");
  EXPECT_EQ(usage_error(photo, "jpg", {.quality = 0}), "image.option");
  EXPECT_EQ(usage_error(photo, "png", {.quality = 101}), "image.option");
  EXPECT_EQ(usage_error(photo, "jpg", {.lossless = true}), "image.option");
  EXPECT_EQ(usage_error(Image(16'384, 1), "webp"), "image.side");
  EXPECT_EQ(usage_error(Image(), "png"), "image.size");
}

TEST(WriteImage, SaysThatANetworkTookPart) {
  const Image photo = synthetic_photo(8, 8, 1);
  for (const char* extension : {".jpg", ".png", ".webp", ".tif"}) {
    EXPECT_TRUE(contains(encode_image(photo, extension), kMark)) << extension;
    EXPECT_FALSE(contains(encode_image(photo, extension, {.mark_ai = false}), "xmpmeta")) << extension;
  }
}

TEST(WriteImage, MarkedFilesAreReadByOtherPrograms) {
  const Bytes png = encode_image(synthetic_photo(8, 8, 1), ".png");
  VipsBlob* blob = vips_blob_copy(png.data(), png.size());
  const vips::VImage image = vips::VImage::pngload_buffer(blob);
  vips_area_unref(VIPS_AREA(blob));
  EXPECT_EQ(image.width(), 8);
  ASSERT_NE(image.get_typeof(VIPS_META_XMP_NAME), 0U);
  std::size_t size = 0;
  const auto* xmp = static_cast<const char*>(image.get_blob(VIPS_META_XMP_NAME, &size));
  EXPECT_THAT(std::string(xmp, size), HasSubstr(kMark));
}

TEST(WriteImage, SameImageGivesSameBytes) {
  const Image photo = synthetic_photo(200, 150, 1);
  for (const char* extension : {".jpg", ".png", ".webp", ".tif"}) {
    set_image_threads(1);
    const Bytes once = encode_image(photo, extension);
    set_image_threads(4);
    EXPECT_EQ(encode_image(photo, extension), once) << extension;
  }
}

TEST(WriteImage, WritesTheWholeFileOrNone) {
  const TempDir dir;
  const Image photo = synthetic_photo(8, 8, 1);
  write_image(dir / "a.PNG", photo);
  EXPECT_EQ(read_image(dir / "a.PNG"), photo);
  EXPECT_THROW(write_image(dir / "missing" / "a.png", photo), Error);
  try {
    write_image(dir / "b.bmp", photo);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("b.bmp: cannot write"));
  }
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(dir.path()), std::filesystem::directory_iterator()),
      1);
}

}  // namespace
}  // namespace atelier::test
