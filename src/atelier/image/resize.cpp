#include "atelier/image/resize.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "atelier/core/error.h"
#include "atelier/image/detail/vips_library.h"

namespace atelier {
namespace {

using vips::VImage;

// In floating point: the integer path of libvips loses up to two levels when shrinking a lot.
VImage scale(const VImage& source, int width, int height) {
  const double across = static_cast<double>(width) / source.width();
  const double down = static_cast<double>(height) / source.height();
  // Lanczos alone is sharper and faster than behind the box filter that libvips would put first, but the
  // kernel has a largest size.
  constexpr double kLanczosAlone = 0.01;
  const double gap = std::min(across, down) < kLanczosAlone ? 2.0 : 0.0;
  return source.cast(VIPS_FORMAT_FLOAT)
      .resize(across,
              VImage::option()->set("vscale", down)->set("kernel", VIPS_KERNEL_LANCZOS3)->set("gap", gap));
}

VImage rounded(const VImage& source, Depth depth) {
  return source.rint().cast(depth == Depth::U8 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT);
}

// Colours weighted by alpha: what is hidden must not bleed into what is seen. Where the result is fully
// transparent the weights say nothing, and the plainly resized colour that is there already stays.
template <typename Sample>
void weigh_colours(const Image& image, Image& result, std::span<Sample> rgb, std::span<const Sample> alpha) {
  constexpr float kRange = sizeof(Sample) == 1 ? 255.0F : 65535.0F;
  const VImage opacity = image::view_alpha(image) / kRange;
  const VImage weighted = (image::view_colour(image) * opacity).bandjoin(opacity);
  const VImage scaled = scale(weighted, result.width(), result.height());
  std::size_t bytes = 0;
  const std::unique_ptr<void, decltype(&g_free)> memory(scaled.write_to_memory(&bytes), &g_free);
  const auto* pixel = static_cast<const float*>(memory.get());
  for (std::size_t i = 0; i < alpha.size(); ++i, pixel += 4) {
    if (alpha[i] == 0) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[3 * i + c] = static_cast<Sample>(std::clamp(pixel[c] / pixel[3], 0.0F, kRange) + 0.5F);
    }
  }
}

template <typename Sample>
void copy_rectangle(std::span<const Sample> from, int from_width, std::span<Sample> to, int x, int y,
                    int width, int height, int bands) {
  const auto row = static_cast<std::size_t>(width) * static_cast<std::size_t>(bands);
  for (int line = 0; line < height; ++line) {
    const std::size_t start = (static_cast<std::size_t>(y + line) * static_cast<std::size_t>(from_width) +
                               static_cast<std::size_t>(x)) *
                              static_cast<std::size_t>(bands);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(start), row,
                to.begin() + static_cast<std::ptrdiff_t>(row * static_cast<std::size_t>(line)));
  }
}

}  // namespace

Image resize(const Image& image, int width, int height) {
  Image result(width, height, image.depth());
  if (image.empty()) throw Error(ErrorCode::Usage, "image.size", "an empty image cannot be resized");
  if (width == image.width() && height == image.height()) return image;
  image::start_vips();
  try {
    image::store_colour(rounded(scale(image::view_colour(image), width, height), image.depth()), result);
    if (image.has_alpha()) {
      image::store_alpha(rounded(scale(image::view_alpha(image), width, height), image.depth()), result);
    }
    if (!image.is_opaque()) {
      if (image.depth() == Depth::U8) {
        weigh_colours<std::uint8_t>(image, result, result.rgb8(), result.alpha8());
      } else {
        weigh_colours<std::uint16_t>(image, result, result.rgb16(), result.alpha16());
      }
    }
  } catch (const vips::VError& error) {
    throw Error(ErrorCode::Internal, "image.resize", "resizing failed: " + image::vips_complaint(error));
  }
  result.copy_metadata_from(image);
  return result;
}

Image crop(const Image& image, int x, int y, int width, int height) {
  if (x < 0 || y < 0 || width < 1 || height < 1 || width > image.width() - x || height > image.height() - y) {
    throw Error(ErrorCode::Usage, "image.crop",
                "a crop of " + std::to_string(width) + "x" + std::to_string(height) + " at " +
                    std::to_string(x) + "," + std::to_string(y) + " does not lie inside " +
                    std::to_string(image.width()) + "x" + std::to_string(image.height()) + " pixels");
  }
  Image result(width, height, image.depth());
  if (image.has_alpha()) result.add_alpha();
  if (image.depth() == Depth::U8) {
    copy_rectangle<std::uint8_t>(image.rgb8(), image.width(), result.rgb8(), x, y, width, height, 3);
    if (image.has_alpha()) {
      copy_rectangle<std::uint8_t>(image.alpha8(), image.width(), result.alpha8(), x, y, width, height, 1);
    }
  } else {
    copy_rectangle<std::uint16_t>(image.rgb16(), image.width(), result.rgb16(), x, y, width, height, 3);
    if (image.has_alpha()) {
      copy_rectangle<std::uint16_t>(image.alpha16(), image.width(), result.alpha16(), x, y, width, height, 1);
    }
  }
  result.copy_metadata_from(image);
  return result;
}

}  // namespace atelier
