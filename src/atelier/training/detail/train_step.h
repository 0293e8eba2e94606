#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "atelier/losses/adversarial_loss.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/detail/step_plan.h"
#include "atelier/training/detail/style_catalogue.h"

namespace atelier::training {

/// What one step measured; `terms` ("content", "moments", ...) are unweighted, `contributions` what they
/// added to the loss.
struct StepReport {
  std::map<std::string, double> terms, contributions;
  double total = 0, gradient_norm = 0;
  double accuracy = 0.5, game_value = -1.386, logit_spread = 1;
  std::optional<double> style_to_content;  ///< running ratio of gradient norms, in the steps that measure it
  bool played = false;                     ///< the discriminator took part
  bool finite = true;  ///< false: a gradient was not finite, and the network it belongs to was left as it was
};

/// One step of the adversarial game: the painter (generator and style encoder), then the discriminator.
class TrainStep {
 public:
  TrainStep(const TrainingOptions& options, TrainedNetworks& networks, nn::PerceptualNetwork phi,
            std::vector<std::unique_ptr<nn::FeatureNetwork>> references, const StyleCatalogue& catalogue,
            c10::Device device);

  /// `progress` in 0..1 decides which terms are on.
  StepReport run(const StepPlan& plan, std::int64_t step, double progress);

  double style_scale() const { return style_scale_; }
  double gradient_ratio() const { return gradient_ratio_; }
  void restore_balance(double style_scale, double gradient_ratio) {
    style_scale_ = style_scale;
    gradient_ratio_ = gradient_ratio;
  }

 private:
  struct Scene;  // what the terms of one step share
  at::Tensor painter_loss(const StepPlan& plan, std::int64_t step, double progress, Scene& scene,
                          StepReport& report);
  void play_discriminator(const StepPlan& plan, std::int64_t step, const Scene& scene, StepReport& report);
  /// Sets gradient_ratio_ from the norms of the two losses' gradients at the painting.
  void measure_balance(const at::Tensor& painting, const at::Tensor& content, const at::Tensor& style,
                       StepReport& report);
  /// Moves style_scale_ towards a ratio within 0.5 .. 3.
  void balance();
  at::Tensor window(const at::Tensor& pictures, std::uint64_t seed) const;
  /// What a discriminator sees of pictures: one window of them, or a network's taps.
  using View = std::vector<at::Tensor>;
  /// Windows of the real art of the step's styles, as large as what D sees of the paintings.
  at::Tensor real_windows(const StepPlan& plan) const;
  std::vector<at::Tensor> judge(const View& view, const at::Tensor& code);

  const TrainingOptions& options_;
  TrainedNetworks& networks_;
  nn::PerceptualNetwork phi_;
  std::vector<std::unique_ptr<nn::FeatureNetwork>> references_;
  const StyleCatalogue& catalogue_;
  c10::Device device_;
  std::optional<std::size_t> judge_sees_;  ///< the one of references_ whose taps D sees; none: pixels
  losses::AdversarialLoss game_;
  double style_scale_ = 1;     ///< set by the gradient-norm balance
  double gradient_ratio_ = 1;  ///< running style : content ratio of gradient norms at the painting
};

}  // namespace atelier::training
