#include "atelier/nn/rival_layers.h"

#include <ATen/ATen.h>

#include <cmath>

#include "atelier/core/error.h"

namespace atelier::nn {

void add_convolution(tensor::TensorMap& tensors, const std::string& name,
                     const std::vector<std::int64_t>& shape) {
  const double inputs = static_cast<double>(shape[1] * shape[2] * shape[3]);
  tensors[name + ".weight"] = at::randn(shape) * std::sqrt(2 / inputs);
  tensors[name + ".bias"] = at::zeros({shape[0]});
}

at::Tensor convolve(const tensor::TensorMap& tensors, const std::string& name, const at::Tensor& x,
                    int stride) {
  const at::Tensor& weight = tensors.at(name + ".weight");
  const auto pad = weight.size(2) / 2;
  const auto groups = x.size(1) / weight.size(1);
  const at::Tensor padded = pad ? at::reflection_pad2d(x, {pad, pad, pad, pad}) : x;
  return at::conv2d(padded, weight, tensors.at(name + ".bias"), {stride, stride}, at::IntArrayRef({0, 0}),
                    {1, 1}, groups);
}

void take_values(tensor::TensorMap& tensors, const tensor::TensorMap& values, const std::string& where,
                 const std::string& network) {
  const auto refuse = [&](const std::string& name, const std::string& cause) {
    throw Error(ErrorCode::BadData, "model.tensors",
                printable(where) + ": tensor '" + printable(name) + "' " + cause + " " + network +
                    "; use the published weights");
  };
  for (const auto& [name, value] : values) {
    const auto mine = tensors.find(name);
    if (mine == tensors.end() || mine->second.sizes() != value.sizes()) refuse(name, "does not belong to");
  }
  for (auto& [name, mine] : tensors) {
    const auto value = values.find(name);
    if (value == values.end()) refuse(name, "is missing in");
    mine = value->second;
  }
}

}  // namespace atelier::nn
