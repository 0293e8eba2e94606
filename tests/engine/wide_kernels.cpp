#include "engine/wide_kernels.h"

#include "atelier/engine/detail/kernel_bodies.h"

namespace atelier::engine::detail {

const Kernels& wide_kernels() {
  static constexpr Kernels kTable = Bodies<16, 12, 2>::table("wide");
  return kTable;
}

}  // namespace atelier::engine::detail
