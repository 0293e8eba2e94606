#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/StringUtil.h>
#include <torch/version.h>

#include <string>
#include <type_traits>

/// The few things that differ between LibTorch 1.13 (Debian 12) and 2.x. Everything else in the house uses
/// only what both have.
#if TORCH_VERSION_MAJOR < 1 || (TORCH_VERSION_MAJOR == 1 && TORCH_VERSION_MINOR < 13)
#error "Atelier needs LibTorch 1.13 or newer"
#endif

namespace atelier::tensor {

/// The key of a parameter in an optimiser's state map: the address as text in 1.13, as a pointer in 2.x.
template <typename StateMap>
auto optimiser_key(const StateMap&, const at::Tensor& parameter) {
  if constexpr (std::is_same_v<typename StateMap::key_type, std::string>) {
    return c10::guts::to_string(parameter.unsafeGetTensorImpl());
  } else {
    return static_cast<typename StateMap::key_type>(parameter.unsafeGetTensorImpl());
  }
}

}  // namespace atelier::tensor
