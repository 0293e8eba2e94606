#include "atelier/nn/generator.h"

#include <torch/torch.h>

#include "atelier/tensor/shapes.h"

namespace atelier::nn {
namespace F = torch::nn::functional;
namespace {

torch::nn::Conv2d conv(int in, int out, int kernel, int padding = 0) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).padding(padding));
}

torch::Tensor pad(const torch::Tensor& x, bool replicate) {
  auto options = F::PadFuncOptions({1, 1, 1, 1});
  return replicate ? F::pad(x, options.mode(torch::kReplicate)) : F::pad(x, options.mode(torch::kReflect));
}

torch::Tensor upsample(const torch::Tensor& x) {
  return F::interpolate(x, F::InterpolateFuncOptions()
                               .scale_factor(std::vector<double>{2, 2})
                               .mode(torch::kBilinear)
                               .align_corners(false));
}

// ICNR: the four sub-pixel filters of a pixel-shuffle start equal, so that it starts without a checkerboard
// (Aitken et al. 2017).
void initialise_shuffled(torch::Tensor weight, torch::Tensor bias) {
  torch::NoGradGuard no_grad;
  const auto groups = weight.size(0) / 4;
  for (std::int64_t g = 0; g < groups; ++g) {
    for (int phase = 1; phase < 4; ++phase) weight[g * 4 + phase].copy_(weight[g * 4]);
  }
  bias.zero_();
}

}  // namespace

NormAffineImpl::NormAffineImpl(int channels) {
  weight = register_parameter("weight", torch::ones({channels}));
  bias = register_parameter("bias", torch::zeros({channels}));
}

torch::Tensor blur_pool(const torch::Tensor& x) {
  const auto channels = x.size(1);
  const torch::Tensor line = torch::tensor({1.0, 3.0, 3.0, 1.0}, x.options()) / 8;
  const torch::Tensor kernel = torch::outer(line, line).expand({channels, 1, 4, 4}).contiguous();
  return at::conv2d(pad(x, /*replicate=*/false), kernel, {}, at::IntArrayRef{2}, at::IntArrayRef{0},
                    at::IntArrayRef{1}, channels);
}

GeneratorImpl::GeneratorImpl(const GeneratorOptions& options) : options_(options) {
  options_.validate();
  const int c1 = options_.c1, c2 = options_.c2, c3 = options_.c3;
  // A container only gives its children their dotted names.
  const auto group = [&](torch::nn::Module& parent, const std::string& name) {
    return parent.register_module(name, std::make_shared<torch::nn::Module>());
  };
  const auto layer = [&](const std::string& name, torch::nn::Conv2d convolution) {
    return group(*this, name)->register_module("conv", convolution);
  };
  const auto normed = [&](const std::string& name, torch::nn::Conv2d convolution, int channels,
                          NormAffine& norm) {
    auto holder = group(*this, name);
    norm = holder->register_module("norm", NormAffine(channels));
    return holder->register_module("conv", convolution);
  };
  const auto residuals = [&](const std::string& name, int count, int channels, std::vector<Residual>& blocks,
                             std::vector<std::pair<NormAffine, NormAffine>>* norms) {
    if (count == 0) return;
    auto holder = group(*this, name);
    for (int i = 0; i < count; ++i) {
      auto block = group(*holder, std::to_string(i));
      blocks.push_back({block->register_module("conv0", conv(channels, channels, 3)),
                        block->register_module("conv1", conv(channels, channels, 3))});
      if (norms != nullptr) {
        norms->emplace_back(block->register_module("norm0", NormAffine(channels)),
                            block->register_module("norm1", NormAffine(channels)));
      }
    }
  };

  e1_ = normed("e1", conv(12, c1, 3), c1, n1_);
  e2_ = normed("e2", conv(c1, c2, 3), c2, n2_);
  residuals("e3", options_.encoder_blocks, c2, e3_, &e3_norms_);
  e4_ = normed("e4", conv(c2, c3, 3), c3, n4_);
  residuals("core", options_.core_blocks, c3, core_, nullptr);
  d1_ = layer("d1", conv(c3, c2, 3));
  sk_ = layer("sk", conv(c2, c2, 1));
  residuals("dec", options_.decoder_blocks, c2, dec_, nullptr);
  d3_ = layer("d3", conv(c2, c1, 3));
  out_ = layer("out", conv(c1, 12, 3));
  initialise_shuffled(out_->weight, out_->bias);

  int modulated = 0;
  for (const int channels : options_.adain_sites()) modulated += channels;
  auto style = group(*this, "style");
  mlp_ = style->register_module("mlp", torch::nn::Linear(options_.code_dim + 2, options_.hidden));
  sites_ = style->register_module("sites", torch::nn::Linear(options_.hidden, 2 * modulated));
  torch::NoGradGuard no_grad;
  sites_->weight.normal_(0, 0.05);
  sites_->bias.zero_();
}

