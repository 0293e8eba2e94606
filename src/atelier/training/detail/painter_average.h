#pragma once

#include "atelier/training/detail/style_painter.h"

namespace atelier::training {

/// Running average of what a StylePainter learns (Polyak & Juditsky 1992): steps on one scene at a time
/// scatter around a place that is better than each of theirs.
class PainterAverage {
 public:
  explicit PainterAverage(const StylePainter& painter) : state_(painter.snapshot()) {}

  /// After every step: the average reaches back some twenty steps, fewer at first.
  void follow(const StylePainter& painter);
  /// It goes on changing: snapshot() a painter that was restored to it to keep it.
  const StylePainter::State& state() const { return state_; }

 private:
  StylePainter::State state_;
  int steps_ = 0;
};

}  // namespace atelier::training
