#pragma once

#include <c10/core/Device.h>

#include <string>

namespace atelier::tensor {

/// "cpu", "cuda", "cuda:1" or "auto" (a GPU when LibTorch sees one, else the CPU). Error Usage for other
/// words, Unavailable when CUDA is asked for and absent.
c10::Device parse_device(const std::string& name);

/// Threads of LibTorch's pool; 0 keeps the default. Also prepares the BLAS (see blas.h for its error) and
/// keeps freed memory inside the process: LibTorch allocates and frees every activation, and giving pages
/// back to the system costs up to half of the time.
void prepare_runtime(int threads);

}  // namespace atelier::tensor
