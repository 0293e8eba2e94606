#include "atelier/evaluation/pictures/feature_distances.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::evaluation {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

void require_same_length(const FeatureMatrix& a, const FeatureMatrix& b) {
  if (a.cols() != b.cols())
    throw Error(ErrorCode::Internal, "evaluation.sizes", "features of different length cannot be compared");
}

// k = (x.y / d + 1)^3 between all rows.
MatrixXd kernel(const MatrixXd& a, const MatrixXd& b) {
  return ((a * b.transpose()).array() / static_cast<double>(a.cols()) + 1).cube().matrix();
}

using Rows = std::vector<Index>;

// Mean over different pairs: the diagonal would bias the estimate.
double mean_within(const MatrixXd& k, const Rows& rows) {
  double sum = 0;
  for (const Index i : rows) {
    for (const Index j : rows) sum += i == j ? 0 : k(i, j);
  }
  const auto n = static_cast<double>(rows.size());
  return sum / (n * (n - 1));
}

double mean_between(const MatrixXd& k, const Rows& a, const Rows& b) {
  double sum = 0;
  for (const Index i : a) {
    for (const Index j : b) sum += k(i, j);
  }
  return sum / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

Rows all_rows(Index count) {
  Rows rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

Rows drawn(Rows rows, std::size_t count, std::mt19937_64& random) {
  for (std::size_t i = 0; i < count; ++i) std::swap(rows[i], rows[i + random() % (rows.size() - i)]);
  rows.resize(count);
  return rows;
}

}  // namespace

std::optional<double> FrechetDistance::operator()(const FeatureMatrix& a, const FeatureMatrix& b) const {
  require_same_length(a, b);
  if (a.rows() < 2 || b.rows() < 2) return std::nullopt;
  const Eigen::RowVectorXd mean_a = a.colwise().mean(), mean_b = b.colwise().mean();
  const MatrixXd x = (a.rowwise() - mean_a) / std::sqrt(static_cast<double>(a.rows() - 1));
  const MatrixXd y = (b.rowwise() - mean_b) / std::sqrt(static_cast<double>(b.rows() - 1));
  // S_a S_b = X'X Y'Y has the non-zero eigenvalues of (X Y')'(X Y'), which for few pictures is small.
  const MatrixXd cross = x * y.transpose();
  const MatrixXd square =
      cross.rows() < cross.cols() ? MatrixXd(cross * cross.transpose()) : MatrixXd(cross.transpose() * cross);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(square, Eigen::EigenvaluesOnly);
  const Eigen::VectorXd& eigenvalues = solver.eigenvalues();
  // What rounding makes of a zero would count with its root.
  const double rounding = eigenvalues.cwiseAbs().maxCoeff() * 1e-15 * static_cast<double>(eigenvalues.size());
  const double root_trace =
      (eigenvalues.array() > rounding).select(eigenvalues.array().max(0).sqrt(), 0.0).sum();
  return (mean_a - mean_b).squaredNorm() + x.squaredNorm() + y.squaredNorm() - 2 * root_trace;
}

std::optional<KernelDistance::Result> KernelDistance::operator()(const FeatureMatrix& a,
                                                                 const FeatureMatrix& b) const {
  require_same_length(a, b);
  if (a.rows() < 2 || b.rows() < 2) return std::nullopt;
  const MatrixXd aa = kernel(a, a), bb = kernel(b, b), ab = kernel(a, b);
  const auto distance = [&](const Rows& rows_a, const Rows& rows_b) {
    return mean_within(aa, rows_a) + mean_within(bb, rows_b) - 2 * mean_between(ab, rows_a, rows_b);
  };
  const Rows rows_a = all_rows(a.rows()), rows_b = all_rows(b.rows());
  const std::size_t size = std::max<std::size_t>(
      2, std::min({static_cast<std::size_t>(subset_size), rows_a.size(), rows_b.size()}));
  std::mt19937_64 random(seed);
  double sum = 0, squares = 0;
  for (int i = 0; i < subsets; ++i) {
    const Rows some_a = drawn(rows_a, size, random);
    const double value = distance(some_a, drawn(rows_b, size, random));
    sum += value;
    squares += value * value;
  }
  const double n = std::max(1, subsets);
  return Result{distance(rows_a, rows_b), std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)))};
}

}  // namespace atelier::evaluation
