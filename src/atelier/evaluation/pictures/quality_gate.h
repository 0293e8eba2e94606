#pragma once

#include <string>

#include "atelier/evaluation/pictures/picture_summary.h"

namespace atelier::evaluation {

/// A condition under which a run counts as failed: "style>0.3", or "microast:style>=0.3" for a system by
/// name; the first system otherwise. Operators: < <= > >=.
struct QualityGate {
  std::string text, system, metric;
  bool greater = true, or_equal = false;
  double limit = 0;

  /// Error Usage "evaluate.gate" naming what is wrong with `text`.
  static QualityGate parse(const std::string& text);

  /// The mean it looks at. Error Usage "evaluate.gate" for a system the run does not have, Unavailable
  /// "evaluate.not_measured" for a metric it did not measure: a gate is never passed for lack of a number.
  double value_in(const PictureSummary& summary) const;
  bool is_hit(double value) const;
};

}  // namespace atelier::evaluation
