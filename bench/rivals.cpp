#include "rivals.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

namespace atelier::bench {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

at::Tensor convolve(const Tensors& tensors, const std::string& name, const at::Tensor& x, int stride = 1) {
  const at::Tensor& weight = tensors.at(name + ".weight");
  const auto pad = weight.size(2) / 2;
  const auto groups = x.size(1) / weight.size(1);
  const at::Tensor padded = pad ? at::reflection_pad2d(x, {pad, pad, pad, pad}) : x;
  return at::conv2d(padded, weight, tensors.at(name + ".bias"), {stride, stride}, at::IntArrayRef({0, 0}),
                    {1, 1}, groups);
}

void add_conv(Tensors& tensors, const std::string& name, const std::vector<std::int64_t>& shape) {
  const double inputs = static_cast<double>(shape[1] * shape[2] * shape[3]);
  tensors[name + ".weight"] = at::randn(shape) * std::sqrt(2 / inputs);
  tensors[name + ".bias"] = at::zeros({shape[0]});
}

at::Tensor normalise(const Tensors& tensors, const std::string& name, const at::Tensor& x) {
  return at::instance_norm(x, tensors.at(name + ".weight"), tensors.at(name + ".bias"), {}, {}, true, 0.1,
                           1e-5, false);
}

}  // namespace

TransformerNet::TransformerNet() {
  const auto layer = [&](const std::string& name, int out, int in, int side, bool norm = true) {
    add_conv(tensors_, name, {out, in, side, side});
    if (!norm) return;
    tensors_[name + ".norm.weight"] = at::ones({out});
    tensors_[name + ".norm.bias"] = at::zeros({out});
  };
  layer("conv1", 32, 3, 9);
  layer("conv2", 64, 32, 3);
  layer("conv3", 128, 64, 3);
  for (int i = 0; i < 5; ++i) {
    layer("res" + std::to_string(i) + ".0", 128, 128, 3);
    layer("res" + std::to_string(i) + ".1", 128, 128, 3);
  }
  layer("up1", 64, 128, 3);
  layer("up2", 32, 64, 3);
  layer("out", 3, 32, 9, false);
}

at::Tensor TransformerNet::operator()(const at::Tensor& content) const {
  const auto layer = [&](const std::string& name, const at::Tensor& x, int stride = 1) {
    return normalise(tensors_, name + ".norm", convolve(tensors_, name, x, stride));
  };
  at::Tensor x = at::relu(layer("conv1", content));
  x = at::relu(layer("conv2", x, 2));
  x = at::relu(layer("conv3", x, 2));
  for (int i = 0; i < 5; ++i) {
    const std::string name = "res" + std::to_string(i);
    x = x + layer(name + ".1", at::relu(layer(name + ".0", x)));
  }
  const auto nearest = [](const at::Tensor& t) {
    return at::upsample_nearest2d(t, {2 * t.size(2), 2 * t.size(3)});
  };
  x = at::relu(layer("up1", nearest(x)));
  x = at::relu(layer("up2", nearest(x)));
  return convolve(tensors_, "out", x);
}

}  // namespace atelier::bench
