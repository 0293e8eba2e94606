#include "atelier/engine/detail/kernels.h"

#ifdef __AVX512F__

#include "atelier/engine/detail/kernel_bodies.h"

namespace atelier::engine::detail {

const Kernels* avx512_kernels() {
  // Twenty-four accumulators and two weight registers of thirty-two; the broadcasts are memory operands.
  static constexpr Kernels kTable = Bodies<16, 12, 2>::table("avx512");
  return __builtin_cpu_supports("avx512f") ? &kTable : nullptr;
}

}  // namespace atelier::engine::detail

#else

namespace atelier::engine::detail {
const Kernels* avx512_kernels() {
  return nullptr;
}
}  // namespace atelier::engine::detail

#endif
