#pragma once

#include <functional>
#include <span>
#include <vector>

#include "atelier/style/style_code.h"
#include "atelier/style/style_space.h"

namespace atelier::style {

/// What a style looks like as numbers whose Euclidean distance is what people see: whitened coordinates,
/// features of a painting. Always the same length.
using StyleLook = std::function<std::vector<double>(const StyleCode&)>;

/// A stop on the way from one style to another.
struct PathStep {
  double t = 0;  ///< 0..1: the code is (1 - t) a + t b
  StyleCode code;
  double distance = 0;  ///< from the step before, in looks along the path; 0 for the first

  bool operator==(const PathStep&) const = default;
};

/// `steps` codes from a to b inclusive, on the straight line between them, so spaced that each step changes
/// the look as much as the others: the path's length is measured at 4 points a step and cut into equal parts
/// (exact for a piecewise straight look). A path on which the look never changes is cut evenly in t. Errors:
/// Usage "style.steps" unless steps is 2..1000, BadData "style.space" for codes of different spaces.
std::vector<PathStep> even_path(const StyleCode& a, const StyleCode& b, int steps, const StyleLook& look);

/// The same with the whitened coordinates of `space` as the look: distances in standard deviations of styles.
/// They are straight along a line of codes, so these steps are even in t; a look at paintings shows where the
/// model is not.
std::vector<PathStep> even_path(const StyleCode& a, const StyleCode& b, int steps, const StyleSpace& space);

}  // namespace atelier::style
