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

  at::Device device;
  nn::Generator generator;
  nn::PerceptualNetwork perceptual;
  nn::StyleEncoder encoder;
};

TorchModel::TorchModel(const model::ModelBundle& bundle, const std::string& device, int threads,
                       const weights::SafetensorsFile* generator) {
  tensor::prepare_runtime(threads);
  networks_ = std::make_unique<Networks>(bundle, device, generator);
}

TorchModel::~TorchModel() = default;

void TorchModel::paint(const PaintRequest& request, std::span<float> painting) const {
  if (!request.others.empty()) {
    throw Error(ErrorCode::Unavailable, "stylize.shared_device",
                "several styles by masks, --protect and --detail-mask are painted on the processor only: "
                "leave out --device");
  }
  const torch::NoGradGuard no_gradients;
  const at::Device& device = networks_->device;
  const at::Tensor content = from_floats(request.content, {1, 3, request.height, request.width}, device);
  const at::Tensor code =
      from_floats(request.code, {1, static_cast<std::int64_t>(request.code.size())}, device);
  tensor::check_shape(code, {1, networks_->generator->options().code_dim}, "code");
  at::Tensor modulation;
  if (!request.modulation.empty()) {
    modulation =
        from_floats(request.modulation, {1, static_cast<std::int64_t>(request.modulation.size())}, device);
  }
  const auto scalar = [&](float value) { return torch::full({1}, value, content.options()); };

  nn::NormStats stats = request.frozen != nullptr
                            ? frozen_stats(*request.frozen, device)
                            : nn::NormStats(request.collect != nullptr ? nn::NormStats::Policy::Collect
                                                                       : nn::NormStats::Policy::Live);
  const std::vector<float> painted = to_floats(networks_->generator->forward(
      content, code, scalar(std::log2(request.stroke)), scalar(request.detail), stats, modulation));
  if (painted.size() != painting.size()) {
    throw Error(ErrorCode::Internal, "tensor.shape",
                "the place for the painting does not have the content's size");
  }
  std::copy(painted.begin(), painted.end(), painting.begin());
  if (request.collect != nullptr) *request.collect = to_statistics(stats);
}

std::vector<float> TorchModel::encode_style(std::span<const float> picture, int height, int width) const {
  const torch::NoGradGuard no_gradients;
  const at::Tensor tensor = from_floats(picture, {1, 3, height, width}, networks_->device);
  return to_floats(networks_->encoder->forward(nn::style_statistics(tensor, *networks_->perceptual)));
}

}  // namespace atelier::inference
