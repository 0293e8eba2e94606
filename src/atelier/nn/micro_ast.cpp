#include "atelier/nn/micro_ast.h"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>
#include <vector>

#include "atelier/nn/rival_layers.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::nn {
namespace {

using Tensors = tensor::TensorMap;

/// x + conv2(relu(conv1 x)), the rivals' residual layer without normalisation.
at::Tensor residual(const Tensors& tensors, const std::string& name, const at::Tensor& x) {
  const at::Tensor inner = at::relu(convolve(tensors, name + ".conv1.conv_layer", x));
  return x + convolve(tensors, name + ".conv2.conv_layer", inner);
}

std::pair<at::Tensor, at::Tensor> mean_and_std(const at::Tensor& x, bool unbiased) {
  const at::Tensor flat = x.flatten(2);
  const at::Tensor std = at::sqrt(flat.var(2, unbiased) + 1e-5);
  return {flat.mean(2).view({1, -1, 1, 1}), std.view({1, -1, 1, 1})};
}

// As published: the content's variance is biased, the style's is not.
at::Tensor with_statistics_of(const at::Tensor& x, const at::Tensor& style) {
  const auto [mean, std] = mean_and_std(x, false);
  const auto [style_mean, style_std] = mean_and_std(style, true);
  return (x - mean) / std * style_std + style_mean;
}

at::Tensor modulated(const Tensors& tensors, const std::string& name, const at::Tensor& x,
                     const at::Tensor& weight, const at::Tensor& bias) {
  const at::Tensor inner = at::relu(convolve(tensors, name + ".conv1.conv_layer", x) * weight + bias * x);
  return x + convolve(tensors, name + ".conv2.conv_layer", inner) * weight + bias * inner;
}

std::pair<at::Tensor, at::Tensor> encode_both(const Tensors& tensors, const std::string& net,
                                              const at::Tensor& picture) {
  const std::string enc1 = net + ".enc1.";
  at::Tensor x = at::relu(convolve(tensors, enc1 + "0.conv_layer", picture));
  x = at::relu(convolve(tensors, enc1 + "2.conv_layer", x, 2));
  x = at::relu(convolve(tensors, enc1 + "4.conv_layer", x));
  x = at::relu(convolve(tensors, enc1 + "6.conv_layer", x, 2));
  x = at::relu(convolve(tensors, enc1 + "8.conv_layer", x));
  x = residual(tensors, enc1 + "10", x);
  return {x, residual(tensors, net + ".enc2.0", x)};
}

at::Tensor doubled(const at::Tensor& x) {
  return at::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, /*align_corners=*/false);
}

}  // namespace

MicroAst::MicroAst(const std::optional<std::filesystem::path>& weights) {
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
    add_convolution(tensors_, name + ".conv_layer", shape);
  };
  for (const std::string net : {"content_encoder", "style_encoder"}) {
    add(net + ".enc1.0", {16, 3, 9, 9});
    add(net + ".enc1.2", {32, 1, 3, 3});
    add(net + ".enc1.4", {32, 32, 1, 1});
    add(net + ".enc1.6", {64, 1, 3, 3});
    add(net + ".enc1.8", {64, 64, 1, 1});
    for (const char* name : {".enc1.10.conv1", ".enc1.10.conv2", ".enc2.0.conv1", ".enc2.0.conv2"}) {
      add(net + name, {64, 64, 3, 3});
    }
  }
  for (const char* name : {"weight1", "weight2", "bias1", "bias2"}) {
    add("modulator." + std::string(name) + ".0", {64, 1, 3, 3});
  }
  for (const char* name : {"dec1.conv1", "dec1.conv2", "dec2.conv1", "dec2.conv2"}) {
    add("decoder." + std::string(name), {64, 64, 3, 3});
  }
  add("decoder.dec3.1", {32, 2, 3, 3});
  add("decoder.dec3.3", {32, 32, 1, 1});
  add("decoder.dec3.6", {16, 2, 3, 3});
  add("decoder.dec3.8", {16, 16, 1, 1});
  add("decoder.dec3.10", {3, 16, 9, 9});
  if (!weights) return;
  Tensors values;
  for (const std::string net : {"content_encoder", "style_encoder", "modulator", "decoder"}) {
    const auto file = weights::SafetensorsFile::read(*weights / ("microast_" + net + ".safetensors"));
    for (const auto& [name, value] : tensor::to_tensors(file)) values[net + "." + name] = value;
  }
  take_values(tensors_, values, weights->string(), "MicroAST");
}

MicroAst::Style MicroAst::encode(const at::Tensor& style) const {
  const auto [shallow, deep] = encode_both(tensors_, "style_encoder", style);
  Style result;
  const at::Tensor features[2] = {shallow, deep};
  for (int i = 0; i < 2; ++i) {
    const std::string level = std::to_string(i + 1) + ".0.conv_layer";
    result.features[i] = features[i];
    result.filter_weights[i] = convolve(tensors_, "modulator.weight" + level, features[i]).mean({2, 3}, true);
    result.filter_biases[i] = convolve(tensors_, "modulator.bias" + level, features[i]).mean({2, 3}, true);
  }
  return result;
}

at::Tensor MicroAst::operator()(const at::Tensor& content, const Style& style) const {
  const auto [shallow, deep] = encode_both(tensors_, "content_encoder", content);
  at::Tensor x = with_statistics_of(deep, style.features[1]);
  x = modulated(tensors_, "decoder.dec1", x, style.filter_weights[1], style.filter_biases[1]);
  x = with_statistics_of(x, style.features[0]);
  x = modulated(tensors_, "decoder.dec2", x, style.filter_weights[0], style.filter_biases[0]);
  const auto layer = [&](const char* index, const at::Tensor& t) {
    return convolve(tensors_, "decoder.dec3." + std::string(index) + ".conv_layer", t);
  };
  x = at::relu(layer("1", doubled(x)));
  x = at::relu(layer("3", x));
  x = at::relu(layer("6", doubled(x)));
  x = at::relu(layer("8", x));
  return layer("10", x);
}

}  // namespace atelier::nn
