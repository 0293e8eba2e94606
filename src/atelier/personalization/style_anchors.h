#pragma once

#include <Eigen/Dense>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/taste_features.h"
#include "atelier/storage/records.h"
#include "atelier/style/style_code.h"
#include "atelier/style/style_space.h"

namespace atelier::personalization {

/// The part of the style space a StyleMapper moves in: blends of anchor styles plus a bounded step along each
/// coordinate. A place is (weights w over the anchors, sum 1; step r in z):
///   z = w Z + r,   psi = clamp(w Psi + J r, +-4),   code = w Codes + D r
/// with J the slope of psi along z and D the code of one unit of each z. At one anchor without a step these
/// are exactly the anchor's own. A plain value.
struct StyleAnchors {
  std::string space;               ///< id of the style space
  std::string features_id;         ///< TasteFeatures::id() that psi belongs to
  std::vector<std::string> names;  ///< [anchors]
  Eigen::MatrixXd z;               ///< [anchors][coordinates]
  Eigen::MatrixXd psi;             ///< [anchors][dim]
  Eigen::MatrixXd codes;           ///< [anchors][code_dim]
  Eigen::MatrixXd step_psi;        ///< J: [dim][coordinates]
  Eigen::MatrixXd step_code;       ///< D: [code_dim][coordinates]

  /// Where known styles are: squared Mahalanobis distance (z - centre)' precision (z - centre) of the
  /// gallery's own normal distribution, and the value 95 of 100 gallery styles stay below.
  Eigen::VectorXd centre;
  Eigen::MatrixXd precision;  ///< [coordinates][coordinates], symmetric
  double hull = 0;

  struct Place {
    Eigen::VectorXd z, psi;
    StyleCode code;
  };

  int count() const { return static_cast<int>(z.rows()); }
  int coordinates() const { return static_cast<int>(z.cols()); }
  int dim() const { return static_cast<int>(psi.cols()); }

  /// At most `count` medoids (by distance in z) of the gallery, in the gallery's order. Deterministic. Error
  /// BadData "taste.mapper" for fewer than 3 styles, for features without coordinates and for codes of
  /// another space.
  static StyleAnchors choose(const style::StyleSpace& space, const TasteFeatures& features,
                             std::span<const storage::Subject> gallery, int count);

  /// Error BadData "taste.mapper" unless all parts fit each other and are finite; `name` stands for the file.
  void validate(const std::string& name) const;

  Place at(const Eigen::VectorXd& weights, const Eigen::VectorXd& step) const;
  /// The step, shortened towards the centre where it would lead farther out than the known styles and than
  /// the blend itself: what the generator paints there nobody has seen. Along the hull it may go on.
  Eigen::VectorXd drawn_back(const Eigen::VectorXd& weights, const Eigen::VectorXd& step) const;
  /// How far z lies outside the known styles: max(0, distance - hull).
  double outside(const Eigen::VectorXd& z) const;
};

}  // namespace atelier::personalization
