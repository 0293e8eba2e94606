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
    scales_.push_back(
        register_module("scale" + std::to_string(s),
                        PatchHead(3,
                                  std::vector<PatchHeadImpl::Layer>{
                                      {w, 4, 2, 1}, {2 * w, 4, 2, 1}, {4 * w, 4, 2, 1}, {4 * w, 3, 1, 1}},
                                  options_.code_dim)));
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
    logits.push_back(scales_[s](level, code));
  }
  return logits;
}

}  // namespace atelier::nn
