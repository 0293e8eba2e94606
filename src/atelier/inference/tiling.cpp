#include "atelier/inference/tiling.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/inference/detail/samples.h"

namespace atelier::inference {
namespace {

constexpr int kMultiple = 8;
constexpr int kSmallestWindow = 16;
constexpr int kPatchSide = 256;

int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

struct Span {
  int inner_begin, inner_end, window_begin, window_end;
};

// One axis of the plan. Equal spans, so that no sliver is left at the end.
std::vector<Span> cut(int length, int side) {
  const int padded = std::max(round_up(length, kMultiple), kSmallestWindow);
  if (side == 0 || length <= side) return {{0, length, 0, padded}};
  const int count = (length + side - 1) / side;
  const int step = round_up((length + count - 1) / count, kMultiple);
  std::vector<Span> spans;
  for (int begin = 0; begin < length; begin += step) {
    const int end = std::min(begin + step, length);
    spans.push_back(
        {begin, end, std::max(begin - kHalo, 0), std::min(round_up(end, kMultiple) + kHalo, padded)});
  }
  return spans;
}

// 0 1 2 1 0 1 2 ... for length 3.
int reflect(int i, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int folded = ((i % period) + period) % period;
  return folded < length ? folded : period - folded;
}

std::vector<int> reflected(int begin, int count, int length) {
  std::vector<int> indices(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) indices[static_cast<std::size_t>(i)] = reflect(begin + i, length);
  return indices;
}

// Where `count` pieces of `side` pixels start, each in the middle of its share of `length`.
std::vector<int> spread(int count, int side, int length) {
  std::vector<int> starts;
  for (int i = 0; i < count; ++i) starts.push_back(static_cast<int>((i + 0.5) * length / count - side / 2.0));
  return starts;
}

template <typename Sample>
void copy_patch(std::span<const Sample> from, int from_width, std::span<Sample> to, int to_width,
                const Rect& source, int x, int y) {
  for (int row = 0; row < source.height; ++row) {
    const auto begin =
        from.begin() + 3 * (static_cast<std::ptrdiff_t>(source.y + row) * from_width + source.x);
    std::copy(begin, begin + 3 * source.width,
              to.begin() + 3 * (static_cast<std::ptrdiff_t>(y + row) * to_width + x));
  }
}

}  // namespace

std::vector<Tile> plan_tiles(int width, int height, int side) {
  std::vector<Tile> tiles;
  const std::vector<Span> columns = cut(width, side), rows = cut(height, side);
  for (const Span& row : rows) {
    for (const Span& column : columns) {
      tiles.push_back({{column.inner_begin, row.inner_begin, column.inner_end - column.inner_begin,
                        row.inner_end - row.inner_begin},
                       {column.window_begin, row.window_begin, column.window_end - column.window_begin,
                        row.window_end - row.window_begin}});
    }
  }
  return tiles;
}

void read_window(const Image& image, const Rect& window, std::vector<float>& planes) {
  const detail::Samples samples(image);
  const std::vector<int> xs = reflected(window.x, window.width, image.width());
  const std::vector<int> ys = reflected(window.y, window.height, image.height());
  const std::size_t plane = xs.size() * ys.size();
  planes.resize(3 * plane);
  std::size_t out = 0;
  for (const int y : ys) {
    const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width());
    for (const int x : xs) {
      const std::size_t in = 3 * (row + static_cast<std::size_t>(x));
      for (std::size_t c = 0; c < 3; ++c)
        planes[c * plane + out] = static_cast<float>(samples[in + c]) / 65535.0f;
      ++out;
    }
  }
}

void read_window(std::span<const std::uint8_t> plane, int width, int height, const Rect& window,
                 std::vector<float>& values) {
  const std::vector<int> xs = reflected(window.x, window.width, width);
  const std::vector<int> ys = reflected(window.y, window.height, height);
  values.resize(xs.size() * ys.size());
  std::size_t out = 0;
  for (const int y : ys) {
    const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    for (const int x : xs)
      values[out++] = static_cast<float>(plane[row + static_cast<std::size_t>(x)]) / 255.0f;
  }
}

bool write_inner(std::span<const float> planes, const Tile& tile, Image& painting) {
  const Rect& inner = tile.inner;
  const Rect& window = tile.window;
  const std::size_t plane = static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
  const std::span<std::uint16_t> out = painting.rgb16();
  bool finite = true;
  for (int y = 0; y < inner.height; ++y) {
    const std::size_t in =
        static_cast<std::size_t>(inner.y - window.y + y) * static_cast<std::size_t>(window.width) +
        static_cast<std::size_t>(inner.x - window.x);
    std::size_t sample =
        3 * (static_cast<std::size_t>(inner.y + y) * static_cast<std::size_t>(painting.width()) +
             static_cast<std::size_t>(inner.x));
    for (std::size_t x = 0; x < static_cast<std::size_t>(inner.width); ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = planes[c * plane + in + x];
        finite = finite && std::isfinite(value);
        out[sample++] =
            static_cast<std::uint16_t>((value > 0 ? std::min(value, 1.0f) : 0.0f) * 65535.0f + 0.5f);
      }
    }
  }
  return finite;
}

Image statistics_mosaic(const Image& image, std::int64_t max_pixels) {
  const auto pixels = static_cast<std::int64_t>(image.pixels());
  if (pixels <= max_pixels) return image;
  const double scale = std::sqrt(static_cast<double>(max_pixels) / static_cast<double>(pixels));
  const int patch_width = std::min(image.width(), kPatchSide),
            patch_height = std::min(image.height(), kPatchSide);
  const int rows = std::max(1, static_cast<int>(image.height() * scale / patch_height));
  const auto affordable = max_pixels / (static_cast<std::int64_t>(rows) * patch_height * patch_width);
  const int columns = std::max(1, std::min(static_cast<int>(affordable), image.width() / patch_width));
  const std::vector<int> xs = spread(columns, patch_width, image.width());
  const std::vector<int> ys = spread(rows, patch_height, image.height());
  Image mosaic(columns * patch_width, rows * patch_height, image.depth());
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const Rect source{xs[static_cast<std::size_t>(column)], ys[static_cast<std::size_t>(row)], patch_width,
                        patch_height};
      const int x = column * patch_width, y = row * patch_height;
      if (image.depth() == Depth::U8) {
        copy_patch<std::uint8_t>(image.rgb8(), image.width(), mosaic.rgb8(), mosaic.width(), source, x, y);
      } else {
        copy_patch<std::uint16_t>(image.rgb16(), image.width(), mosaic.rgb16(), mosaic.width(), source, x, y);
      }
    }
  }
  return mosaic;
}

}  // namespace atelier::inference
