#include "atelier/image/read_image.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <memory>
#include <optional>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/image/detail/colour_profile.h"
#include "atelier/image/detail/file_format.h"
#include "atelier/image/detail/vips_library.h"
#include "atelier/image/resize.h"

namespace atelier {
namespace {

using image::FileFormat;
using image::ProfileKind;
using vips::VImage;

// Real progressive files have about ten.
constexpr int kMaxJpegScans = 100;

[[noreturn]] void refuse(const std::string& name, const char* id, const std::string& cause) {
  throw Error(ErrorCode::BadData, id, name + ": " + cause);
}

// A file whose header is read; its pixels are decoded when first asked for.
struct Source {
  std::string name;
  FileFormat format;
  std::span<const std::byte> bytes;
  std::vector<std::byte> stripped;  // owns what `bytes` shows where the file was rewritten
  image::JpegStructure jpeg;
  VImage pixels;
};

VImage open_pixels(const Source& source, int shrink) {
  const std::unique_ptr<VipsBlob, void (*)(VipsBlob*)> blob(
      vips_blob_new(nullptr, source.bytes.data(), source.bytes.size()),
      [](VipsBlob* b) { vips_area_unref(VIPS_AREA(b)); });
  vips::VOption* options =
      VImage::option()->set("fail_on", VIPS_FAIL_ON_TRUNCATED)->set("access", VIPS_ACCESS_SEQUENTIAL);
  switch (source.format) {
    case FileFormat::Jpeg:
      return VImage::jpegload_buffer(blob.get(), options->set("shrink", shrink));
    case FileFormat::Png:
      return VImage::pngload_buffer(blob.get(), options);
    case FileFormat::Webp:
      return VImage::webpload_buffer(blob.get(), options);
    case FileFormat::Tiff:
      return VImage::tiffload_buffer(blob.get(), options);
    case FileFormat::Gif:
      return VImage::gifload_buffer(blob.get(), options);
  }
  return {};
}

[[noreturn]] void refuse_truncated(const Source& source) {
  refuse(source.name, "image.truncated",
         "the " + std::string(image::format_name(source.format)) +
             " file is cut short; copy or download it again");
}

[[noreturn]] void refuse_broken(const Source& source, const vips::VError& error) {
  const std::string complaint = image::vips_complaint(error);
  if (image::ends_early(source.format, source.bytes)) refuse_truncated(source);
  refuse(source.name, "image.broken",
         "the " + std::string(image::format_name(source.format)) + " file is damaged (" + complaint +
             "); get another copy");
}

void check_size(const Source& source, const ReadLimits& limits) {
  const int width = source.pixels.width();
  const int height = source.pixels.height();
  const std::uintmax_t pixels = static_cast<std::uintmax_t>(width) * static_cast<std::uintmax_t>(height);
  if (pixels > limits.max_pixels || std::max(width, height) > limits.max_side) {
    refuse(source.name, "image.too_many_pixels",
           std::to_string(width) + "x" + std::to_string(height) + " pixels is beyond the limit of " +
               std::to_string(limits.max_pixels / 1'000'000) + " megapixels and " +
               std::to_string(limits.max_side) + " pixels a side; make it smaller first");
  }
}

bool is_lab(const VImage& pixels) {
  const VipsInterpretation meaning = pixels.interpretation();
  return meaning == VIPS_INTERPRETATION_LAB || meaning == VIPS_INTERPRETATION_LABS ||
         meaning == VIPS_INTERPRETATION_LABQ;
}

bool is_cmyk(const VImage& pixels) {
  return pixels.interpretation() == VIPS_INTERPRETATION_CMYK;
}

bool has_alpha(const VImage& pixels) {
  return pixels.bands() == (is_cmyk(pixels) ? 5 : 4) || pixels.bands() == 2;
}

Depth depth_of(const VImage& pixels) {
  return pixels.format() == VIPS_FORMAT_UCHAR || is_lab(pixels) ? Depth::U8 : Depth::U16;
}

// Satellite and microscope files hold samples that are no colours.
void check_samples(const Source& source) {
  const VImage& pixels = source.pixels;
  const bool integers = pixels.format() == VIPS_FORMAT_UCHAR || pixels.format() == VIPS_FORMAT_USHORT;
  if (!is_lab(pixels) && (!integers || pixels.bands() > (is_cmyk(pixels) ? 5 : 4))) {
    refuse(source.name, "image.unsupported_format",
           "holds " + std::to_string(pixels.bands()) + " channels of " +
               vips_enum_nick(VIPS_TYPE_BAND_FORMAT, pixels.format()) +
               " samples; convert it to 8- or 16-bit grey, RGB or CMYK");
  }
}

Source open_source(std::span<const std::byte> bytes, const std::string& name, const ReadLimits& limits) {
  image::start_vips();
  Source source{
      .name = printable(name), .format = {}, .bytes = bytes, .stripped = {}, .jpeg = {}, .pixels = {}};
  if (bytes.empty()) refuse(source.name, "image.empty", "the file is empty; choose another");
  if (bytes.size() > limits.max_bytes) {
    refuse(source.name, "file.too_big",
           "larger than the limit of " + std::to_string(limits.max_bytes) + " bytes");
  }
  const std::optional<FileFormat> format = image::detect_format(bytes);
  if (!format) {
    const std::string_view known = image::refused_format_name(bytes);
    refuse(source.name, "image.unsupported_format",
           (known.empty() ? std::string("not a picture we can read")
                          : std::string(known) + " is not supported") +
               "; use JPEG, PNG, WebP, TIFF or GIF");
  }
  source.format = *format;
  if (source.format == FileFormat::Png) {
    source.stripped = image::strip_png(bytes, limits.max_exif_bytes);
    source.bytes = source.stripped;
  }
  // libtiff takes what it finds of the last strip and leaves the rest of its pixels to chance.
  if (source.format == FileFormat::Tiff && image::ends_early(source.format, bytes)) refuse_truncated(source);
  if (source.format == FileFormat::Jpeg) source.jpeg = image::walk_jpeg(bytes);
  if (source.jpeg.scans > kMaxJpegScans) {
    refuse(source.name, "image.too_slow",
           "the JPEG file holds more than " + std::to_string(kMaxJpegScans) +
               " scans; save it again as a plain JPEG");
  }
  try {
    source.pixels = open_pixels(source, 1);
  } catch (const vips::VError& error) {
    refuse_broken(source, error);
  }
  check_size(source, limits);
  check_samples(source);
  return source;
}

std::vector<std::uint8_t> blob_of(const VImage& pixels, const char* name) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (pixels.get_typeof(name) == 0 || vips_image_get_blob(pixels.get_image(), name, &data, &size) != 0)
    return {};
  const auto* first = static_cast<const std::uint8_t*>(data);
  return {first, first + size};
}

// 1 to 8, by EXIF; anything else in the file counts as 1.
int orientation_of(const VImage& pixels, const ReadLimits& limits) {
  if (blob_of(pixels, VIPS_META_EXIF_NAME).size() > limits.max_exif_bytes) return 1;
  return vips_image_get_orientation(pixels.get_image());
}

// How far JPEG can be decoded small, leaving half as much again for the final resize to filter well.
int jpeg_shrink(const Source& source, int short_side) {
  if (source.format != FileFormat::Jpeg || short_side < 1) return 1;
  const int available = std::min(source.pixels.width(), source.pixels.height());
  int shrink = 8;
  while (shrink > 1 && available / shrink < short_side + short_side / 2) shrink /= 2;
  return shrink;
}

// Row by row on this thread: when libvips' own threads fill an image and the last rows of a cut file fail, it
// sometimes forgets the failure and leaves them grey.
VImage decode_rows(const VImage& source) {
  constexpr int kRows = 64;
  VImage decoded = VImage::new_memory();
  VipsImage* target = decoded.get_image();
  if (vips_image_pipelinev(target, VIPS_DEMAND_STYLE_ANY, source.get_image(), nullptr) != 0)
    throw vips::VError();
  const vips::VRegion region = source.region();
  for (int top = 0; top < source.height(); top += kRows) {
    const VipsRect rows{0, top, source.width(), std::min(kRows, source.height() - top)};
    if (vips_region_prepare(region.get_region(), &rows) != 0) throw vips::VError();
    for (int y = top; y < top + rows.height; ++y) {
      if (vips_image_write_line(target, y, VIPS_REGION_ADDR(region.get_region(), 0, y)) != 0)
        throw vips::VError();
    }
  }
  return decoded;
}

VImage decode(const Source& source, const ReadOptions& options) {
  const int orientation = orientation_of(source.pixels, options.limits);
  const int shrink = jpeg_shrink(source, options.shrink_to_short_side);
  try {
    VImage pixels = decode_rows(shrink == 1 ? source.pixels : open_pixels(source, shrink));
    // libvips takes all CMYK for Adobe's, whose ink is stored inverted.
    if (is_cmyk(pixels) && source.jpeg.scans > 0 && !source.jpeg.adobe) pixels = pixels.invert();
    pixels.set(VIPS_META_ORIENTATION, orientation);
    return pixels.autorot();
  } catch (const vips::VError& error) {
    refuse_broken(source, error);
  }
}

struct EmbeddedProfile {
  std::vector<std::uint8_t> bytes;
  ProfileKind kind = ProfileKind::Srgb;
};

// The embedded profile, or sRGB and at most one warning when it cannot be used.
EmbeddedProfile usable_profile(const Source& source, const ReadLimits& limits) {
  std::vector<std::uint8_t> bytes = blob_of(source.pixels, VIPS_META_ICC_NAME);
  if (bytes.empty()) return {};
  if (bytes.size() > limits.max_icc_bytes) {
    spdlog::warn("{}: colour profile of {} bytes ignored, more than the limit", source.name, bytes.size());
    return {};
  }
  const ProfileKind kind = image::classify_profile(bytes);
  const int colours = source.pixels.bands() - (has_alpha(source.pixels) ? 1 : 0);
  const bool fits = is_cmyk(source.pixels)  ? kind == ProfileKind::Cmyk
                    : is_lab(source.pixels) ? false
                    : colours == 1          ? kind == ProfileKind::Grey
                                            : kind == ProfileKind::Srgb || kind == ProfileKind::OtherRgb;
  if (fits) return {std::move(bytes), kind};
  spdlog::warn("{}: colour profile ignored, it is {}", source.name,
               kind == ProfileKind::Broken ? "broken" : "for another kind of picture");
  return {};
}

VImage to_srgb(const VImage& colour, Depth depth) {
  if (is_cmyk(colour)) return image::import_plain_cmyk(colour, depth);
  if (is_lab(colour)) return colour.colourspace(VIPS_INTERPRETATION_sRGB);
  if (colour.bands() == 1) return VImage::bandjoin({colour, colour, colour});
  return colour;
}

Image to_image(const Source& source, const VImage& pixels, const ReadLimits& limits) {
  const Depth depth = depth_of(pixels);
  Image result(pixels.width(), pixels.height(), depth);
  VImage colour = pixels;
  if (has_alpha(pixels)) {
    const int alpha = pixels.bands() - 1;
    image::store_alpha(pixels.extract_band(alpha), result);
    colour = pixels.extract_band(0, VImage::option()->set("n", alpha));
  }
  EmbeddedProfile profile = usable_profile(source, limits);
  const bool convert = !profile.bytes.empty() && profile.kind != ProfileKind::Srgb;
  image::store_colour(convert ? image::import_profile(colour, profile.bytes, depth) : to_srgb(colour, depth),
                      result);
  // What we write has three colours, so the profile of a grey or CMYK source is of no more use.
  if (profile.kind == ProfileKind::Srgb || profile.kind == ProfileKind::OtherRgb) {
    result.set_icc_profile(std::move(profile.bytes));
  }
  return result;
}

Image shrink_to(Image picture, int short_side) {
  const int shorter = std::min(picture.width(), picture.height());
  if (short_side < 1 || shorter <= short_side) return picture;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * short_side / shorter)));
  };
  return resize(picture, scaled(picture.width()), scaled(picture.height()));
}

}  // namespace

