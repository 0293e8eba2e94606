#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/style_code.h"

namespace atelier::style {

/// What the codes of a space mean: the mean and the principal directions of a collection of codes (PCA).
/// Coordinates z are whitened: over that collection each has mean 0 and standard deviation 1.
struct StyleSpace {
  std::string id;
  std::vector<float> mean;                     ///< [dim]
  std::vector<std::vector<float>> components;  ///< [k][dim], orthonormal, largest variance first
  std::vector<float> scale;                    ///< [k] standard deviation along each, > 0

  int dim() const { return static_cast<int>(mean.size()); }
  bool operator==(const StyleSpace&) const = default;

  /// The top `count` directions of `codes`, fewer when the codes span fewer. The largest number of a
  /// direction is positive, so the same codes give the same space. Error BadData "style.space" for less than
  /// two codes, codes of different lengths or numbers that are not finite.
  static StyleSpace fit(const std::string& id, std::span<const StyleCode> codes, int count);

  /// z_i = component_i . (values - mean) / scale_i. Error BadData "style.space" for a code of another space.
  std::vector<double> project(const StyleCode& code) const;
  /// The code at z; z may be shorter than the components.
  StyleCode code_at(std::span<const double> z) const;
  /// Length of what project() leaves out, in code values: how far the code lies outside the known styles.
  double residual(const StyleCode& code) const;

  std::string to_text() const;  ///< JSON
  /// Error BadData "style.space_file" when it is broken.
  static StyleSpace parse(std::string_view text, const std::string& name);
};

}  // namespace atelier::style
