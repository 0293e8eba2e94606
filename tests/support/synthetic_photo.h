#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "atelier/image/image.h"

namespace atelier::test {

/// A made-up landscape of 8 bits without alpha: a smooth sky with a sun, two ranges of hills, textured ground
/// and a house with hard edges. The same arguments give the same pixels everywhere; another seed gives
/// another landscape.
inline Image synthetic_photo(int width, int height, unsigned seed) {
  // An integer hash (finaliser of MurmurHash3) as noise: no library generator, whose results may differ.
  const auto noise = [seed](int x, int y) {
    std::uint32_t h = seed * 0x9E3779B9U ^ static_cast<std::uint32_t>(x) * 0x85EBCA6BU ^
                      static_cast<std::uint32_t>(y) * 0xC2B2AE35U;
    h = (h ^ h >> 16) * 0x85EBCA6BU;
    h = (h ^ h >> 13) * 0xC2B2AE35U;
    return static_cast<float>((h ^ h >> 16) >> 8) / 16777216.0F;
  };
  const auto smooth = [&noise](float x, float y) {
    const int x0 = static_cast<int>(std::floor(x)), y0 = static_cast<int>(std::floor(y));
    const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
    const float u = fx * fx * (3.0F - 2.0F * fx), v = fy * fy * (3.0F - 2.0F * fy);
    return (noise(x0, y0) * (1.0F - u) + noise(x0 + 1, y0) * u) * (1.0F - v) +
           (noise(x0, y0 + 1) * (1.0F - u) + noise(x0 + 1, y0 + 1) * u) * v;
  };

  using Colour = std::array<float, 3>;
  const auto mix = [](const Colour& a, const Colour& b, float t) {
    return Colour{a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t};
  };
  const float sun_x = 0.15F + 0.7F * noise(-1, 0), sun_y = 0.1F + 0.15F * noise(-1, 1);
  const float house_x = 0.1F + 0.6F * noise(-1, 2), house_y = 0.62F + 0.1F * noise(-1, 3);
  const Colour zenith{0.20F, 0.42F, 0.50F + 0.35F * noise(-1, 4)}, haze{0.93F, 0.85F, 0.74F};
  const Colour grass{0.25F + 0.3F * noise(-1, 5), 0.46F, 0.16F}, earth{0.35F, 0.25F, 0.15F};

  const auto colour_at = [&](float x, float y) {
    const float far_ridge = 0.36F + 0.16F * smooth(x * 3.0F, 10.5F) + 0.03F * smooth(x * 17.0F, 20.5F);
    const float near_ridge = 0.52F + 0.12F * smooth(x * 2.0F, 30.5F) + 0.02F * smooth(x * 29.0F, 40.5F);
    const float in_x = (x - house_x) / 0.16F, in_y = (y - house_y) / 0.18F;
    if (in_x >= 0.0F && in_x < 1.0F && in_y >= 0.0F && in_y < 1.0F) {
      const bool window =
          std::abs(std::fmod(in_x * 3.0F, 1.0F) - 0.5F) < 0.25F && in_y > 0.35F && in_y < 0.65F;
      return window ? Colour{0.08F, 0.09F, 0.13F} : Colour{0.90F, 0.86F, 0.78F};
    }
    if (in_y >= -0.5F && in_y < 0.0F && std::abs(in_x - 0.5F) < 0.6F * (in_y + 0.5F) / 0.5F) {
      return Colour{0.68F, 0.20F, 0.13F};
    }
    if (y > near_ridge) {
      const float blades = smooth(x * 60.0F, y * 140.0F) * 0.6F + smooth(x * 150.0F, y * 300.0F) * 0.4F;
      Colour ground = mix(earth, grass, std::clamp(0.25F + smooth(x * 6.0F, y * 9.0F), 0.0F, 1.0F));
      for (float& channel : ground) channel *= 0.6F + 0.7F * blades;
      return ground;
    }
    if (y > far_ridge) return mix({0.34F, 0.42F, 0.50F}, haze, 0.35F * (y - far_ridge) / 0.2F);
    if (std::hypot(x - sun_x, y - sun_y) < 0.05F) return Colour{1.0F, 0.96F, 0.80F};
    return mix(zenith, haze, std::clamp(y / 0.5F, 0.0F, 1.0F));
  };

  Image photo(width, height);
  const auto rgb = photo.rgb8();
  std::size_t at = 0;
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      const Colour colour = colour_at((static_cast<float>(column) + 0.5F) / static_cast<float>(width),
                                      (static_cast<float>(row) + 0.5F) / static_cast<float>(height));
      for (const float channel : colour) {
        rgb[at++] = static_cast<std::uint8_t>(std::clamp(channel, 0.0F, 1.0F) * 255.0F + 0.5F);
      }
    }
  }
  return photo;
}

}  // namespace atelier::test
