#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>

namespace atelier::evaluation {

/// One picture a row.
using FeatureMatrix = Eigen::MatrixXd;

/// Frechet distance between the Gaussians through two sets of features (Dowson & Landau 1982; Heusel et al.
/// 2017):
///   |mean_a - mean_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^1/2), unbiased covariances S.
/// Biased upwards by about 1/N and only as good as the covariances: compare at equal N only, and name N.
/// Nothing for fewer than two rows. Error Internal "evaluation.sizes" for features of different length.
struct FrechetDistance {
  std::optional<double> operator()(const FeatureMatrix& a, const FeatureMatrix& b) const;
};

/// Kernel distance (Binkowski et al. 2018): the unbiased estimate of MMD^2 with k(x, y) = (x.y / d + 1)^3.
/// Unbiased at every N, so it can be used below a thousand pictures; may be slightly negative.
class KernelDistance {
 public:
  struct Result {
    double value = 0;   ///< from all rows
    double spread = 0;  ///< standard deviation over `subsets` random subsets of `subset_size` rows
  };

  int subsets = 50;
  int subset_size = 100;  ///< fewer when a set has fewer rows
  std::uint64_t seed = 1;

  /// Nothing for fewer than two rows. Error Internal "evaluation.sizes" for features of different length.
  std::optional<Result> operator()(const FeatureMatrix& a, const FeatureMatrix& b) const;
};

}  // namespace atelier::evaluation
