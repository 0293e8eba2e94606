#include "atelier/inference/torch/torch_model.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/nn/generator.h"
#include "atelier/nn/norm_stats.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/style_encoder.h"
#include "atelier/nn/style_statistics.h"
#include "atelier/tensor/device.h"
#include "atelier/tensor/shapes.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::inference {
namespace {

at::Tensor from_floats(std::span<const float> values, at::IntArrayRef shape, const at::Device& device) {
  std::int64_t expected = 1;
  for (const std::int64_t side : shape) expected *= side;
  if (static_cast<std::int64_t>(values.size()) != expected) {
    throw Error(ErrorCode::Internal, "tensor.shape",
                "a picture or code does not have the size its request names");
  }
  // from_blob wants a mutable pointer; the clone is all that is ever used.
  return torch::from_blob(const_cast<float*>(values.data()), shape, torch::kFloat).clone().to(device);
}

std::vector<float> to_floats(const at::Tensor& tensor) {
  const at::Tensor cpu = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  return {cpu.data_ptr<float>(), cpu.data_ptr<float>() + cpu.numel()};
}

NormStatistics to_statistics(const nn::NormStats& stats) {
  NormStatistics result;
  for (const nn::NormStats::Site& site : stats.sites()) {
    result.sites.push_back(to_floats(torch::cat({site.mean, site.std})));
  }
  return result;
}

nn::NormStats frozen_stats(const NormStatistics& statistics, const at::Device& device) {
  nn::NormStats stats(nn::NormStats::Policy::Frozen);
  for (const std::vector<float>& site : statistics.sites) {
    const auto channels = static_cast<std::int64_t>(site.size() / 2);
    const at::Tensor both = from_floats(site, {2, channels}, device);
    stats.sites().push_back({both[0], both[1]});
  }
  return stats;
}

}  // namespace

struct TorchModel::Networks {
  Networks(const model::ModelBundle& bundle, const std::string& device_name,
           const weights::SafetensorsFile* weights)
      : device(tensor::parse_device(device_name)),
        generator(bundle.manifest().generator),
        perceptual(bundle.manifest().perceptual),
        encoder(bundle.manifest().encoder, bundle.manifest().perceptual) {
    load(*generator, weights != nullptr ? *weights : bundle.generator());
    load(*perceptual, bundle.perceptual());
    load(*encoder, bundle.encoder());
  }

  void load(torch::nn::Module& module, const weights::SafetensorsFile& file) const {
    tensor::load_state(module, tensor::to_tensors(file), file.name());
    module.to(device);
    module.eval();
  }

  at::Tensor in_one_style(const at::Tensor& content, const PaintRequest& request);
  at::Tensor in_several(const at::Tensor& content, const PaintRequest& request);

  // Values on the device: [1, n] and [1].
  at::Tensor row(std::span<const float> values) const;
  at::Tensor number(float value) const;

  at::Device device;
  nn::Generator generator;
  nn::PerceptualNetwork perceptual;
  nn::StyleEncoder encoder;
};

at::Tensor TorchModel::Networks::in_one_style(const at::Tensor& content, const PaintRequest& request) {
  nn::NormStats stats = request.frozen != nullptr
                            ? frozen_stats(*request.frozen, device)
                            : nn::NormStats(request.collect != nullptr ? nn::NormStats::Policy::Collect
                                                                       : nn::NormStats::Policy::Live);
  at::Tensor painted = generator->forward(
      content, row(request.code), number(std::log2(request.stroke)), number(request.detail), stats,
      request.modulation.empty() ? at::Tensor() : row(request.modulation));
  if (request.collect != nullptr) *request.collect = to_statistics(stats);
  return painted;
}

at::Tensor TorchModel::Networks::in_several(const at::Tensor& content, const PaintRequest& request) {
  std::vector<nn::SharedStyle> styles;
  const auto add = [&](const auto& brush) {
    if (brush.frozen == nullptr) {
      throw Error(ErrorCode::Internal, "stylize.brushes",
                  "several styles share a picture only with frozen statistics");
    }
    styles.push_back({row(brush.code),
                      brush.modulation.empty() ? at::Tensor() : row(brush.modulation),
                      number(brush.detail),
                      frozen_stats(*brush.frozen, device),
                      {}});
  };
  add(request);
  at::Tensor left = torch::ones({request.height, request.width}, content.options());
  for (const MaskedBrush& other : request.others) {
    add(other);
    styles.back().share = from_floats(other.share, {request.height, request.width}, device);
    left = left - styles.back().share;
  }
  styles.front().share = left;
  return generator->forward(content, number(std::log2(request.stroke)), styles);
}

at::Tensor TorchModel::Networks::row(std::span<const float> values) const {
  return from_floats(values, {1, static_cast<std::int64_t>(values.size())}, device);
}

at::Tensor TorchModel::Networks::number(float value) const {
  return torch::full({1}, value, at::TensorOptions().device(device));
}

TorchModel::TorchModel(const model::ModelBundle& bundle, const std::string& device, int threads,
                       const weights::SafetensorsFile* generator) {
  tensor::prepare_runtime(threads);
  networks_ = std::make_unique<Networks>(bundle, device, generator);
}

TorchModel::~TorchModel() = default;

void TorchModel::paint(const PaintRequest& request, std::span<float> painting) const {
  const torch::NoGradGuard no_gradients;
  const at::Tensor content =
      from_floats(request.content, {1, 3, request.height, request.width}, networks_->device);
  const std::vector<float> painted =
      to_floats(request.others.empty() ? networks_->in_one_style(content, request)
                                       : networks_->in_several(content, request));
  if (painted.size() != painting.size()) {
    throw Error(ErrorCode::Internal, "tensor.shape",
                "the place for the painting does not have the content's size");
  }
  std::copy(painted.begin(), painted.end(), painting.begin());
}

std::vector<float> TorchModel::encode_style(std::span<const float> picture, int height, int width) const {
  const torch::NoGradGuard no_gradients;
  const at::Tensor tensor = from_floats(picture, {1, 3, height, width}, networks_->device);
  return to_floats(networks_->encoder->forward(nn::style_statistics(tensor, *networks_->perceptual)));
}

}  // namespace atelier::inference
