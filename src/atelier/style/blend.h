#pragma once

#include <span>
#include <string>
#include <utility>

#include "atelier/style/style_code.h"

namespace atelier::style {

/// What a person types for a style: a name, a picture or a code file, and its share of a blend.
struct WeightedStyle {
  std::string style;
  double weight = 1;
};

/// "hokusai-wave:0.7" -> {"hokusai-wave", 0.7}; "monet" -> {"monet", 1}. The weight is what follows the last
/// ':' when that is a number; a file whose name holds a ':' is taken whole. Error Usage "style.weight" when
/// the weight is not a finite number above 0 or the style is empty.
WeightedStyle parse_weighted_style(const std::string& text);

/// sum w_i code_i / sum w_i. Error Usage "style.weight" for no code at all or a weight that is not finite and
/// above 0, BadData "style.space" for codes of different spaces or lengths.
StyleCode blend(std::span<const std::pair<StyleCode, double>> weighted);

/// (1 - t) a + t b; t outside [0, 1] extrapolates. Errors as blend(); Usage "style.weight" for t that is not
/// finite.
StyleCode interpolate(const StyleCode& a, const StyleCode& b, double t);

/// Euclidean distance of the values. Error BadData "style.space" for codes of different spaces or lengths.
double distance(const StyleCode& a, const StyleCode& b);

}  // namespace atelier::style
