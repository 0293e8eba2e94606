#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "atelier/nn/generator.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/style_encoder.h"
#include "atelier/style/style_code.h"

namespace atelier::training {

/// A bundle's networks, frozen, with what one style may change: its code, corrections of the AdaIN sites, and
/// the weights of the decoder's layers. On the CPU.
class StylePainter {
 public:
  /// What training changes; copies are deep when made by snapshot().
  struct State {
    at::Tensor code;                 ///< [1, code_dim]
    at::Tensor correction;           ///< [1, M]; zeros when nothing was learned
    std::vector<at::Tensor> layers;  ///< of kLayers, in that order
  };

  explicit StylePainter(const model::ModelBundle& bundle);

  /// The code of one picture [1, 3, h, w] at the size the encoder expects.
  at::Tensor encode(const at::Tensor& picture);
  void set_code(const at::Tensor& code) { state_.code = code.detach().clone(); }

  /// content [N, 3, H, W]; gradients reach what is being trained.
  at::Tensor paint(const at::Tensor& content, double detail);
  /// Each in a code of its own, [N, code_dim].
  at::Tensor paint(const at::Tensor& content, const at::Tensor& codes, double detail);

  nn::PerceptualNetwork& phi() { return phi_; }
  const at::Tensor& code() const { return state_.code; }
  const at::Tensor& correction() const { return state_.correction; }
  const std::vector<at::Tensor>& layers() const { return state_.layers; }
  const std::vector<std::string>& layer_names() const { return layer_names_; }

  /// Only these take gradients from now on.
  void train(bool code, bool correction, bool layers);

  State snapshot() const;
  void restore(const State& state);

  StyleCode code_of(const State& state) const;
  /// The corrections and the layers' differences to the bundle's; what is zero is left out.
  model::StyleDelta delta_of(const State& state) const;

 private:
  std::string space_;
  double canvas_, told_stroke_;
  std::int64_t learning_paints_ = 0;
  std::string generator_sha256_;
  nn::Generator generator_;
  nn::PerceptualNetwork phi_;
  nn::StyleEncoder encoder_;
  std::vector<std::string> layer_names_;
  std::vector<at::Tensor> original_layers_;
  State state_;  // layers share memory with the generator's parameters
};

}  // namespace atelier::training
