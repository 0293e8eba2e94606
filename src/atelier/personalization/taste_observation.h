#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/taste_features.h"
#include "atelier/storage/records.h"

namespace atelier::personalization {

/// An answer as the model sees it: features in place of styles.
struct TasteObservation {
  storage::AnswerKind kind = storage::AnswerKind::Rating;
  Eigen::VectorXd first, second;  ///< psi; both empty for Survey, second only for Choice and a Skip of two
  std::string first_key, second_key;  ///< what was judged; a later answer of the same kind about it replaces
  double value = 0;                   ///< as in storage::Answer, on any rating scale the prior speaks of
  std::string question, mood;
  std::int64_t id = 0;
  std::int64_t time = 0;  ///< seconds since 1970
};

/// The answers with their features. The key of a subject is its name, else a hash of its code and attributes.
/// Errors of storage::validate and TasteFeatures::psi, naming the answer's id.
std::vector<TasteObservation> observe(const TasteFeatures& features,
                                      std::span<const storage::Answer> answers);

/// A rating, a choice (1: first better, 0: second, 0.5: tie) built by hand: for benchmarks and simulations.
TasteObservation rating_of(const Eigen::VectorXd& psi, double value, const std::string& key,
                           std::int64_t id = 0);
TasteObservation choice_of(const Eigen::VectorXd& first, const Eigen::VectorXd& second, double value,
                           const std::string& first_key, const std::string& second_key, std::int64_t id = 0);

}  // namespace atelier::personalization
