#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace atelier {

/// Bits of one sample: U8 holds 0..255, U16 holds 0..65535.
enum class Depth { U8, U16 };

/// An owned picture in sRGB: interleaved RGB samples row by row, an optional straight (not premultiplied)
/// alpha plane beside the colour, and the ICC profile of the file it came from. A plain value: copy and move
/// freely; one object belongs to one thread at a time.
class Image {
 public:
  Image() = default;
  /// Black, without alpha. Throws Error Usage "image.size" unless both sides are at least 1.
  Image(int width, int height, Depth depth = Depth::U8);

  int width() const { return width_; }
  int height() const { return height_; }
  Depth depth() const { return depth_; }
  bool has_alpha() const { return !alpha8_.empty() || !alpha16_.empty(); }
  bool empty() const { return width_ == 0; }
  /// width * height.
  std::size_t pixels() const { return static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_); }

  /// The colour, 3 * pixels() samples. Only for the matching depth, else Error Internal "image.depth".
  std::span<const std::uint8_t> rgb8() const;
  std::span<std::uint8_t> rgb8();
  std::span<const std::uint16_t> rgb16() const;
  std::span<std::uint16_t> rgb16();

  /// The alpha plane, pixels() samples, empty when there is none. Only for the matching depth.
  std::span<const std::uint8_t> alpha8() const;
  std::span<std::uint8_t> alpha8();
  std::span<const std::uint16_t> alpha16() const;
  std::span<std::uint16_t> alpha16();

  /// Gives the image a fully opaque alpha plane unless it has one.
  void add_alpha();
  void remove_alpha();
  /// True when there is no alpha plane or all of it is opaque.
  bool is_opaque() const;
  /// Takes over the alpha of an image of the same size (removes ours when it has none), converted to our
  /// depth. Throws Error Internal "image.size" when the sizes differ.
  void copy_alpha_from(const Image& other);

  /// The profile write_image converts back to and embeds; empty means sRGB. The samples here are sRGB in any
  /// case.
  const std::vector<std::uint8_t>& icc_profile() const { return icc_profile_; }
  void set_icc_profile(std::vector<std::uint8_t> profile) { icc_profile_ = std::move(profile); }
  /// Takes over what belongs to the file rather than to its pixels: the ICC profile.
  void copy_metadata_from(const Image& other) { icc_profile_ = other.icc_profile_; }

  /// The same picture with other samples: 8 to 16 bits is exact, 16 to 8 bits rounds.
  Image to_depth(Depth depth) const;

  /// [3, height, width], planes R, G, B, each value in [0, 1]. Alpha is not part of it.
  std::vector<float> to_planar() const;
  /// The reverse of to_planar: values are clamped to [0, 1] and rounded; NaN becomes 0.
  /// Throws Error Internal "image.size" unless planes holds 3 * width * height values.
  static Image from_planar(std::span<const float> planes, int width, int height, Depth depth = Depth::U8);

  friend bool operator==(const Image&, const Image&) = default;

 private:
  void require_depth(Depth depth) const;

  int width_ = 0;
  int height_ = 0;
  Depth depth_ = Depth::U8;
  std::vector<std::uint8_t> rgb8_, alpha8_;
  std::vector<std::uint16_t> rgb16_, alpha16_;
  std::vector<std::uint8_t> icc_profile_;
};

}  // namespace atelier
