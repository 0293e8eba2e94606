#include "atelier/personalization/style_anchors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

constexpr double kPsiLimit = 4;      // as TasteFeatures clamps
constexpr double kHullShare = 0.95;  // of the gallery lies inside the hull
constexpr double kShrinkage = 0.3;   // of the gallery's covariance towards its diagonal: styles are few
constexpr int kMedoidRounds = 20;

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.mapper", cause);
}

// Rows of `z` that represent the others best: greedy start (the row that shortens the distances most), then
// each medoid moves to the best row of its own cluster.
std::vector<Eigen::Index> medoids(const Eigen::MatrixXd& z, Eigen::Index count) {
  const Eigen::Index n = z.rows();
  Eigen::MatrixXd distance(n, n);
  for (Eigen::Index i = 0; i < n; ++i) distance.col(i) = (z.rowwise() - z.row(i)).rowwise().norm();
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(n, std::numeric_limits<double>::max());
  std::vector<Eigen::Index> chosen;
  while (static_cast<Eigen::Index>(chosen.size()) < count) {
    Eigen::Index best = -1;
    double best_cost = std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < n; ++i) {
      if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
      const double cost = nearest.cwiseMin(distance.col(i)).sum();
      if (cost < best_cost) {
        best_cost = cost;
        best = i;
      }
    }
    chosen.push_back(best);
    nearest = nearest.cwiseMin(distance.col(best));
  }
  for (int round = 0; round < kMedoidRounds; ++round) {
    std::vector<std::vector<Eigen::Index>> members(chosen.size());
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto owner = std::min_element(chosen.begin(), chosen.end(), [&](Eigen::Index a, Eigen::Index b) {
        return distance(i, a) < distance(i, b);
      });
      members[static_cast<std::size_t>(owner - chosen.begin())].push_back(i);
    }
    bool moved = false;
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      const auto cost = [&](Eigen::Index candidate) {
        double sum = 0;
        for (const Eigen::Index i : members[c]) sum += distance(i, candidate);
        return sum;
      };
      for (const Eigen::Index candidate : members[c]) {
        if (cost(candidate) < cost(chosen[c])) {
          chosen[c] = candidate;
          moved = true;
        }
      }
    }
    if (!moved) break;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

StyleAnchors StyleAnchors::choose(const style::StyleSpace& space, const TasteFeatures& features,
                                  std::span<const storage::Subject> gallery, int count) {
  const int k = features.coordinates();
  if (gallery.size() < 3) refuse("a style mapper needs at least 3 gallery styles; export a model with more");
  if (k < 1) refuse("a style mapper needs a style space; export the model with one");
  const auto n = static_cast<Eigen::Index>(gallery.size());
  const Eigen::Index code_dim = space.dim();
  Eigen::MatrixXd z(n, k), codes(n, code_dim);
  for (Eigen::Index i = 0; i < n; ++i) {
    const StyleCode& code = gallery[static_cast<std::size_t>(i)].code;
    const std::vector<double> coordinates = space.project(code);
    for (int c = 0; c < k; ++c) z(i, c) = coordinates[static_cast<std::size_t>(c)];
    for (Eigen::Index c = 0; c < code_dim; ++c) codes(i, c) = code.values[static_cast<std::size_t>(c)];
  }
  const Eigen::MatrixXd psi = features.matrix(gallery);

  StyleAnchors anchors;
  anchors.space = space.id;
  anchors.features_id = features.id();
  const auto chosen = medoids(z, std::min<Eigen::Index>(n, std::max(count, 2)));
  const auto rows = static_cast<Eigen::Index>(chosen.size());
  anchors.z.resize(rows, k);
  anchors.psi.resize(rows, psi.cols());
  anchors.codes.resize(rows, code_dim);
  for (Eigen::Index r = 0; r < rows; ++r) {
    const Eigen::Index i = chosen[static_cast<std::size_t>(r)];
    anchors.names.push_back(gallery[static_cast<std::size_t>(i)].style);
    anchors.z.row(r) = z.row(i);
    anchors.psi.row(r) = psi.row(i);
    anchors.codes.row(r) = codes.row(i);
  }
  std::vector<double> unit(static_cast<std::size_t>(k), 0.0);
  const Eigen::VectorXd origin = features.psi_at(unit);
  anchors.step_psi.resize(psi.cols(), k);
  anchors.step_code.resize(code_dim, k);
  for (int c = 0; c < k; ++c) {
    const auto at = static_cast<std::size_t>(c);
    unit[at] = 1;
    anchors.step_psi.col(c) = features.psi_at(unit) - origin;
    unit[at] = 0;
    for (Eigen::Index d = 0; d < code_dim; ++d) {
      anchors.step_code(d, c) =
          static_cast<double>(space.scale[at]) * space.components[at][static_cast<std::size_t>(d)];
    }
  }

  anchors.centre = z.colwise().mean();
  const Eigen::MatrixXd centred = z.rowwise() - anchors.centre.transpose();
  Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(n);
  const Eigen::MatrixXd diagonal = (covariance.diagonal().array() + 1e-3).matrix().asDiagonal();
  covariance = (1 - kShrinkage) * covariance + kShrinkage * diagonal;
  anchors.precision = covariance.ldlt().solve(Eigen::MatrixXd::Identity(k, k));
  std::vector<double> distances;
  for (Eigen::Index i = 0; i < n; ++i) {
    distances.push_back((centred.row(i) * anchors.precision).dot(centred.row(i)));
  }
  std::sort(distances.begin(), distances.end());
  anchors.hull = distances[static_cast<std::size_t>(kHullShare * static_cast<double>(distances.size() - 1))];
  anchors.validate("the gallery");
  return anchors;
}

