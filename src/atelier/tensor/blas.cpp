#include "atelier/tensor/blas.h"

#include <dlfcn.h>

#include "atelier/core/error.h"

namespace atelier::tensor {
namespace {

// LibTorch brings whichever BLAS the system has: OpenBLAS is known by its functions.
template <typename Function>
Function* loaded_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

void prepare_blas() {
  constexpr int kSerial = 0;
  auto* const parallel = loaded_function<int()>("openblas_get_parallel");
  if (parallel && parallel() == kSerial) {
    throw Error(
        ErrorCode::Unavailable, "blas.serial",
        "LibTorch multiplies matrices by the serial OpenBLAS, which mixes up what several threads ask "
        "for; apt-get install libopenblas0-pthread, which takes its place");
  }
  if (auto* const set_threads = loaded_function<void(int)>("openblas_set_num_threads")) set_threads(1);
}

}  // namespace atelier::tensor
