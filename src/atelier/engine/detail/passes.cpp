#include "atelier/engine/detail/passes.h"

#include "atelier/engine/detail/parallel.h"

namespace atelier::engine::detail {

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
