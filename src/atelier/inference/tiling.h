#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::inference {

struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Rect&) const = default;
};

/// A piece of a picture to paint alone.
struct Tile {
  Rect inner;   ///< the pixels it contributes; inners cover the picture, each pixel once
  Rect window;  ///< what the model sees: inner and a halo, corners and sides multiples of 8, at least 16 a
                ///< side; it may reach beyond the right and bottom border, where the picture is continued by
                ///< reflection
};

/// What the model must see around a tile. Its receptive field reaches about 100 pixels, its influence
/// about 32.
inline constexpr int kHalo = 32;

/// Cuts a picture into tiles of at most `side` pixels (rounded up to a multiple of 8) on a regular grid; side
/// 0 gives one tile. Windows start at multiples of 8, where the whole picture's own down-sampling grid has
/// its points.
std::vector<Tile> plan_tiles(int width, int height, int side);

/// The samples of `window` as planes [3, window.height, window.width] in [0,1], into `planes`. Coordinates
/// outside the image are reflected at its borders (without repeating the border) as often as needed.
void read_window(const Image& image, const Rect& window, std::vector<float>& planes);

/// The same of a plane of `width` x `height` bytes, 255 as 1.
void read_window(std::span<const std::uint8_t> plane, int width, int height, const Rect& window,
                 std::vector<float>& values);

/// Copies tile.inner from the painted window into a 16-bit painting. False when a value is not finite.
bool write_inner(std::span<const float> planes, const Tile& tile, Image& painting);

/// A smaller picture with the statistics of a large one: patches at native resolution from a regular grid,
/// side by side, at most `max_pixels` together. One pass over it gives statistics that agree between layers,
/// which the means of separate passes do not; a shrunk picture would have other statistics (finer grain). The
/// image itself when it is small enough.
Image statistics_mosaic(const Image& image, std::int64_t max_pixels);

}  // namespace atelier::inference
