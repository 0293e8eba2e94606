#pragma once

#include <torch/optim/adam.h>

#include <vector>

#include "atelier/training/detail/style_painter.h"

namespace atelier::training {

/// Adam over what a StylePainter trains: its code, and if asked for its corrections and its layers, each at a
/// rate of its own. Only these take gradients while it lives.
class PainterAdam {
 public:
  PainterAdam(StylePainter& painter, bool correction, bool layers);
  ~PainterAdam();
  PainterAdam(const PainterAdam&) = delete;
  PainterAdam& operator=(const PainterAdam&) = delete;

  /// All rates at this share of their highest, 0..1.
  void set_rates(double share);
  void zero_grad() { adam_.zero_grad(); }
  void step() { adam_.step(); }

 private:
  StylePainter& painter_;
  torch::optim::Adam adam_;
};

}  // namespace atelier::training
