#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace atelier::style {

/// A family of styles.
struct StyleCluster {
  std::string name;        ///< what sets it apart, "dark, muted, coarse"; unique; "styles" without attributes
  std::size_t medoid = 0;  ///< the member with the least total distance to the others
  std::vector<std::size_t> members;  ///< rising

  bool operator==(const StyleCluster&) const = default;
};

struct StyleClusters {
  std::vector<StyleCluster> clusters;   ///< largest first
  std::vector<std::size_t> cluster_of;  ///< [points]
  double silhouette = 0;                ///< -1..1, mean over the points; 0 for a single cluster

  bool operator==(const StyleClusters&) const = default;
};

struct ClusterOptions {
  int least = 4, most = 8;  ///< numbers of clusters to try; both are lowered when there are few points
  int restarts = 8;
  std::uint64_t seed = 1;
};

/// k-means++ and Lloyd's iterations (best of the restarts) for each number of clusters; the one with the
/// largest mean silhouette (Rousseeuw 1987) is kept. points: rows of equal length, for example whitened
/// coordinates; attributes: one map a point, or empty, only for the names. The same input gives the same
/// result. Less than four points are one cluster. Error BadData "style.clusters" for no points, rows of
/// different lengths or numbers that are not finite.
StyleClusters cluster_styles(std::span<const std::vector<double>> points,
                             std::span<const std::map<std::string, double>> attributes,
                             const ClusterOptions& options = {});

}  // namespace atelier::style
