#include "atelier/engine/detail/kernel_bodies.h"

namespace atelier::engine::detail {

const Kernels& generic_kernels() {
  // Sixteen registers of four floats, as on any x86-64 (SSE2) or ARM (NEON).
  static constexpr Kernels kTable = Bodies<4, 6, 2>::table("generic");
  return kTable;
}

}  // namespace atelier::engine::detail
