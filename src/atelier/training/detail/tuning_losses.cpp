#include "atelier/training/detail/tuning_losses.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/losses/pixel_losses.h"

namespace atelier::training {
namespace {

// The base's own recipe (configs/train/base.json); the content's weight is found as it goes.
constexpr double kStructure = 3, kColour = 0.8, kHalo = 5, kGrid = 2, kVariation = 0.1;
constexpr double kContentStep = 0.2, kLeastContent = 0.2, kMostContent = 30;
constexpr double kExcess = 10;

}  // namespace

void measure(TuningScenes& scenes, const TuningRuler& ruler, StylePainter& painter, double detail) {
  const torch::NoGradGuard no_grad;
  at::Tensor held;
  for (auto* some : {&scenes.training, &scenes.held_out}) {
    for (TuningScene& scene : *some) {
      scene.structure = ruler.structure_of(ruler.view(scene.photo));
      scene.weights = ruler.structure_held(scene.structure);
      if (some == &scenes.training) held = held.defined() ? held + scene.weights : scene.weights;
    }
  }
  const auto count = static_cast<double>(scenes.training.size());
  for (auto* some : {&scenes.training, &scenes.held_out}) {
    for (TuningScene& scene : *some) scene.weights = scene.weights * count / held.clamp_min(1e-6);
  }
  double lost = 0;
  for (const TuningScene& scene : scenes.training) {
    const TuningRuler::View painting = ruler.view(painter.paint(scene.photo, detail));
    lost += structure_lost(ruler, ruler.structure_of(painting), scene).item<double>() / count;
  }
  scenes.zero_shot_content = std::max(lost, 1e-6);  // scenes of one colour have no structure to lose
}

at::Tensor structure_lost(const TuningRuler& ruler, const TuningRuler::Structure& painting,
                          const TuningScene& scene) {
  return ruler.structure_loss(painting, scene.structure, scene.weights);
}

at::Tensor guards(const at::Tensor& paintings, const at::Tensor& photos) {
  return losses::StructureGuard()(paintings, photos) * kStructure +
         losses::ColourGuard()(paintings, photos) * kColour + losses::HaloGuard()(paintings, photos) * kHalo +
         losses::GridGuard()(paintings) * kGrid + losses::TotalVariationLoss()(paintings) * kVariation;
}

void ContentWeight::follow(double lost, double allowed) {
  value_ = std::clamp(value_ * std::exp(kContentStep * (lost - allowed)), kLeastContent, kMostContent);
}

double relative_score(const TuningScore& now, const TuningScore& zero_shot, double most_content) {
  const double excess = now.content / zero_shot.content - most_content;
  return now.style / zero_shot.style + kExcess * std::max(0.0, excess);
}

}  // namespace atelier::training
