#include "atelier/personalization/detail/k_means.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

namespace atelier::personalization::detail {
namespace {

// Distributions of the standard library differ between libraries; these bits do not.
double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

Eigen::MatrixXd spread_centres(const Eigen::MatrixXd& points, int count, std::mt19937_64& random) {
  const auto total = points.rows();
  Eigen::MatrixXd centres(count, points.cols());
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(total, std::numeric_limits<double>::max());
  auto next = static_cast<Eigen::Index>(random() % static_cast<std::uint64_t>(total));
  for (int k = 0; k < count; ++k) {
    centres.row(k) = points.row(next);
    nearest = nearest.cwiseMin((points.rowwise() - points.row(next)).rowwise().squaredNorm());
    double left = uniform(random) * nearest.sum();
    for (next = 0; next + 1 < total && left >= nearest(next); ++next) left -= nearest(next);
  }
  return centres;
}

}  // namespace

Clusters lloyd(const Eigen::MatrixXd& points, Eigen::MatrixXd centres) {
  Clusters out;
  out.of.assign(static_cast<std::size_t>(points.rows()), -1);
  for (int round = 0; round < 100; ++round) {
    bool moved = false;
    out.inertia = 0;
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(centres.rows(), centres.cols());
    Eigen::VectorXd sizes = Eigen::VectorXd::Zero(centres.rows());
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      Eigen::Index best = 0;
      out.inertia += (centres.rowwise() - points.row(i)).rowwise().squaredNorm().minCoeff(&best);
      int& cluster = out.of[static_cast<std::size_t>(i)];
      moved = moved || cluster != best;
      cluster = static_cast<int>(best);
      sums.row(best) += points.row(i);
      sizes(best) += 1;
    }
    if (!moved) break;
    for (Eigen::Index k = 0; k < centres.rows(); ++k) {
      if (sizes(k) > 0) centres.row(k) = sums.row(k) / sizes(k);
    }
  }
  out.centres = std::move(centres);
  return out;
}

Clusters k_means(const Eigen::MatrixXd& points, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Clusters best;
  for (int start = 0; start < 8; ++start) {
    Clusters clusters = lloyd(points, spread_centres(points, count, random));
    if (start == 0 || clusters.inertia < best.inertia) best = std::move(clusters);
  }
  return best;
}

double silhouette(const Eigen::MatrixXd& points, const Clusters& clusters, std::uint64_t seed) {
  const auto count = static_cast<std::size_t>(clusters.centres.rows());
  if (count < 2) return 0;
  std::vector<Eigen::Index> sample(static_cast<std::size_t>(points.rows()));
  std::iota(sample.begin(), sample.end(), 0);
  std::mt19937_64 random(seed);
  for (std::size_t i = sample.size(); i > 1; --i) std::swap(sample[i - 1], sample[random() % i]);
  sample.resize(std::min<std::size_t>(sample.size(), 300));

  double total = 0;
  for (const auto point : sample) {
    std::vector<double> distance(count, 0);
    std::vector<int> others(count, 0);
    for (const auto other : sample) {
      if (other == point) continue;
      const auto cluster = static_cast<std::size_t>(clusters.of[static_cast<std::size_t>(other)]);
      distance[cluster] += (points.row(point) - points.row(other)).norm();
      ++others[cluster];
    }
    const auto own = static_cast<std::size_t>(clusters.of[static_cast<std::size_t>(point)]);
    if (others[own] == 0) continue;
    double nearest = std::numeric_limits<double>::max();
    for (std::size_t k = 0; k < count; ++k) {
      if (k != own && others[k] > 0) nearest = std::min(nearest, distance[k] / others[k]);
    }
    if (nearest == std::numeric_limits<double>::max()) continue;
    const double inside = distance[own] / others[own];
    total += (nearest - inside) / std::max({nearest, inside, 1e-300});
  }
  return total / static_cast<double>(sample.size());
}

}  // namespace atelier::personalization::detail
