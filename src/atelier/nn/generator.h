#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <vector>

#include "atelier/model/architecture.h"
#include "atelier/nn/norm_stats.h"

namespace atelier::nn {

/// Weight and bias of one normalisation of the style-free encoder; the arithmetic is NormStats'.
struct NormAffineImpl : torch::nn::Module {
  explicit NormAffineImpl(int channels);
  torch::Tensor weight, bias;
};
TORCH_MODULE(NormAffine);

/// One of several styles that share a picture.
struct SharedStyle {
  at::Tensor code;        ///< [1, code_dim]
  at::Tensor correction;  ///< [1, M], see GeneratorImpl::forward, or undefined
  at::Tensor detail;      ///< [1], in [0,1]
  NormStats frozen;       ///< of the whole picture painted in this style alone
  at::Tensor share;       ///< [H, W] in [0,1], of each pixel; those of all styles sum to 1
};

/// Paints content in a style. The layers, tensor names and formulas: GeneratorOptions in
/// model/architecture.h. Not thread-safe while training; forward() with its own NormStats may run on several
/// threads under NoGradGuard.
class GeneratorImpl : public torch::nn::Module {
 public:
  explicit GeneratorImpl(const GeneratorOptions& options);

  /// content: [N, 3, H, W] RGB in [0,1], H and W multiples of 8, at least 16. code: [N, code_dim].
  /// stroke_log2: [N], log2 of the stroke scale. detail: [N] in [0,1]. correction: [N or 1, M], added to the
  /// M numbers that style.sites gives, or undefined. Returns [N, 3, H, W] in [0,1].
  torch::Tensor forward(const torch::Tensor& content, const torch::Tensor& code,
                        const torch::Tensor& stroke_log2, const torch::Tensor& detail, NormStats& stats,
                        const torch::Tensor& correction = {});
  /// The same with live statistics.
  torch::Tensor forward(const torch::Tensor& content, const torch::Tensor& code,
                        const torch::Tensor& stroke_log2, const torch::Tensor& detail);
  /// One picture in several styles. At every AdaIN site a pixel's scale and shift are the styles', mixed by
  /// its shares (averaged over the pixels that the site has one for): the styles meet inside the network. The
  /// encoder, which knows no style, is normalised by the first one's statistics. content: [1, 3, H, W];
  /// stroke_log2: [1]; at least one style.
  torch::Tensor forward(const torch::Tensor& content, const torch::Tensor& stroke_log2,
                        const std::vector<SharedStyle>& styles);

  const GeneratorOptions& options() const { return options_; }

 private:
  struct Residual {
    torch::nn::Conv2d conv0{nullptr}, conv1{nullptr};
  };

  class OneStyle;
  class SharedStyles;

  /// The numbers that the AdaIN sites get, [N, M].
  torch::Tensor modulation(const torch::Tensor& code, const torch::Tensor& stroke_log2,
                           const torch::Tensor& detail, const torch::Tensor& correction);
  /// The layers. Styles: what normalises between them, OneStyle or SharedStyles.
  template <class Styles>
  torch::Tensor paint(const torch::Tensor& content, Styles& styles);

  GeneratorOptions options_;
  torch::nn::Conv2d e1_{nullptr}, e2_{nullptr}, e4_{nullptr}, d1_{nullptr}, sk_{nullptr}, d3_{nullptr},
      out_{nullptr};
  NormAffine n1_{nullptr}, n2_{nullptr}, n4_{nullptr};
  std::vector<Residual> e3_, core_, dec_;
  std::vector<std::pair<NormAffine, NormAffine>> e3_norms_;
  torch::nn::Linear mlp_{nullptr}, sites_{nullptr};
};
TORCH_MODULE(Generator);

/// [1 3 3 1]^2 / 64 per channel, stride 2, reflect padding 1 (anti-aliased subsampling, Zhang 2019).
torch::Tensor blur_pool(const torch::Tensor& x);

}  // namespace atelier::nn