Image read_image_bytes(std::span<const std::byte> bytes, const std::string& name,
                       const ReadOptions& options) {
  const Source source = open_source(bytes, name, options.limits);
  try {
    return shrink_to(to_image(source, decode(source, options), options.limits), options.shrink_to_short_side);
  } catch (const vips::VError& error) {
    refuse_broken(source, error);
  }
}

Image read_image(const std::filesystem::path& path, const ReadOptions& options) {
  const std::string content = read_file(path, options.limits.max_bytes);
  return read_image_bytes(std::as_bytes(std::span(content.data(), content.size())), path.string(), options);
}

ImageInfo probe_image(const std::filesystem::path& path, const ReadLimits& limits) {
  const std::string content = read_file(path, limits.max_bytes);
  const Source source =
      open_source(std::as_bytes(std::span(content.data(), content.size())), path.string(), limits);
  // Orientations 5 to 8 stand the picture on its side.
  const bool turned = orientation_of(source.pixels, limits) >= 5;
  return {.width = turned ? source.pixels.height() : source.pixels.width(),
          .height = turned ? source.pixels.width() : source.pixels.height(),
          .depth = depth_of(source.pixels),
          .has_alpha = has_alpha(source.pixels),
          .has_profile = source.pixels.get_typeof(VIPS_META_ICC_NAME) != 0,
          .format = std::string(image::format_name(source.format))};
}

bool is_image_path(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 8> kExtensions = {".jpg",  ".jpeg", ".jpe",  ".png",
                                                                  ".webp", ".tif",  ".tiff", ".gif"};
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

void set_image_threads(int threads) {
  image::start_vips();
  vips_concurrency_set(std::max(1, threads));
}

}  // namespace atelier
