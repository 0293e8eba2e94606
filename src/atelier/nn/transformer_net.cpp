#include "atelier/nn/transformer_net.h"

#include <ATen/ATen.h>

#include <string>

#include "atelier/nn/rival_layers.h"

namespace atelier::nn {
namespace {

constexpr int kResidualBlocks = 5;
constexpr double kFullScale = 255;  // published networks see and give levels

std::string block(int number) {
  return "res" + std::to_string(number) + ".";
}

at::Tensor convolved(const tensor::TensorMap& tensors, const std::string& name, const at::Tensor& x,
                     int stride = 1) {
  return convolve(tensors, name + ".conv2d", x, stride);
}

at::Tensor normalised(const tensor::TensorMap& tensors, const std::string& name, const at::Tensor& x) {
  return at::instance_norm(x, tensors.at(name + ".weight"), tensors.at(name + ".bias"), {}, {},
                           /*use_input_stats=*/true, 0.1, 1e-5, false);
}

at::Tensor doubled(const at::Tensor& x) {
  return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

}  // namespace

TransformerNet::TransformerNet() {
  const auto layer = [&](const std::string& name, const std::string& norm, int out, int in, int side) {
    add_convolution(tensors_, name + ".conv2d", {out, in, side, side});
    tensors_[norm + ".weight"] = at::ones({out});
    tensors_[norm + ".bias"] = at::zeros({out});
  };
  layer("conv1", "in1", 32, 3, 9);
  layer("conv2", "in2", 64, 32, 3);
  layer("conv3", "in3", 128, 64, 3);
  for (int i = 1; i <= kResidualBlocks; ++i) {
    layer(block(i) + "conv1", block(i) + "in1", 128, 128, 3);
    layer(block(i) + "conv2", block(i) + "in2", 128, 128, 3);
  }
  layer("deconv1", "in4", 64, 128, 3);
  layer("deconv2", "in5", 32, 64, 3);
  add_convolution(tensors_, "deconv3.conv2d", {3, 32, 9, 9});
  tensors_.at("deconv3.conv2d.bias").fill_(kFullScale / 2);
}

TransformerNet::TransformerNet(const std::filesystem::path& weights) : TransformerNet() {
  tensor::TensorMap values = tensor::to_tensors(weights::SafetensorsFile::read(weights));
  // Left by an old release of PyTorch in the published files; instance normalisation does not use them.
  std::erase_if(values, [](const auto& value) { return value.first.find(".running_") != std::string::npos; });
  take_values(tensors_, values, weights.string(), "a fast-neural-style network");
}

at::Tensor TransformerNet::operator()(const at::Tensor& content) const {
  const auto layer = [&](const std::string& name, const std::string& norm, const at::Tensor& x,
                         int stride = 1) {
    return normalised(tensors_, norm, convolved(tensors_, name, x, stride));
  };
  at::Tensor x = at::relu(layer("conv1", "in1", content * kFullScale));
  x = at::relu(layer("conv2", "in2", x, 2));
  x = at::relu(layer("conv3", "in3", x, 2));
  for (int i = 1; i <= kResidualBlocks; ++i) {
    const at::Tensor inner = at::relu(layer(block(i) + "conv1", block(i) + "in1", x));
    x = x + layer(block(i) + "conv2", block(i) + "in2", inner);
  }
  x = at::relu(layer("deconv1", "in4", doubled(x)));
  x = at::relu(layer("deconv2", "in5", doubled(x)));
  return convolved(tensors_, "deconv3", x) / kFullScale;
}

std::vector<at::Tensor> TransformerNet::parameters() {
  std::vector<at::Tensor> parameters;
  for (auto& [name, values] : tensors_) parameters.push_back(values.requires_grad_());
  return parameters;
}

}  // namespace atelier::nn