void StyleAnchors::validate(const std::string& name) const {
  const Eigen::Index rows = z.rows(), k = z.cols(), dim = psi.cols(), code_dim = codes.cols();
  const bool fits = rows >= 2 && k >= 1 && dim > k && code_dim >= 1 &&
                    static_cast<Eigen::Index>(names.size()) == rows && psi.rows() == rows &&
                    codes.rows() == rows && step_psi.rows() == dim && step_psi.cols() == k &&
                    step_code.rows() == code_dim && step_code.cols() == k && centre.size() == k &&
                    precision.rows() == k && precision.cols() == k;
  if (!fits)
    refuse(name + ": the mapper's anchors do not fit each other; train it again with `atelier train mapper`");
  const bool finite = z.allFinite() && psi.allFinite() && codes.allFinite() && step_psi.allFinite() &&
                      step_code.allFinite() && centre.allFinite() && precision.allFinite() && hull > 0 &&
                      hull < std::numeric_limits<double>::max();
  if (!finite) {
    refuse(name +
           ": the mapper's anchors hold numbers that are not finite; train it again with `atelier train "
           "mapper`");
  }
}

StyleAnchors::Place StyleAnchors::at(const Eigen::VectorXd& weights, const Eigen::VectorXd& step) const {
  Place place;
  place.z = z.transpose() * weights + step;
  place.psi = psi.transpose() * weights + step_psi * step;
  place.psi.head(dim() - 1) = place.psi.head(dim() - 1).cwiseMin(kPsiLimit).cwiseMax(-kPsiLimit);
  place.psi[dim() - 1] = 1;
  const Eigen::VectorXf values = (codes.transpose() * weights + step_code * step).cast<float>();
  place.code = {.space = space, .values = std::vector<float>(values.data(), values.data() + values.size())};
  return place;
}

Eigen::VectorXd StyleAnchors::drawn_back(const Eigen::VectorXd& weights, const Eigen::VectorXd& step) const {
  const Eigen::VectorXd blend = z.transpose() * weights - centre, offset = blend + step;
  const double distance = offset.dot(precision * offset);
  const double limit = std::max(hull, blend.dot(precision * blend));
  if (distance <= limit) return step;
  return std::sqrt(limit / distance) * offset - blend;
}

double StyleAnchors::outside(const Eigen::VectorXd& place) const {
  const Eigen::VectorXd offset = place - centre;
  return std::max(0.0, offset.dot(precision * offset) - hull);
}

}  // namespace atelier::personalization
