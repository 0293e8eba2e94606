#include "atelier/evaluation/pictures/feature_distances.h"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include <cmath>
#include <random>

#include "support/expect_error.h"

namespace atelier::evaluation {
namespace {

FeatureMatrix gaussian(int rows, const Eigen::RowVectorXd& mean, const Eigen::MatrixXd& root, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  FeatureMatrix x(rows, mean.size());
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    for (Eigen::Index j = 0; j < x.cols(); ++j) x(i, j) = normal(random);
  }
  return (x * root.transpose()).rowwise() + mean;
}

TEST(FrechetDistance, AgreesWithTheClosedFormOfDiagonalGaussians) {
  // Rows chosen so that the sample covariances are exact: +-a on each axis.
  const auto cross = [](double a, double b, double shift) {
    FeatureMatrix x(4, 2);
    x << a + shift, 0, -a + shift, 0, shift, b, shift, -b;
    return x;
  };
  const FeatureMatrix x = cross(1, 2, 0), y = cross(3, 1, 0.5);
  // Variances 2 a^2 / 3; the distance is |shift|^2 + sum (sd_x - sd_y)^2.
  const double r = std::sqrt(2.0 / 3);
  EXPECT_NEAR(*FrechetDistance()(x, y), 0.25 + r * r * ((1 - 3) * (1 - 3) + (2 - 1) * (2 - 1)), 1e-9);
  EXPECT_NEAR(*FrechetDistance()(x, x), 0, 1e-9);
}

TEST(FrechetDistance, AgreesWithTheCovarianceFormWhenTheyDoNotCommute) {
  Eigen::MatrixXd root_a(2, 2), root_b(2, 2);
  root_a << 1, 0.5, 0, 2;
  root_b << 0.7, 0, -1, 1;
  const FeatureMatrix a = gaussian(60, Eigen::RowVector2d(1, 2), root_a, 1),
                      b = gaussian(45, Eigen::RowVector2d(0, 1), root_b, 2);
  const auto covariance = [](const FeatureMatrix& x) -> Eigen::Matrix2d {
    const FeatureMatrix c = x.rowwise() - x.colwise().mean();
    return c.transpose() * c / static_cast<double>(x.rows() - 1);
  };
  const Eigen::Matrix2d sa = covariance(a), sb = covariance(b), product = sa * sb;
  // tr of the root of a 2 x 2 matrix with eigenvalues p, q: sqrt(p) + sqrt(q) = sqrt(tr + 2 sqrt(det)).
  const double root_trace = std::sqrt(product.trace() + 2 * std::sqrt(product.determinant()));
  const double expected =
      (a.colwise().mean() - b.colwise().mean()).squaredNorm() + sa.trace() + sb.trace() - 2 * root_trace;
  EXPECT_NEAR(*FrechetDistance()(a, b), expected, 1e-8);
  EXPECT_NEAR(*FrechetDistance()(b, a), expected, 1e-8);
}

TEST(FrechetDistance, GrowsWhenFewerPicturesEstimateTheSameGaussian) {
  const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(32, 32);
  const Eigen::RowVectorXd zero = Eigen::RowVectorXd::Zero(32);
  const auto distance = [&](int n) {
    return *FrechetDistance()(gaussian(n, zero, unit, 1), gaussian(n, zero, unit, 2));
  };
  EXPECT_GT(distance(40), 3 * distance(400));
}

TEST(KernelDistance, FollowsItsDefinition) {
  const FeatureMatrix a = gaussian(7, Eigen::RowVector3d(0, 1, 0), Eigen::Matrix3d::Identity(), 1);
  const FeatureMatrix b = gaussian(5, Eigen::RowVector3d(1, 0, 0), Eigen::Matrix3d::Identity(), 2);
  const auto k = [](const auto& x, const auto& y) { return std::pow(x.dot(y) / 3 + 1, 3); };
  double aa = 0, bb = 0, ab = 0;
  for (int i = 0; i < 7; ++i) {
    for (int j = 0; j < 7; ++j) aa += i == j ? 0 : k(a.row(i), a.row(j));
    for (int j = 0; j < 5; ++j) ab += k(a.row(i), b.row(j));
  }
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) bb += i == j ? 0 : k(b.row(i), b.row(j));
  }
  EXPECT_NEAR(KernelDistance()(a, b)->value, aa / 42 + bb / 20 - 2 * ab / 35, 1e-9);
}

TEST(KernelDistance, IsUnbiasedAtFewPictures) {
  const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(32, 32);
  const Eigen::RowVectorXd zero = Eigen::RowVectorXd::Zero(32), moved = Eigen::RowVectorXd::Constant(32, 0.5);
  double same = 0, other = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    same +=
        KernelDistance()(gaussian(30, zero, unit, 2 * seed), gaussian(30, zero, unit, 2 * seed + 1))->value /
        20;
    other +=
        KernelDistance()(gaussian(30, zero, unit, 2 * seed), gaussian(30, moved, unit, 2 * seed + 1))->value /
        20;
  }
  EXPECT_NEAR(same, 0, 0.05);
  EXPECT_GT(other, 0.2);
}

TEST(SetDistances, NeedTwoPicturesOfOneLength) {
  const FeatureMatrix one = FeatureMatrix::Zero(1, 3), two = FeatureMatrix::Zero(2, 3);
  EXPECT_FALSE(FrechetDistance()(one, two).has_value());
  EXPECT_FALSE(KernelDistance()(two, one).has_value());
  test::expect_error([&] { FrechetDistance()(two, FeatureMatrix::Zero(2, 4)); }, ErrorCode::Internal,
                     "evaluation.sizes");
}

}  // namespace
}  // namespace atelier::evaluation
