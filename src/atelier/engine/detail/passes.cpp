#include "atelier/engine/detail/passes.h"

#include <algorithm>

#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/parallel.h"

namespace atelier::engine::detail {
namespace {

/// Calls work(y, x, count, block) for every run of neighbours that share the map alike: inside a region that
/// is a whole row, and only the soft edges go pixel by pixel.
template <typename Work>
void for_every_run(const FeatureMap& map, const BrushBlocks& blocks, const BrushShares& shares, int threads,
                   const Work& work) {
  AlignedBuffer rooms(static_cast<std::size_t>(threads) * blocks.length);
  parallel_for(threads, static_cast<std::size_t>(map.height), [&](std::size_t row, int thread) {
    float* const room = rooms.data() + static_cast<std::size_t>(thread) * blocks.length;
    const std::size_t width = static_cast<std::size_t>(map.width), line = row * width;
    for (std::size_t x = 0; x < width;) {
      const float* const own = shares.at(line + x);
      std::size_t end = x + 1;
      while (end < width && std::equal(own, own + shares.brushes(), shares.at(line + end))) ++end;
      work(static_cast<int>(row), static_cast<int>(x), end - x, blocks.mixed(own, room));
      x = end;
    }
  });
}

}  // namespace

void affine_relu(const Kernels& kernels, const FeatureMap& x, ReadAffine affine, int threads) {
  parallel_for(threads, static_cast<std::size_t>(x.height), [&](std::size_t row, int) {
    kernels.affine_relu(x.at(static_cast<int>(row), 0), static_cast<std::size_t>(x.width), x.channels,
                        affine.scale, affine.shift);
  });
}

void add_affine(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, ReadAffine affine,
                int threads) {
  parallel_for(threads, static_cast<std::size_t>(x.height), [&](std::size_t row, int) {
    const int at = static_cast<int>(row);
    kernels.add_affine(x.at(at, 0), y.at(at, 0), static_cast<std::size_t>(x.width), x.channels, affine.scale,
                       affine.shift);
  });
}

void merge_relu(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, ReadAffine affine,
                const float* y_scale, int threads) {
  parallel_for(threads, static_cast<std::size_t>(x.height), [&](std::size_t row, int) {
    const int at = static_cast<int>(row);
    kernels.merge_relu(x.at(at, 0), y.at(at, 0), static_cast<std::size_t>(x.width), x.channels, affine.scale,
                       affine.shift, y_scale);
  });
}

void affine_relu(const Kernels& kernels, const FeatureMap& x, const BrushBlocks& blocks,
                 const BrushShares& shares, int threads) {
  for_every_run(x, blocks, shares, threads, [&](int row, int column, std::size_t count, const float* block) {
    kernels.affine_relu(x.at(row, column), count, x.channels, block, block + x.channels);
  });
}

void add_affine(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, const BrushBlocks& blocks,
                const BrushShares& shares, int threads) {
  for_every_run(x, blocks, shares, threads, [&](int row, int column, std::size_t count, const float* block) {
    kernels.add_affine(x.at(row, column), y.at(row, column), count, x.channels, block, block + x.channels);
  });
}

void merge_relu(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, const BrushBlocks& blocks,
                const BrushShares& shares, int threads) {
  for_every_run(x, blocks, shares, threads, [&](int row, int column, std::size_t count, const float* block) {
    kernels.merge_relu(x.at(row, column), y.at(row, column), count, x.channels, block, block + x.channels,
                       block + 2 * x.channels);
  });
}

void blur_pool(const Kernels& kernels, const FeatureMap& from, ReadAffine affine, const FeatureMap& to,
               float* scratch, int threads) {
  parallel_for(threads, static_cast<std::size_t>(to.height), [&](std::size_t row, int thread) {
    float* const line = scratch + static_cast<std::size_t>(thread) * from.row_floats();
    const int y = 2 * static_cast<int>(row);
    const float* const rows[4] = {from.at(y == 0 ? 1 : y - 1, 0), from.at(y, 0), from.at(y + 1, 0),
                                  from.at(y + 2 == from.height ? from.height - 2 : y + 2, 0)};
    kernels.blur_rows(rows, static_cast<std::size_t>(from.width), from.channels, affine.scale, affine.shift,
                      line);
    kernels.blur_columns(line, from.width, from.channels, to.at(static_cast<int>(row), 0));
  });
}

}  // namespace atelier::engine::detail
