#include "atelier/image/image.h"

#include <algorithm>
#include <string>

#include "atelier/core/error.h"

namespace atelier {
namespace {

// 65535 / 255: repeating the byte, so that both ends of the range stay where they are.
constexpr std::uint16_t kWiden = 257;

std::uint8_t to_8_bits(std::uint16_t value) {
  return static_cast<std::uint8_t>((value + kWiden / 2) / kWiden);
}

std::vector<std::uint8_t> narrowed(const std::vector<std::uint16_t>& samples) {
  std::vector<std::uint8_t> result(samples.size());
  std::transform(samples.begin(), samples.end(), result.begin(), to_8_bits);
  return result;
}

std::vector<std::uint16_t> widened(const std::vector<std::uint8_t>& samples) {
  std::vector<std::uint16_t> result(samples.size());
  std::transform(samples.begin(), samples.end(), result.begin(),
                 [](std::uint8_t value) { return static_cast<std::uint16_t>(value * kWiden); });
  return result;
}

template <typename Sample>
void interleaved_to_planar(const std::vector<Sample>& rgb, float range, std::vector<float>& planes) {
  const std::size_t plane = rgb.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) planes[c * plane + i] = static_cast<float>(rgb[3 * i + c]) / range;
  }
}

template <typename Sample>
void planar_to_interleaved(std::span<const float> planes, float range, std::vector<Sample>& rgb) {
  const std::size_t plane = rgb.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = planes[c * plane + i];
      // Written so that NaN fails the comparison and becomes 0.
      const float clamped = value > 0.0F ? std::min(value, 1.0F) : 0.0F;
      rgb[3 * i + c] = static_cast<Sample>(clamped * range + 0.5F);
    }
  }
}

}  // namespace

Image::Image(int width, int height, Depth depth) : width_(width), height_(height), depth_(depth) {
  if (width < 1 || height < 1) {
    throw Error(ErrorCode::Usage, "image.size",
                "an image cannot be " + std::to_string(width) + "x" + std::to_string(height) +
                    " pixels; both sides must be at least 1");
  }
  if (depth == Depth::U8) {
    rgb8_.resize(3 * pixels());
  } else {
    rgb16_.resize(3 * pixels());
  }
}

void Image::require_depth(Depth depth) const {
  if (depth != depth_) {
    throw Error(ErrorCode::Internal, "image.depth",
                depth == Depth::U8 ? "8-bit access to a 16-bit image" : "16-bit access to an 8-bit image");
  }
}

std::span<const std::uint8_t> Image::rgb8() const {
  require_depth(Depth::U8);
  return rgb8_;
}

std::span<std::uint8_t> Image::rgb8() {
  require_depth(Depth::U8);
  return rgb8_;
}

std::span<const std::uint16_t> Image::rgb16() const {
  require_depth(Depth::U16);
  return rgb16_;
}

std::span<std::uint16_t> Image::rgb16() {
  require_depth(Depth::U16);
  return rgb16_;
}

std::span<const std::uint8_t> Image::alpha8() const {
  require_depth(Depth::U8);
  return alpha8_;
}

std::span<std::uint8_t> Image::alpha8() {
  require_depth(Depth::U8);
  return alpha8_;
}

std::span<const std::uint16_t> Image::alpha16() const {
  require_depth(Depth::U16);
  return alpha16_;
}

std::span<std::uint16_t> Image::alpha16() {
  require_depth(Depth::U16);
  return alpha16_;
}

void Image::add_alpha() {
  if (has_alpha()) return;
  if (depth_ == Depth::U8) {
    alpha8_.assign(pixels(), 255);
  } else {
    alpha16_.assign(pixels(), 65535);
  }
}

void Image::remove_alpha() {
  alpha8_.clear();
  alpha16_.clear();
}

bool Image::is_opaque() const {
  return std::all_of(alpha8_.begin(), alpha8_.end(), [](std::uint8_t value) { return value == 255; }) &&
         std::all_of(alpha16_.begin(), alpha16_.end(), [](std::uint16_t value) { return value == 65535; });
}

void Image::copy_alpha_from(const Image& other) {
  if (other.width_ != width_ || other.height_ != height_) {
    throw Error(ErrorCode::Internal, "image.size", "alpha can only be copied between images of one size");
  }
  if (other.depth_ == depth_) {
    alpha8_ = other.alpha8_;
    alpha16_ = other.alpha16_;
  } else if (depth_ == Depth::U8) {
    alpha8_ = narrowed(other.alpha16_);
  } else {
    alpha16_ = widened(other.alpha8_);
  }
}

Image Image::to_depth(Depth depth) const {
  if (depth == depth_ || empty()) return *this;
  Image result;
  result.width_ = width_;
  result.height_ = height_;
  result.depth_ = depth;
  result.icc_profile_ = icc_profile_;
  if (depth == Depth::U8) {
    result.rgb8_ = narrowed(rgb16_);
    result.alpha8_ = narrowed(alpha16_);
  } else {
    result.rgb16_ = widened(rgb8_);
    result.alpha16_ = widened(alpha8_);
  }
  return result;
}

std::vector<float> Image::to_planar() const {
  std::vector<float> planes(3 * pixels());
  if (depth_ == Depth::U8) {
    interleaved_to_planar(rgb8_, 255.0F, planes);
  } else {
    interleaved_to_planar(rgb16_, 65535.0F, planes);
  }
  return planes;
}

Image Image::from_planar(std::span<const float> planes, int width, int height, Depth depth) {
  Image result(width, height, depth);
  if (planes.size() != 3 * result.pixels()) {
    throw Error(ErrorCode::Internal, "image.size",
                "from_planar got " + std::to_string(planes.size()) + " values for " + std::to_string(width) +
                    "x" + std::to_string(height) + " pixels");
  }
  if (depth == Depth::U8) {
    planar_to_interleaved(planes, 255.0F, result.rgb8_);
  } else {
    planar_to_interleaved(planes, 65535.0F, result.rgb16_);
  }
  return result;
}

}  // namespace atelier
