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

torch::Tensor GeneratorImpl::modulation(const torch::Tensor& code, const torch::Tensor& stroke_log2,
                                        const torch::Tensor& detail, const torch::Tensor& correction) {
  const auto n = code.size(0);
  tensor::check_shape(code, {n, options_.code_dim}, "code");
  tensor::check_shape(stroke_log2, {n}, "stroke_log2");
  tensor::check_shape(detail, {n}, "detail");
  const torch::Tensor given =
      sites_(torch::silu(mlp_(torch::cat({code, stroke_log2.unsqueeze(1), detail.unsqueeze(1)}, 1))));
  if (!correction.defined()) return given;
  tensor::check_shape(correction, {-1, given.size(1)}, "correction");
  return given + correction;
}

/// Hands out what the AdaIN sites get, one site after the other.
class ModulatedSites {
 public:
  /// modulation: [N, M].
  explicit ModulatedSites(torch::Tensor modulation) : modulation_(std::move(modulation)) {}

  struct Site {
    torch::Tensor weight, bias;  // [N, channels]
  };
  Site next(std::int64_t channels) {
    const torch::Tensor weight = modulation_.narrow(1, offset_, channels) + 1;
    const torch::Tensor bias = modulation_.narrow(1, offset_ + channels, channels);
    offset_ += 2 * channels;
    return {weight, bias};
  }

 private:
  torch::Tensor modulation_;
  std::int64_t offset_ = 0;
};

/// A style for each picture of the batch.
class GeneratorImpl::OneStyle {
 public:
  OneStyle(const torch::Tensor& modulation, const torch::Tensor& detail, NormStats& stats)
      : sites_(modulation), detail_(detail.view({-1, 1, 1, 1})), stats_(stats) {
    stats_.rewind();
  }

  torch::Tensor encoder(const torch::Tensor& x, NormAffine& norm) {
    return stats_.normalise(x, norm->weight, norm->bias);
  }
  torch::Tensor adain(const torch::Tensor& x) {
    const auto [weight, bias] = sites_.next(x.size(1));
    return stats_.normalise(x, weight, bias);
  }
  torch::Tensor skip(const torch::Tensor& x) { return adain(x) * detail_; }

 private:
  ModulatedSites sites_;
  torch::Tensor detail_;
  NormStats& stats_;
};

/// Several styles for one picture.
class GeneratorImpl::SharedStyles {
 public:
  SharedStyles(const torch::Tensor& modulation, const std::vector<SharedStyle>& styles)
      : sites_(modulation), styles_(styles), encoder_stats_(styles.front().frozen) {
    encoder_stats_.rewind();
    std::vector<torch::Tensor> shares, details;
    for (const SharedStyle& style : styles_) {
      shares.push_back(style.share);
      details.push_back(style.detail);
    }
    shares_ = torch::stack(shares).unsqueeze(0);
    details_ = torch::cat(details).unsqueeze(1);
  }

  torch::Tensor encoder(const torch::Tensor& x, NormAffine& norm) {
    ++site_;
    return encoder_stats_.normalise(x, norm->weight, norm->bias);
  }
  torch::Tensor adain(const torch::Tensor& x) { return normalised(x, torch::ones_like(details_)); }
  torch::Tensor skip(const torch::Tensor& x) { return normalised(x, details_); }

 private:
  // gate: [styles, 1], how much of its normalised x each style lets through.
  torch::Tensor normalised(const torch::Tensor& x, const torch::Tensor& gate) {
    const auto [weight, bias] = sites_.next(x.size(1));
    std::vector<torch::Tensor> scales, shifts;
    for (std::size_t s = 0; s < styles_.size(); ++s) {
      const auto row = static_cast<std::int64_t>(s);
      const NormStats::Site& own = styles_[s].frozen.sites().at(site_);
      const auto [scale, shift] = own.affine(weight[row], bias[row]);
      scales.push_back(scale);
      shifts.push_back(shift);
    }
    ++site_;
    const auto shrink = shares_.size(3) / x.size(3);
    const torch::Tensor shares = at::avg_pool2d(shares_, {shrink, shrink})[0].flatten(1);
    const auto mixed = [&](const std::vector<torch::Tensor>& rows) {
      return torch::mm((torch::stack(rows) * gate).t(), shares).view(x.sizes());
    };
    return x * mixed(scales) + mixed(shifts);
  }

  ModulatedSites sites_;
  const std::vector<SharedStyle>& styles_;
  NormStats encoder_stats_;
  torch::Tensor shares_, details_;  // [1, styles, H, W], [styles, 1]
  std::size_t site_ = 0;
};

torch::Tensor GeneratorImpl::forward(const torch::Tensor& content, const torch::Tensor& code,
                                     const torch::Tensor& stroke_log2, const torch::Tensor& detail,
                                     NormStats& stats, const torch::Tensor& correction) {
  tensor::check_shape(code, {content.size(0), -1}, "code");
  OneStyle style(modulation(code, stroke_log2, detail, correction), detail, stats);
  return paint(content, style);
}

torch::Tensor GeneratorImpl::forward(const torch::Tensor& content, const torch::Tensor& stroke_log2,
                                     const std::vector<SharedStyle>& styles) {
  tensor::check_shape(content, {1, -1, -1, -1}, "content");
  std::vector<torch::Tensor> modulations;
  for (const SharedStyle& style : styles) {
    tensor::check_shape(style.share, {content.size(2), content.size(3)}, "share");
    modulations.push_back(modulation(style.code, stroke_log2, style.detail, style.correction));
  }
  SharedStyles shared(torch::cat(modulations), styles);
  return paint(content, shared);
}

template <class Styles>
torch::Tensor GeneratorImpl::paint(const torch::Tensor& content, Styles& styles) {
  tensor::check_shape(content, {-1, 3, -1, -1}, "content");
  const auto styled_residual = [&](const torch::Tensor& x, Residual& block) {
    const torch::Tensor inner = torch::relu(styles.adain(block.conv0(pad(x, false))));
    return x + styles.adain(block.conv1(pad(inner, false)));
  };

  torch::Tensor x = torch::relu(styles.encoder(e1_(pad(torch::pixel_unshuffle(content, 2), false)), n1_));
  x = torch::relu(styles.encoder(e2_(pad(blur_pool(x), false)), n2_));
  for (std::size_t i = 0; i < e3_.size(); ++i) {
    const torch::Tensor inner = torch::relu(styles.encoder(e3_[i].conv0(pad(x, false)), e3_norms_[i].first));
    x = x + styles.encoder(e3_[i].conv1(pad(inner, false)), e3_norms_[i].second);
  }
  const torch::Tensor quarter = x;
  x = torch::relu(styles.encoder(e4_(pad(blur_pool(x), false)), n4_));
  for (Residual& block : core_) x = styled_residual(x, block);
  x = styles.adain(d1_(pad(upsample(x), true)));
  x = torch::relu(x + styles.skip(sk_(quarter)));
  for (Residual& block : dec_) x = styled_residual(x, block);
  x = torch::relu(styles.adain(d3_(pad(upsample(x), true))));
  return torch::sigmoid(torch::pixel_shuffle(out_(pad(x, false)), 2));
}

}  // namespace atelier::nn
