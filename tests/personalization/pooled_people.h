#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "atelier/personalization/population_release.h"

namespace atelier::test {

/// A prior over `dim` features, N(0, 0.04 I), with nothing about people in it.
inline personalization::PopulationPrior plain_prior(int dim) {
  personalization::PopulationPrior prior;
  prior.mean = Eigen::VectorXd::Zero(dim);
  prior.covariance = 0.04 * Eigen::MatrixXd::Identity(dim, dim);
  prior.features_id = "test/" + std::to_string(dim);
  prior.origin = "standard";
  return prior;
}

/// People whose weights are N(0.2 on the first feature, start's covariance but four times the variance on the
/// second), each known about as well as after a dozen ratings.
inline std::vector<personalization::Contribution> pooled_people(
    const personalization::ContributionScheme& scheme, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  const auto dim = scheme.start().mean.size();
  std::vector<personalization::Contribution> people;
  storage::Settings yes;
  yes.pooled_learning = true;
  for (int i = 0; i < count; ++i) {
    Eigen::VectorXd weights(dim), seen(dim);
    for (Eigen::Index j = 0; j < dim; ++j) weights(j) = 0.2 * normal(random);
    weights(0) += 0.2;
    weights(1) *= 2;
    for (Eigen::Index j = 0; j < dim; ++j) seen(j) = weights(j) + 0.2 * normal(random);
    const Eigen::MatrixXd covariance = 0.02 * Eigen::MatrixXd::Identity(dim, dim);
    people.push_back(scheme.contribute("person-" + std::to_string(i), yes, 0.5 * seen, covariance));
  }
  return people;
}

inline personalization::RandomWords seeded_words(std::uint64_t seed) {
  return [generator = std::mt19937_64(seed)]() mutable { return generator(); };
}

}  // namespace atelier::test
