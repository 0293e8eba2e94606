#pragma once

#include "atelier/model/model_bundle.h"
#include "atelier/nn/generator.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/style_encoder.h"

namespace atelier::mapping {

/// A bundle's generator, perceptual network and style encoder with fixed weights. Gradients flow through them
/// to pictures and codes, never into them.
class FrozenStyliser {
 public:
  /// `type` is kFloat, or kDouble for exact gradients.
  explicit FrozenStyliser(const model::ModelBundle& bundle, at::ScalarType type = at::kFloat);

  /// content: [N, 3, H, W] RGB in [0,1]; code: [N, code_dim]. Stroke scale 1, the model's default detail.
  at::Tensor paint(const at::Tensor& content, const at::Tensor& code);
  /// The style code found in a picture, [N, code_dim].
  at::Tensor code_of(const at::Tensor& picture);
  /// The tap that content is compared on, relu4_1.
  at::Tensor structure(const at::Tensor& picture);

  at::ScalarType type() const { return type_; }

 private:
  at::ScalarType type_;
  double detail_, canvas_, told_stroke_;
  nn::Generator generator_;
  nn::PerceptualNetwork perceptual_;
  nn::StyleEncoder encoder_;
};

}  // namespace atelier::mapping
