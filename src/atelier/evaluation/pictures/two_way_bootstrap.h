#pragma once

#include <cstddef>
#include <span>

#include "atelier/evaluation/statistics.h"

namespace atelier::evaluation {

/// A number measured on one content in one style.
struct Cell {
  std::size_t content = 0, style = 0;
  double value = 0;
};

/// Mean and percentile interval by resampling contents and styles, each with replacement and independently: a
/// painting counts as often as its content times its style were drawn. Resampling paintings instead would
/// treat 800 of them as independent, though they come from 20 photos. Missing paintings are allowed. All zero
/// for none.
Interval two_way_bootstrap(std::span<const Cell> cells, const BootstrapOptions& options = {});

}  // namespace atelier::evaluation
