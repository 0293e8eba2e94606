#include "atelier/evaluation/baselines/low_rank.h"

#include <limits>
#include <random>

#include "atelier/evaluation/detail/few_answers.h"

namespace atelier::evaluation {
namespace {

constexpr double kStrengths[] = {3, 10, 30};
constexpr int kRounds = 20;

}  // namespace

void LowRank::train(const TrainingPeople& training) {
  TrainingPeople most = training;
  std::vector<std::vector<CatalogueRating>> left_out;
  most.people.clear();
  for (std::size_t i = 0; i < training.people.size(); ++i) {
    (i % 5 == 4 ? left_out : most.people).push_back(training.people[i]);
  }
  double best = std::numeric_limits<double>::infinity(), chosen = strength_;
  for (const double strength : kStrengths) {
    strength_ = strength;
    factorise(most);
    const double error = detail::error_after_few_answers(*this, left_out, training.seed);
    if (error < best) {
      best = error;
      chosen = strength;
    }
  }
  strength_ = chosen;
  factorise(training);
}

void LowRank::factorise(const TrainingPeople& training) {
  bias_.train(training);
  std::mt19937_64 random(training.seed);
  factors_.resize(training.items, rank_);
  for (double& value : factors_.reshaped()) value = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;

  std::vector<std::vector<double>> residuals;
  for (const auto& person : training.people) residuals.push_back(bias_.residuals(person));
  const Eigen::MatrixXd ridge = strength_ * Eigen::MatrixXd::Identity(rank_, rank_);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Eigen::MatrixXd> precision(static_cast<std::size_t>(training.items), ridge);
    Eigen::MatrixXd target = Eigen::MatrixXd::Zero(rank_, training.items);
    for (std::size_t u = 0; u < training.people.size(); ++u) {
      const Eigen::VectorXd p = person(training.people[u]);
      const Eigen::MatrixXd pp = p * p.transpose();
      for (std::size_t i = 0; i < residuals[u].size(); ++i) {
        const int item = training.people[u][i].item;
        precision[static_cast<std::size_t>(item)] += pp;
        target.col(item) += residuals[u][i] * p;
      }
    }
    for (int item = 0; item < training.items; ++item) {
      factors_.row(item) =
          precision[static_cast<std::size_t>(item)].llt().solve(target.col(item)).transpose();
    }
    // p and q share a scale that the product does not see: with q of unit size, one ridge fits both sides.
    const double size = factors_.norm() / std::sqrt(static_cast<double>(training.items));
    if (size > 1e-9) factors_ /= size;
  }
}

Eigen::VectorXd LowRank::person(std::span<const CatalogueRating> answers) const {
  const std::vector<double> residuals = bias_.residuals(answers);
  Eigen::MatrixXd precision = strength_ * Eigen::MatrixXd::Identity(rank_, rank_);
  Eigen::VectorXd target = Eigen::VectorXd::Zero(rank_);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Eigen::VectorXd q = factors_.row(answers[i].item).transpose();
    precision += q * q.transpose();
    target += residuals[i] * q;
  }
  return precision.llt().solve(target);
}

std::vector<RatingPrediction> LowRank::predict(std::span<const CatalogueRating> answers,
                                               std::span<const int> items) const {
  const Eigen::VectorXd p = person(answers);
  const double offset = bias_.person(answers);
  std::vector<RatingPrediction> predictions;
  for (const int item : items) {
    predictions.push_back({bias_.item(item) + offset + factors_.row(item).dot(p), 0});
  }
  return predictions;
}

}  // namespace atelier::evaluation
