#include "atelier/nn/style_encoder.h"

#include <torch/torch.h>

namespace atelier::nn {

StyleEncoderImpl::StyleEncoderImpl(const StyleEncoderOptions& options, const PerceptualOptions& perceptual)
    : options_(options) {
  options_.validate();
  texture_ = make_part("texture", perceptual.statistics(), options_.texture_hidden, options_.texture_dim);
  palette_ = make_part("palette", StyleEncoderOptions::kPaletteStatistics, options_.palette_hidden,
                       options_.palette_dim);
}

StyleEncoderImpl::Part StyleEncoderImpl::make_part(const std::string& name, int in, int hidden, int out) {
  auto holder = register_module(name, std::make_shared<torch::nn::Module>());
  return {holder->register_buffer("mean", torch::zeros({in})),
          holder->register_buffer("std", torch::ones({in})),
          holder->register_module("fc0", torch::nn::Linear(in, hidden)),
          holder->register_module("fc1", torch::nn::Linear(hidden, out))};
}

torch::Tensor StyleEncoderImpl::forward(const StyleStatistics& statistics) {
  const auto encode = [](Part& part, const torch::Tensor& x, double floor) {
    const torch::Tensor standard = (x - part.mean) / part.std.clamp_min(floor) / 2;
    return part.fc1(torch::silu(part.fc0(standard)));
  };
  return torch::cat({encode(palette_, statistics.palette, 0.02), encode(texture_, statistics.texture, 0.05)},
                    1);
}

void StyleEncoderImpl::standardise(const StyleStatistics& library) {
  torch::NoGradGuard no_grad;
  texture_.mean.copy_(library.texture.mean(0));
  texture_.std.copy_(library.texture.std(0, /*unbiased=*/false));
  palette_.mean.copy_(library.palette.mean(0));
  palette_.std.copy_(library.palette.std(0, /*unbiased=*/false));
}

}  // namespace atelier::nn