torch::Tensor GeneratorImpl::forward(const torch::Tensor& content, const torch::Tensor& code,
                                     const torch::Tensor& stroke_log2, const torch::Tensor& detail) {
  NormStats live;
  return forward(content, code, stroke_log2, detail, live);
}

torch::Tensor GeneratorImpl::forward(const torch::Tensor& content, const torch::Tensor& code,
                                     const torch::Tensor& stroke_log2, const torch::Tensor& detail,
                                     NormStats& stats, const torch::Tensor& correction) {
  const auto n = content.size(0);
  tensor::check_shape(content, {n, 3, -1, -1}, "content");
  tensor::check_shape(code, {n, options_.code_dim}, "code");
  tensor::check_shape(stroke_log2, {n}, "stroke_log2");
  tensor::check_shape(detail, {n}, "detail");
  stats.rewind();

  const torch::Tensor hidden =
      torch::silu(mlp_(torch::cat({code, stroke_log2.unsqueeze(1), detail.unsqueeze(1)}, 1)));
  torch::Tensor modulation = sites_(hidden);
  if (correction.defined()) {
    tensor::check_shape(correction, {-1, modulation.size(1)}, "correction");
    modulation = modulation + correction;
  }
  std::int64_t offset = 0;
  const auto adain = [&](const torch::Tensor& x) {
    const auto channels = x.size(1);
    const torch::Tensor weight = modulation.narrow(1, offset, channels) + 1;
    const torch::Tensor bias = modulation.narrow(1, offset + channels, channels);
    offset += 2 * channels;
    return stats.normalise(x, weight, bias);
  };
  const auto normed = [&](const torch::Tensor& x, NormAffine& norm) {
    return stats.normalise(x, norm->weight, norm->bias);
  };
  const auto styled_residual = [&](torch::Tensor x, Residual& block) {
    const torch::Tensor inner = torch::relu(adain(block.conv0(pad(x, false))));
    return x + adain(block.conv1(pad(inner, false)));
  };

  torch::Tensor x = torch::relu(normed(e1_(pad(torch::pixel_unshuffle(content, 2), false)), n1_));
  x = torch::relu(normed(e2_(pad(blur_pool(x), false)), n2_));
  for (std::size_t i = 0; i < e3_.size(); ++i) {
    const torch::Tensor inner = torch::relu(normed(e3_[i].conv0(pad(x, false)), e3_norms_[i].first));
    x = x + normed(e3_[i].conv1(pad(inner, false)), e3_norms_[i].second);
  }
  const torch::Tensor quarter = x;
  x = torch::relu(normed(e4_(pad(blur_pool(x), false)), n4_));
  for (Residual& block : core_) x = styled_residual(x, block);
  x = adain(d1_(pad(upsample(x), true)));
  x = torch::relu(x + adain(sk_(quarter)) * detail.view({n, 1, 1, 1}));
  for (Residual& block : dec_) x = styled_residual(x, block);
  x = torch::relu(adain(d3_(pad(upsample(x), true))));
  return torch::sigmoid(torch::pixel_shuffle(out_(pad(x, false)), 2));
}

}  // namespace atelier::nn
