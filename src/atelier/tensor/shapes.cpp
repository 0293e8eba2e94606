#include "atelier/tensor/shapes.h"

#include <sstream>

#include "atelier/core/error.h"

namespace atelier::tensor {

void check_shape(const at::Tensor& t, std::initializer_list<std::int64_t> shape, const char* what) {
  bool good = t.defined() && t.dim() == static_cast<std::int64_t>(shape.size());
  std::int64_t axis = 0;
  for (const std::int64_t size : shape) {
    good = good && (size == -1 || t.size(axis) == size);
    ++axis;
  }
  if (good) return;
  std::ostringstream message;
  message << what << ": expected shape [";
  for (const std::int64_t size : shape) message << ' ' << size;
  message << " ], got ";
  if (t.defined()) {
    message << t.sizes();
  } else {
    message << "no tensor";
  }
  throw Error(ErrorCode::Internal, "tensor.shape", message.str());
}

}  // namespace atelier::tensor
