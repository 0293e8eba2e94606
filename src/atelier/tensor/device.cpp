#include "atelier/tensor/device.h"

#include <malloc.h>
#include <torch/torch.h>

#include "atelier/core/error.h"
#include "atelier/tensor/blas.h"

namespace atelier::tensor {

c10::Device parse_device(const std::string& name) {
  if (name == "auto") return torch::cuda::is_available() ? c10::Device("cuda") : c10::Device("cpu");
  if (name == "cpu") return c10::Device("cpu");
  if (name.rfind("cuda", 0) == 0) {
    if (!torch::cuda::is_available()) {
      throw Error(ErrorCode::Unavailable, "device.cuda",
                  "--device " + printable(name) + ": this LibTorch sees no CUDA device; use --device cpu");
    }
    try {
      return c10::Device(name);
    } catch (const c10::Error&) {
      // Falls through to the one message for every malformed name.
    }
  }
  throw Error(ErrorCode::Usage, "device.name",
              "--device " + printable(name) + " is unknown; use cpu, cuda, cuda:N or auto");
}

void prepare_runtime(int threads) {
  prepare_blas();
  if (threads > 0) at::set_num_threads(threads);
  // Tensors come and go every few milliseconds: freed pages stay with the process, in one arena for every
  // thread, or each new tensor costs page faults. Nothing is mapped apart: VGG-19's first layers are larger
  // than the largest threshold that glibc accepts, and mapping them anew took a third of a training step.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace atelier::tensor
