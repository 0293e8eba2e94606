#include "atelier/engine/detail/kernels.h"

#include <algorithm>

namespace atelier::engine::detail {

const Kernels& best_kernels() {
  static const Kernels& best = [&]() -> const Kernels& {
    if (const Kernels* found = avx512_kernels()) return *found;
    if (const Kernels* found = avx2_kernels()) return *found;
    return generic_kernels();
  }();
  return best;
}

std::size_t packed_size(int k, int n) {
  return static_cast<std::size_t>(k) * static_cast<std::size_t>(n);
}

void pack_panels(const Kernels& kernels, const float* b, int k, int n, float* packed) {
  for (int column = 0; column < n; column += kernels.panel) {
    const int width = std::min(kernels.panel, n - column);
    for (int row = 0; row < k; ++row) {
      const float* from = b + static_cast<std::size_t>(row) * static_cast<std::size_t>(n) + column;
      packed = std::copy(from, from + width, packed);
    }
  }
}

}  // namespace atelier::engine::detail
