#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <random>
#include <thread>

#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "fixtures.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

// What must happen with broken and hostile files: a clear refusal, no crash, no wait, no wrong picture.
namespace atelier::test {
namespace {

using namespace std::string_literals;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using vips::VImage;

Bytes photo_as(const std::string& suffix) {
  return saved(as_vips(synthetic_photo(33, 25, 1)), suffix);
}

std::string error_of(const std::filesystem::path& path) {
  try {
    read_image(path);
  } catch (const Error& error) {
    return error.id() + " " + std::to_string(exit_status(error.code())) + " " + error.what();
  }
  return "read";
}

TEST(ReadImageFaults, EmptyFileIsRefused) {
  const TempDir dir;
  write_bytes(dir / "empty.jpg", {});
  EXPECT_THAT(error_of(dir / "empty.jpg"), HasSubstr("image.empty 65"));
  EXPECT_THAT(error_of(dir / "empty.jpg"), HasSubstr("empty.jpg"));
}

class TruncatedFile : public ::testing::TestWithParam<const char*> {};

TEST_P(TruncatedFile, IsRefusedAtEveryLengthOrHasAllItsPixels) {
  const Bytes whole = photo_as(GetParam());
  const Image expected = read_image_bytes(whole, "whole");
  int complete = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    try {
      ASSERT_EQ(read_image_bytes(prefix, "prefix"), expected)
          << "cut at " << length << " of " << whole.size();
      ++complete;
    } catch (const Error& error) {
      ASSERT_EQ(error.id(), length == 0 ? "image.empty" : "image.truncated")
          << length << ": " << error.what();
    }
  }
  // What may miss is an end mark, never picture data.
  EXPECT_LE(complete, 20);
}

INSTANTIATE_TEST_SUITE_P(Formats, TruncatedFile,
                         ::testing::Values(".jpg[Q=75]", ".jpg[Q=75,interlace]", ".png", ".png[interlace]",
                                           ".webp", ".webp[lossless]", ".gif"));

TEST(ReadImageFaults, AMissingTailIsNoticedEveryTime) {
  // libvips lost the error of the last rows in one of thirty reads, and only with several threads.
  set_image_threads(4);
  const Bytes whole = saved(as_vips(synthetic_photo(133, 125, 1)), ".jpg[Q=90]");
  for (int round = 0; round < 12; ++round) {
    for (std::ptrdiff_t missing = 4; missing < 30; ++missing) {
      ASSERT_EQ(error_id(Bytes(whole.begin(), whole.end() - missing)), "image.truncated") << missing;
    }
  }
}

// A grey TIFF whose directory comes before its pixels, as cameras write it.
Bytes directory_first_tiff() {
  std::string file = "II*\0\x08\0\0\0\x09\0"s;
  for (const auto& [tag, value] : std::vector<std::pair<int, int>>{
           {256, 4}, {257, 3}, {258, 8}, {259, 1}, {262, 1}, {273, 122}, {277, 1}, {278, 3}, {279, 12}}) {
    file += {static_cast<char>(tag & 0xFF),
             static_cast<char>(tag >> 8),
             3,
             0,
             1,
             0,
             0,
             0,
             static_cast<char>(value),
             0,
             0,
             0};
  }
  return to_bytes(file + "\0\0\0\0"s + "abcdefghijkl");
}

TEST(ReadImageFaults, TruncatedTiffIsRefusedOrHasAllItsPixels) {
  std::vector<Bytes> files = {directory_first_tiff()};
  for (const char* suffix : {".tif", ".tif[compression=deflate]", ".tif[compression=jpeg]", ".tif[tile]"}) {
    files.push_back(photo_as(suffix));
  }
  for (const Bytes& whole : files) {
    const Image expected = read_image_bytes(whole, "whole");
    for (std::size_t length = 1; length < whole.size(); ++length) {
      const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      try {
        ASSERT_EQ(read_image_bytes(prefix, "prefix"), expected)
            << "cut at " << length << " of " << whole.size();
      } catch (const Error& error) {
        ASSERT_EQ(error.id(), "image.truncated") << length << " of " << whole.size() << ": " << error.what();
      }
    }
  }
}

TEST(ReadImageFaults, FlippedBitsNeverCrash) {
  std::mt19937 random(20261);
  for (const char* suffix : {".jpg", ".jpg[interlace]", ".png", ".webp", ".webp[lossless]", ".tif",
                             ".tif[compression=deflate]", ".tif[compression=lzw,tile]", ".gif"}) {
    const Bytes good = photo_as(suffix);
    for (int round = 0; round < 100; ++round) {
      Bytes bad = good;
      for (int flips = 1 + round % 3; flips > 0; --flips) {
        // Half of them near the start, where the structure is.
        const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(bad.size(), 200) : bad.size();
        bad[random() % reach] ^= std::byte{1} << (random() % 8);
      }
      ReadOptions options;
      options.limits.max_pixels = 4'000'000;
      EXPECT_THAT(error_id(bad, options), AnyOf("", "image.truncated", "image.broken",
                                                "image.unsupported_format", "image.too_many_pixels"));
    }
  }
}

TEST(ReadImageFaults, HugeHeaderIsRefusedBeforeDecoding) {
  const Bytes bytes = png_file(100'000, 100'000, 8, 2, "");
  const long before = peak_memory();
  EXPECT_EQ(error_id(bytes), "image.too_many_pixels");
  EXPECT_LT(peak_memory() - before, 50L << 20);
}

TEST(ReadImageFaults, DecompressionBombIsRefusedBeforeDecoding) {
  set_image_threads(1);
  const Bytes bomb = png_file(14'000, 14'000, 1, 0, std::string(14'000 * (1 + 14'000 / 8), '\0'));
  ASSERT_LT(bomb.size(), 600'000U);
  const long before = peak_memory();
  EXPECT_EQ(error_id(bomb), "image.too_many_pixels");
  EXPECT_LT(peak_memory() - before, 50L << 20);
}

TEST(ReadImageFaults, LongSideIsRefused) {
  EXPECT_EQ(error_id(png_file(16'385, 1, 8, 0, "")), "image.too_many_pixels");
}

TEST(ReadImageFaults, LimitsCanBeSet) {
  const Bytes photo = photo_as(".png");
  ReadOptions options;
  options.limits.max_pixels = 33 * 25;
  EXPECT_EQ(error_id(photo, options), "");
  options.limits.max_pixels = 33 * 25 - 1;
  EXPECT_EQ(error_id(photo, options), "image.too_many_pixels");
  options = {};
  options.limits.max_bytes = photo.size() - 1;
  EXPECT_EQ(error_id(photo, options), "file.too_big");
}

TEST(ReadImageFaults, TextBombsBesideThePixelsAreIgnored) {
  const std::string bomb = deflated(std::string(7'000'000, 'a'));
  std::string chunks;
  for (int i = 0; i < 100; ++i) {
    chunks += png_chunk("zTXt", "Comment\0\0"s + bomb);
    chunks += png_chunk("iTXt", "XML:com.adobe.xmp\0\1\0\0\0"s + bomb);
  }
  const Bytes bytes = png_file(1, 1, 8, 2, {0, 9, 8, 7}, chunks);
  const long before = peak_memory();
  EXPECT_EQ(pixel(read_image_bytes(bytes, "bomb"), 0, 0), (std::array<int, 3>{9, 8, 7}));
  EXPECT_LT(peak_memory() - before, 50L << 20);
}

TEST(ReadImageFaults, ProfileBombIsIgnored) {
  const CapturedLog log;
  const std::string chunk = png_chunk("iCCP", "p\0\0"s + deflated(std::string(60'000'000, 'a')));
  const Bytes bytes = png_file(1, 1, 8, 2, {0, 9, 8, 7}, chunk);
  const long before = peak_memory();
  const Image image = read_image_bytes(bytes, "bomb");
  EXPECT_EQ(pixel(image, 0, 0), (std::array<int, 3>{9, 8, 7}));
  EXPECT_TRUE(image.icc_profile().empty());
  EXPECT_LT(peak_memory() - before, 50L << 20);
  EXPECT_LE(log.lines(), 1);
}

TEST(ReadImageFaults, OversizedExifAndXmpAreIgnored) {
  const std::string big = exif_block(6).substr(6) + std::string(300 << 10, '\0');
  const Bytes bytes = png_file(2, 1, 8, 0, {0, 5, 6}, png_chunk("eXIf", big));
  EXPECT_EQ(read_image_bytes(bytes, "exif").width(), 2);
  VImage webp = flat(6, 3, {10, 20, 30}).copy();
  const std::string xmp(1 << 20, 'x');
  vips_image_set_blob_copy(webp.get_image(), VIPS_META_XMP_NAME, xmp.data(), xmp.size());
  EXPECT_EQ(read_image_bytes(saved(webp, ".webp"), "xmp").width(), 6);
}

TEST(ReadImageFaults, GpsPositionNeverReachesTheOutput) {
  const Bytes jpeg = saved(as_vips(synthetic_photo(32, 16, 1)), ".jpg[strip]");
  const std::string gps = "\x25\x88\x04\0"s;
  const std::string position = "\x2F\xDD\x24\0"s;
  const Bytes source = with_jpeg_segment(jpeg, 0xE1, exif_block(1, true));
  ASSERT_TRUE(contains(source, gps) && contains(source, position));
  const Image image = read_image_bytes(source, "gps");
  for (const char* extension : {".jpg", ".png", ".webp", ".tif"}) {
    const Bytes written = encode_image(image, extension);
    EXPECT_FALSE(contains(written, gps)) << extension;
    EXPECT_FALSE(contains(written, position)) << extension;
  }
}

TEST(ReadImageFaults, NoOtherMetadataReachesTheOutput) {
  VImage tagged = as_vips(synthetic_photo(32, 16, 1)).copy();
  const std::string secret = "my secret garden";
  tagged.set("exif-ifd0-ImageDescription",
             (secret + " (" + secret + ", ASCII, 17 components, 17 bytes)").c_str());
  vips_image_set_blob_copy(tagged.get_image(), VIPS_META_XMP_NAME, secret.data(), secret.size());
  vips_image_set_blob_copy(tagged.get_image(), VIPS_META_IPTC_NAME, secret.data(), secret.size());
  std::vector<Bytes> sources = {png_file(
      1, 1, 8, 0, {0, 5}, png_chunk("tEXt", "Comment\0"s + secret) + png_chunk("eXIf", "II*\0"s + secret))};
  for (const char* suffix : {".jpg", ".webp", ".tif"}) sources.push_back(saved(tagged, suffix));
  for (const Bytes& source : sources) {
    ASSERT_TRUE(contains(source, secret));
    const Image image = read_image_bytes(source, "tagged");
    for (const char* extension : {".jpg", ".png", ".webp", ".tif"}) {
      EXPECT_FALSE(contains(encode_image(image, extension), secret)) << extension;
    }
  }
}

TEST(ReadImageFaults, BrokenAnimationsAreRefused) {
  const std::string screen = "GIF89a\x04\0\x04\0\0\0\0"s;
  EXPECT_THAT(error_id(to_bytes(screen + ";")), AnyOf("image.broken", "image.truncated"));
  EXPECT_EQ(error_id(to_bytes(screen)), "image.truncated");
  // One frame of 1x1 on a canvas of 65,535 x 65,535.
  const std::string frame = ",\0\0\0\0\x01\0\x01\0\x80\0\0\0\xFF\xFF\xFF\x02\x02\x44\x01\0;"s;
  EXPECT_THAT(error_id(to_bytes("GIF89a\xFF\xFF\xFF\xFF\0\0\0"s + frame)),
              AnyOf("", "image.too_many_pixels"));
  // A frame that lies outside its canvas.
  const std::string outside = ",\x64\0\x64\0\x01\0\x01\0\x80\0\0\0\xFF\xFF\xFF\x02\x02\x44\x01\0;"s;
  EXPECT_THAT(error_id(to_bytes(screen + outside)), AnyOf("", "image.broken", "image.truncated"));
}

TEST(ReadImageFaults, OtherFormatsAreRefusedWhateverTheirName) {
  const TempDir dir;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"PDF", "%PDF-1.4\n1 0 obj <<>> endobj"},
      {"SVG",
       "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" "
       "height=\"9\"/></svg>"},
      {"HTML", "<!DOCTYPE html><script>alert(1)</script>"},
      {"XML", "<?xml version=\"1.0\"?><svg/>"},
      {"Photoshop", "8BPS\0\1"s},
      {"BMP", "BM\x36\0\0\0"s},
      {"HEIC",
       "\0\0\0\x18"
       "ftypheic\0\0\0\0"s},
      {"AVIF",
       "\0\0\0\x1C"
       "ftypavif\0\0\0\0"s},
      {"JPEG XL", "\xFF\x0A\x01\x02"s},
      {"PostScript", "%!PS-Adobe-3.0 EPSF-3.0"},
      {"ZIP", "PK\x03\x04\x14\0"s},
      {"JPEG", "push graphic-context\nviewbox 0 0 9 9"},
      {"JPEG", "<image>"},
      {"JPEG", "P6\n9 9\n255\n"},
      {"JPEG", "#?RADIANCE\n"},
      {"JPEG", "\x08\xF2\xA6\xB6\0\0\0\0"s},
      {"JPEG", "SIMPLE  =                    T"},
  };
  for (const auto& [name, content] : files) {
    write_bytes(dir / "picture.jpg", to_bytes(content));
    const std::string error = error_of(dir / "picture.jpg");
    EXPECT_THAT(error, HasSubstr("image.unsupported_format 65")) << content;
    EXPECT_THAT(error, HasSubstr("JPEG, PNG, WebP, TIFF or GIF")) << content;
    EXPECT_THAT(error, HasSubstr(name));
  }
}

TEST(ReadImageFaults, PolyglotsAreOnlyEverThePictureTheyStartAs) {
  const Image photo = synthetic_photo(33, 25, 1);
  const std::string payload = "PK\x03\x04<?php system('id'); ?><script>alert(1)</script>";
  for (const char* suffix : {".png", ".webp[lossless]", ".tif"}) {
    Bytes bytes = saved(as_vips(photo), suffix);
    const Bytes tail = to_bytes(payload);
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    const Image image = read_image_bytes(bytes, suffix);
    EXPECT_EQ(image, photo) << suffix;
    EXPECT_FALSE(contains(encode_image(image, ".png"), "<?php"));
  }
  const Bytes jpeg = with_jpeg_segment(photo_as(".jpg"), 0xFE, payload);
  EXPECT_FALSE(contains(encode_image(read_image_bytes(jpeg, "php"), ".jpg"), "<?php"));
}

TEST(ReadImageFaults, OtherLoadersOfTheLibraryAreBlocked) {
  set_image_threads(1);
  const TempDir dir;
  for (const auto& [name, content] : std::vector<std::pair<std::string, std::string>>{
           {"a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>"},
           {"a.ppm", "P3\n1 1\n255\n1 2 3\n"},
           {"a.csv", "1 2 3\n"}}) {
    write_bytes(dir / name, to_bytes(content));
    EXPECT_THROW(VImage::new_from_file((dir / name).c_str()), vips::VError) << name;
  }
}

TEST(ReadImageFaults, ThousandsOfScansAreRefused) {
  const Bytes jpeg = photo_as(".jpg[interlace]");
  // Repeat the last scan: from its marker to before the end mark.
  std::size_t start = 0;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == std::byte{0xFF} && jpeg[i + 1] == std::byte{0xDA}) start = i;
  }
  Bytes many(jpeg.begin(), jpeg.end() - 2);
  for (int i = 0; i < 10'000; ++i)
    many.insert(many.end(), jpeg.begin() + static_cast<std::ptrdiff_t>(start), jpeg.end() - 2);
  many.insert(many.end(), jpeg.end() - 2, jpeg.end());
  EXPECT_EQ(error_id(many), "image.too_slow");
  EXPECT_EQ(error_id(jpeg), "");
}

TEST(ReadImageFaults, FloatingPointSamplesAreRefusedNanOrNot) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {0.5, nan, infinity}) {
    const VImage image = flat(4, 4, {value, value, value}, VIPS_INTERPRETATION_scRGB, VIPS_FORMAT_FLOAT);
    EXPECT_EQ(error_id(saved(image, ".tif")), "image.unsupported_format");
  }
  EXPECT_EQ(error_id(saved(flat(4, 4, {7}, VIPS_INTERPRETATION_B_W, VIPS_FORMAT_UINT), ".tif")),
            "image.unsupported_format");
}

