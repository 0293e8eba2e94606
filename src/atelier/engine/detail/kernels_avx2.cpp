#include "atelier/engine/detail/kernels.h"

#ifdef __AVX2__

#include "atelier/engine/detail/kernel_bodies.h"

namespace atelier::engine::detail {

const Kernels* avx2_kernels() {
  // Twelve accumulators, two weight registers and one broadcast fit the sixteen registers.
  static constexpr Kernels kTable = Bodies<8, 6, 2>::table("avx2");
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kTable : nullptr;
}

}  // namespace atelier::engine::detail

#else

namespace atelier::engine::detail {
const Kernels* avx2_kernels() {
  return nullptr;
}
}  // namespace atelier::engine::detail

#endif
