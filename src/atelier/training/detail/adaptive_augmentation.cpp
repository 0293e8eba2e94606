#include "atelier/training/detail/adaptive_augmentation.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/losses/diff_augment.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

// Trainings of minutes have hundreds of games, not the millions of pictures of the paper: p may rise from 0
// to its most in 160 of them.
constexpr double kProbabilityStep = 1.0 / 200;
constexpr double kSignMemory = 0.8;  // of r from game to game
constexpr double kSmallestZoom = 0.75;

}  // namespace

void AdaptiveAugmentation::follow(const std::vector<at::Tensor>& real) {
  double now = 0;
  for (const at::Tensor& map : real)
    now += map.detach().sign().mean().item<double>() / static_cast<double>(real.size());
  sign_ = kSignMemory * sign_ + (1 - kSignMemory) * now;
  probability_ =
      std::clamp(probability_ + (sign_ > kTarget ? kProbabilityStep : -kProbabilityStep), 0.0, kMost);
}

at::Tensor AdaptiveAugmentation::operator()(const at::Tensor& pictures, at::Generator generator) const {
  const auto draw = [&] { return torch::rand({1}, generator).item<double>(); };
  const auto chosen = [&] { return draw() < probability_; };
  std::vector<at::Tensor> altered;
  for (std::int64_t n = 0; n < pictures.size(0); ++n) {
    at::Tensor picture = pictures[n];
    const auto side = picture.size(2);
    if (chosen() && draw() < 0.5) picture = picture.flip(2);
    if (chosen()) picture = picture.rot90(static_cast<std::int64_t>(draw() * 4), {1, 2});
    if (chosen()) {
      const auto window =
          std::lround(static_cast<double>(side) * (kSmallestZoom + (1 - kSmallestZoom) * draw()));
      const auto place = [&] {
        return static_cast<std::int64_t>(draw() * static_cast<double>(side - window));
      };
      const auto top = place(), left = place();
      picture = resize_antialiased(picture.narrow(1, top, window).narrow(2, left, window), side, side);
    }
    picture = picture.unsqueeze(0);
    altered.push_back(chosen() ? losses::diff_augment(picture, 1, generator) : picture);
  }
  return torch::cat(altered);
}

}  // namespace atelier::training
