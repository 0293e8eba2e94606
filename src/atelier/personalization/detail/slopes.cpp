#include "atelier/personalization/detail/slopes.h"

#include <cmath>

namespace atelier::personalization::detail {

Eigen::MatrixXd rows_of(std::span<const Candidate> candidates) {
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(candidates.size()),
                       candidates.empty() ? 0 : candidates.front().psi.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    rows.row(static_cast<Eigen::Index>(i)) = candidates[i].psi.transpose();
  }
  return rows;
}

Eigen::MatrixXd slope_directions(const Eigen::MatrixXd& gallery, const TasteFeatures& features) {
  const Eigen::MatrixXd centred = gallery.rowwise() - gallery.colwise().mean();
  const auto count = static_cast<Eigen::Index>(features.attributes().size());
  Eigen::MatrixXd slopes = Eigen::MatrixXd::Zero(count, gallery.cols());
  for (Eigen::Index a = 0; a < count; ++a) {
    const Eigen::VectorXd column = centred.col(features.coordinates() + a);
    const double square = column.squaredNorm();
    if (square <= 1e-12) continue;
    slopes.row(a) = column.transpose() * centred / std::sqrt(square * static_cast<double>(gallery.rows()));
  }
  return slopes;
}

}  // namespace atelier::personalization::detail
