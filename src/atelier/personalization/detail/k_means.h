#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

namespace atelier::personalization::detail {

struct Clusters {
  Eigen::MatrixXd centres;  ///< one row a cluster
  std::vector<int> of;      ///< cluster of every point
  double inertia = 0;       ///< sum of squared distances to the centres
};

/// Lloyd's algorithm from these centres; a cluster that loses all its points keeps its centre.
Clusters lloyd(const Eigen::MatrixXd& points, Eigen::MatrixXd centres);

/// k-means++ (Arthur, Vassilvitskii 2007), the best of eight starts; the same seed gives the same clusters.
/// `points` has one row a point, count >= 1.
Clusters k_means(const Eigen::MatrixXd& points, int count, std::uint64_t seed);

/// Mean silhouette (Rousseeuw 1987) of at most 300 points drawn by `seed`, -1..1; 0 for one cluster.
double silhouette(const Eigen::MatrixXd& points, const Clusters& clusters, std::uint64_t seed);

}  // namespace atelier::personalization::detail
