#include "atelier/nn/discriminator.h"

#include <torch/torch.h>

#include "atelier/core/options_json.h"
#include "atelier/tensor/shapes.h"

namespace atelier::nn {
namespace {

// Light and colour differ far more between pictures than brush strokes do, and D would look at little else:
// what differs from the neighbourhood is made four times as strong before the first layer.
constexpr double kEmphasis = 3;
constexpr int kNeighbourhood = 9;

torch::Tensor emphasise_strokes(const torch::Tensor& picture) {
  const torch::Tensor around =
      torch::avg_pool2d(picture, kNeighbourhood, 1, kNeighbourhood / 2, /*ceil_mode=*/false,
                        /*count_include_pad=*/false);
  return picture - 0.5 + (picture - around) * kEmphasis;
}

}  // namespace

void DiscriminatorOptions::validate() const {
  if (width < 1 || width > 512) throw_bad_option("discriminator", "width", "must lie in 1..512");
  if (scales < 1 || scales > 4) throw_bad_option("discriminator", "scales", "must lie in 1..4");
  if (code_dim < 1) throw_bad_option("discriminator", "code_dim", "must be positive");
}

void to_json(nlohmann::json& json, const DiscriminatorOptions& o) {
  json = {{"width", o.width}, {"scales", o.scales}, {"code_dim", o.code_dim}};
}

void from_json(const nlohmann::json& json, DiscriminatorOptions& o) {
  require_known_keys(json, {"width", "scales", "code_dim"}, "discriminator");
  read_option(json, "width", o.width, "discriminator");
  read_option(json, "scales", o.scales, "discriminator");
  read_option(json, "code_dim", o.code_dim, "discriminator");
  o.validate();
}

DiscriminatorImpl::DiscriminatorImpl(const DiscriminatorOptions& options) : options_(options) {
  options_.validate();
  const int w = options_.width;
  for (int s = 0; s < options_.scales; ++s) {
    auto holder = register_module("scale" + std::to_string(s), std::make_shared<torch::nn::Module>());
    Scale scale;
    scale.layers = {SpectralConv(3, w, 4, 2, 1), SpectralConv(w, 2 * w, 4, 2, 1),
                    SpectralConv(2 * w, 4 * w, 4, 2, 1), SpectralConv(4 * w, 4 * w, 3, 1, 1)};
    for (std::size_t i = 0; i < scale.layers.size(); ++i) {
      holder->register_module("conv" + std::to_string(i), scale.layers[i]);
    }
    scale.head = holder->register_module("head", SpectralConv(4 * w, 1, 3, 1, 1));
    scale.projection = holder->register_module(
        "projection", torch::nn::Linear(torch::nn::LinearOptions(options_.code_dim, 4 * w).bias(false)));
    scales_.push_back(std::move(scale));
  }
}

std::vector<torch::Tensor> DiscriminatorImpl::forward(const torch::Tensor& picture,
                                                      const torch::Tensor& code) {
  tensor::check_shape(picture, {-1, 3, -1, -1}, "picture");
  tensor::check_shape(code, {picture.size(0), options_.code_dim}, "code");
  std::vector<torch::Tensor> logits;
  torch::Tensor level = emphasise_strokes(picture);
  for (std::size_t s = 0; s < scales_.size(); ++s) {
    if (s > 0) level = torch::avg_pool2d(level, 2);
    torch::Tensor f = level;
    for (SpectralConv& layer : scales_[s].layers) f = torch::leaky_relu(layer(f), 0.2) * kSpectralGain;
    const torch::Tensor wanted = scales_[s].projection(code.detach()).unsqueeze(2).unsqueeze(3);
    logits.push_back(scales_[s].head(f) + (f * wanted).mean(1, /*keepdim=*/true));
  }
  return logits;
}

}  // namespace atelier::nn
