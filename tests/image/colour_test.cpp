#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "fixtures.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

using ::testing::HasSubstr;
using vips::VImage;
using Pixel = std::array<int, 3>;

std::string built_in_profile(const char* name) {
  set_image_threads(2);
  VipsBlob* blob = nullptr;
  EXPECT_EQ(vips_profile_load(name, &blob, nullptr), 0);
  std::size_t size = 0;
  const auto* data = static_cast<const char*>(vips_blob_get(blob, &size));
  const std::string profile(data, size);
  vips_area_unref(VIPS_AREA(blob));
  return profile;
}

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

// Adobe RGB (1998) as an ICC version 2 matrix profile: its primaries adapted to D50 and gamma 563/256.
std::string adobe_rgb_profile() {
  using namespace std::string_literals;
  const auto xyz = [](double x, double y, double z) {
    std::string tag = "XYZ \0\0\0\0"s;
    for (const double v : {x, y, z}) tag += big_endian(static_cast<std::uint32_t>(std::lround(v * 65536)));
    return tag;
  };
  std::string description =
      "desc\0\0\0\0\0\0\0\x0A"
      "Adobe RGB\0"s +
      std::string(78, '\0');
  const std::string curve = "curv\0\0\0\0\0\0\0\x01\x02\x33\0\0"s;
  const std::vector<std::pair<std::string, std::string>> tags = {
      {"desc", description + std::string((4 - description.size() % 4) % 4, '\0')},
      {"cprt", "text\0\0\0\0none\0\0\0\0"s},
      {"wtpt", xyz(0.9642, 1.0, 0.8249)},
      {"rXYZ", xyz(0.60974, 0.31111, 0.01947)},
      {"gXYZ", xyz(0.20528, 0.62567, 0.06087)},
      {"bXYZ", xyz(0.14919, 0.06322, 0.74457)},
      {"rTRC", curve},
      {"gTRC", curve},
      {"bTRC", curve}};
  std::string table = big_endian(static_cast<std::uint32_t>(tags.size()));
  std::string data;
  const std::size_t data_at = 128 + 4 + 12 * tags.size();
  for (const auto& [name, content] : tags) {
    table += name + big_endian(static_cast<std::uint32_t>(data_at + data.size())) +
             big_endian(static_cast<std::uint32_t>(content.size()));
    data += content;
  }
  std::string header = big_endian(static_cast<std::uint32_t>(data_at + data.size())) +
                       "\0\0\0\0\x02\x10\0\0mntrRGB XYZ "s + std::string(12, '\0') + "acsp"s +
                       std::string(28, '\0') + "\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D"s;
  header.resize(128, '\0');
  return header + table + data;
}

