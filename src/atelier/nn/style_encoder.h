#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include "atelier/model/architecture.h"
#include "atelier/nn/style_statistics.h"

namespace atelier::nn {

/// Statistics of a picture -> style code [N, palette_dim + texture_dim] = [palette | texture]. Colour cannot
/// leak into the texture part, because it sees luminance only. Formulas: StyleEncoderOptions in
/// model/architecture.h.
class StyleEncoderImpl : public torch::nn::Module {
 public:
  StyleEncoderImpl(const StyleEncoderOptions& options, const PerceptualOptions& perceptual);

  torch::Tensor forward(const StyleStatistics& statistics);

  /// Remembers the library's mean and spread, by which statistics are standardised. Rows are pictures.
  void standardise(const StyleStatistics& library);

  const StyleEncoderOptions& options() const { return options_; }

 private:
  struct Part {
    torch::Tensor mean, std;
    torch::nn::Linear fc0{nullptr}, fc1{nullptr};
  };
  Part make_part(const std::string& name, int in, int hidden, int out);

  StyleEncoderOptions options_;
  Part texture_, palette_;
};
TORCH_MODULE(StyleEncoder);

}  // namespace atelier::nn
