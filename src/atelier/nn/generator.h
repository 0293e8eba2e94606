#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include "atelier/model/architecture.h"
#include "atelier/nn/norm_stats.h"

namespace atelier::nn {

/// Weight and bias of one normalisation of the style-free encoder; the arithmetic is NormStats'.
struct NormAffineImpl : torch::nn::Module {
  explicit NormAffineImpl(int channels);
  torch::Tensor weight, bias;
};
TORCH_MODULE(NormAffine);

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

  const GeneratorOptions& options() const { return options_; }

 private:
  struct Residual {
    torch::nn::Conv2d conv0{nullptr}, conv1{nullptr};
  };

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
