#include "atelier/judging/detail/content_distance.h"

#include <torch/torch.h>

namespace atelier::judging::detail {

double ContentDistance::operator()(const at::Tensor& painting, const at::Tensor& photo) const {
  const double miss = (painting - photo).square().sum(torch::kDouble).item<double>();
  const double spread = (photo - photo.mean()).square().sum(torch::kDouble).item<double>();
  return miss / (spread + 1e-12);
}

}  // namespace atelier::judging::detail