VImage with_profile(const VImage& image, const std::string& profile) {
  VImage result = image.copy();
  vips_image_set_blob_copy(result.get_image(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return result;
}

std::string profile_of(const Image& image) {
  return {image.icc_profile().begin(), image.icc_profile().end()};
}

// The first pixel of a PNG file as it stands there, whatever its profile.
std::vector<double> stored_samples(const Bytes& png) {
  VipsBlob* blob = vips_blob_copy(png.data(), png.size());
  const std::vector<double> samples = VImage::pngload_buffer(blob).getpoint(0, 0);
  vips_area_unref(VIPS_AREA(blob));
  return samples;
}

TEST(ColourProfile, DisplayP3BecomesSrgb) {
  const VImage p3 = with_profile(flat(4, 4, {200, 100, 100}), built_in_profile("p3"));
  const Pixel colour = pixel(read_image_bytes(saved(p3, ".png"), "p3"), 1, 1);
  // The same numbers mean a redder red in Display P3.
  EXPECT_NEAR(colour[0], 215, 1);
  EXPECT_NEAR(colour[1], 93, 1);
  EXPECT_NEAR(colour[2], 97, 1);
}

TEST(ColourProfile, GreysStayGreys) {
  for (const std::string& profile : {built_in_profile("p3"), adobe_rgb_profile()}) {
    for (const int level : {0, 255}) {
      const VImage grey = with_profile(flat(4, 4, {double(level), double(level), double(level)}), profile);
      const Pixel colour = pixel(read_image_bytes(saved(grey, ".png"), "grey"), 1, 1);
      for (const int channel : colour) EXPECT_NEAR(channel, level, 1);
      Image plain(1, 1);
      std::fill(plain.rgb8().begin(), plain.rgb8().end(), static_cast<std::uint8_t>(level));
      plain.set_icc_profile({profile.begin(), profile.end()});
      for (const double sample : stored_samples(encode_image(plain, ".png"))) EXPECT_NEAR(sample, level, 1);
    }
  }
}

// Colours inside sRGB, whose trip to sRGB and back loses nothing but rounding.
TEST(ColourProfile, WideGamutFilesReturnToTheirProfile) {
  const Image muted = [] {
    Image image = synthetic_photo(64, 48, 1);
    for (std::uint8_t& value : image.rgb8()) value = static_cast<std::uint8_t>(80 + value / 4);
    return image;
  }();
  for (const std::string& profile : {built_in_profile("p3"), adobe_rgb_profile()}) {
    const Bytes source = saved(with_profile(as_vips(muted), profile), ".png");
    const Image image = read_image_bytes(source, "wide");
    EXPECT_EQ(profile_of(image), profile);
    EXPECT_GT(largest_difference(image, muted), 3) << "the samples were not converted";
    for (const char* extension : {".png", ".tif", ".webp", ".jpg"}) {
      const Bytes written =
          encode_image(image, extension, {.quality = 100, .lossless = extension != std::string(".jpg")});
      const Image again = read_image_bytes(written, extension);
      EXPECT_EQ(profile_of(again), profile) << extension;
      EXPECT_LE(largest_difference(again, image), extension == std::string(".jpg") ? 12 : 3) << extension;
    }
  }
}

TEST(ColourProfile, StoredSamplesOfAWideGamutFileAreThoseOfItsSource) {
  const VImage p3 = with_profile(flat(4, 4, {150, 120, 90}), built_in_profile("p3"));
  const Bytes written = encode_image(read_image_bytes(saved(p3, ".png"), "p3"), ".png");
  const std::vector<double> stored = stored_samples(written);
  EXPECT_NEAR(stored[0], 150, 1);
  EXPECT_NEAR(stored[1], 120, 1);
  EXPECT_NEAR(stored[2], 90, 1);
}

TEST(ColourProfile, SixteenBitsPassTheProfileWithoutEightBitSteps) {
  Image ramp(256, 16, Depth::U16);
  for (std::size_t i = 0; i < ramp.rgb16().size(); ++i)
    ramp.rgb16()[i] = static_cast<std::uint16_t>(20'000 + i / 3);
  const Bytes source = saved(with_profile(as_vips(ramp), built_in_profile("p3")), ".png");
  const Image image = read_image_bytes(source, "ramp");
  ASSERT_EQ(image.depth(), Depth::U16);
  const Bytes written = encode_image(image, ".tif");
  VipsBlob* blob = vips_blob_copy(written.data(), written.size());
  const VImage stored = VImage::tiffload_buffer(blob);
  vips_area_unref(VIPS_AREA(blob));
  EXPECT_LT((stored - as_vips(ramp)).abs().max(), 64.0);
}

TEST(ColourProfile, SrgbProfilesChangeNoSampleAndAreKept) {
  const Image photo = synthetic_photo(64, 48, 1);
  const std::string profile = built_in_profile("srgb");
  const Bytes source = saved(with_profile(as_vips(photo), profile), ".png");
  const Image image = read_image_bytes(source, "srgb");
  EXPECT_EQ(largest_difference(image, photo), 0);
  EXPECT_EQ(profile_of(image), profile);
  const Image again = read_image_bytes(encode_image(image, ".png"), "again");
  EXPECT_EQ(again, image);
}

TEST(ColourProfile, BrokenProfilesAreIgnoredWithOneWarning) {
  const Image photo = synthetic_photo(16, 16, 1);
  const std::string good = built_in_profile("p3");
  std::string no_tags = good;
  std::fill(no_tags.begin() + 132, no_tags.end(), '\xFF');
  for (const std::string& broken :
       {std::string("not a profile"), good.substr(0, 100), good.substr(0, 200), no_tags}) {
    const CapturedLog log;
    const Image image = read_image_bytes(saved(with_profile(as_vips(photo), broken), ".tif"), "broken");
    EXPECT_EQ(image, photo);
    EXPECT_EQ(log.lines(), 1) << log.text();
    EXPECT_THAT(log.text(), HasSubstr("broken"));
  }
}

TEST(ColourProfile, ProfilesForOtherChannelsAreIgnoredWithOneWarning) {
  const Image photo = synthetic_photo(16, 16, 1);
  {
    const CapturedLog log;
    EXPECT_EQ(read_image_bytes(saved(with_profile(as_vips(photo), built_in_profile("cmyk")), ".tif"), "x"),
              photo);
    EXPECT_EQ(log.lines(), 1);
  }
  const CapturedLog log;
  const VImage grey = with_profile(flat(8, 8, {77}, VIPS_INTERPRETATION_B_W), built_in_profile("p3"));
  EXPECT_EQ(pixel(read_image_bytes(saved(grey, ".tif"), "x"), 1, 1), (Pixel{77, 77, 77}));
  EXPECT_EQ(log.lines(), 1);
}

TEST(ColourProfile, DamagedProfilesNeverCrash) {
  const std::string good = adobe_rgb_profile();
  const VImage photo = as_vips(synthetic_photo(8, 8, 1));
  const CapturedLog log;
  for (std::size_t i = 0; i < good.size(); i += 11) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8) ^ (i % 3 == 0 ? 0x80 : 0));
    const Image image =
        read_image_bytes(saved(with_profile(photo, bad), ".tif[compression=none]"), "damaged");
    EXPECT_NO_THROW(encode_image(image, ".png"));
  }
}

TEST(ColourProfile, CmykProfileIsUsedAndNotKept) {
  const VImage ink =
      with_profile(flat(8, 8, {0, 255, 255, 0}, VIPS_INTERPRETATION_CMYK), built_in_profile("cmyk"));
  const Image image = read_image_bytes(saved(ink, ".jpg[Q=100]"), "cmyk");
  EXPECT_GT(pixel(image, 4, 4)[0], 180);
  EXPECT_LT(pixel(image, 4, 4)[1], 90);
  EXPECT_TRUE(image.icc_profile().empty());
}

TEST(ColourProfile, AProfileThatCannotBeWrittenLeavesSrgb) {
  Image image = synthetic_photo(8, 8, 1);
  image.set_icc_profile({1, 2, 3});
  const CapturedLog log;
  const Image again = read_image_bytes(encode_image(image, ".png"), "x");
  EXPECT_EQ(largest_difference(again, image), 0);
  EXPECT_TRUE(again.icc_profile().empty());
  EXPECT_EQ(log.lines(), 1);
}

}  // namespace
}  // namespace atelier::test