TEST(ReadImageFaults, ManyChannelsAreRefused) {
  const VImage image = flat(4, 4, {1, 2, 3, 4, 5, 6, 7}, VIPS_INTERPRETATION_MULTIBAND);
  EXPECT_EQ(error_id(saved(image, ".tif")), "image.unsupported_format");
}

TEST(ReadImageFaults, WhatIsNoFileIsRefusedAtOnce) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "fifo.jpg").c_str(), 0600), 0);
  std::filesystem::create_directory(dir / "folder.jpg");
  std::filesystem::create_symlink(dir / "loop.jpg", dir / "loop.jpg");
  for (const std::filesystem::path& path :
       {dir / "fifo.jpg", dir / "folder.jpg", dir / "loop.jpg", dir / "missing.jpg",
        std::filesystem::path("/dev/zero"), std::filesystem::path("/dev/null")}) {
    const std::string error = error_of(path);
    EXPECT_THAT(error, HasSubstr(" 66 ")) << path;
    EXPECT_THAT(error, HasSubstr(path.filename().string()));
  }
}

TEST(ReadImageFaults, AFileCutShortWhileItIsReadIsWholeOrRefused) {
  const TempDir dir;
  const Image photo = synthetic_photo(200, 200, 1);
  const Bytes bytes = saved(as_vips(photo), ".png");
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      write_bytes(dir / "a.png", bytes);
      std::filesystem::resize_file(dir / "a.png", bytes.size() / 2);
    }
  });
  int whole = 0;
  for (int i = 0; i < 200; ++i) {
    try {
      EXPECT_EQ(read_image(dir / "a.png"), photo);
      ++whole;
    } catch (const Error& error) {
      EXPECT_THAT(error.id(), AnyOf("image.truncated", "image.empty", "file.open"));
    }
  }
  stop = true;
  writer.join();
  RecordProperty("whole", whole);
}

TEST(ReadImageFaults, MessagesCannotForgeLogLines) {
  try {
    read_image_bytes(to_bytes("nothing"), "a\nb\x1B[31m");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find_first_of("\n\x1B"), std::string::npos);
  }
}

TEST(ReadImageFaults, AGoodFileReadsAfterABadOne) {
  const Bytes good = photo_as(".jpg");
  const Image expected = read_image_bytes(good, "good");
  const Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(error_id(bad), "image.truncated");
    EXPECT_EQ(read_image_bytes(good, "good"), expected);
  }
}

TEST(ReadImage, ThreadsReadSideBySide) {
  const Bytes good = photo_as(".png");
  const Image expected = read_image_bytes(good, "good");
  const Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        if (read_image_bytes(good, "good") != expected) ++wrong;
        if (error_id(bad) != "image.truncated") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace atelier::test
