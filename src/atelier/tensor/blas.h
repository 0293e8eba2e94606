#pragma once

namespace atelier::tensor {

/// Matrix products of LibTorch stay on the thread that asks for them: OpenBLAS's own threads wait busily and
/// take the processor from LibTorch's. Error Unavailable "blas.serial" when LibTorch multiplies by the serial
/// OpenBLAS, whose products are wrong now and then when two threads ask at once; no other BLAS is refused.
void prepare_blas();

}  // namespace atelier::tensor
