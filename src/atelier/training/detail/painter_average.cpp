#include "atelier/training/detail/painter_average.h"

#include <torch/torch.h>

#include <algorithm>

namespace atelier::training {
namespace {

constexpr double kKept = 0.95;

}  // namespace

void PainterAverage::follow(const StylePainter& painter) {
  const torch::NoGradGuard no_grad;
  const double step = ++steps_;
  const double taken = 1 - std::min(kKept, step / (step + 4));
  state_.code.lerp_(painter.code(), taken);
  state_.correction.lerp_(painter.correction(), taken);
  for (std::size_t i = 0; i < state_.layers.size(); ++i) state_.layers[i].lerp_(painter.layers()[i], taken);
}

}  // namespace atelier::training
