#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"

namespace atelier::evaluation {

using personalization::CatalogueRating;

/// All that a predictor may learn from: other people's ratings. Nobody who is scored is in it.
struct TrainingPeople {
  int items = 0;
  double low = 1, high = 5;  ///< ends of the scale
  Eigen::MatrixXd content;   ///< [items][columns], may have no column
  std::vector<std::vector<CatalogueRating>> people;
  std::uint64_t seed = 1;
};

/// What a predictor says of one rating. Only sd > 0 is a claim about its error.
struct RatingPrediction {
  double mean = 0;
  double sd = 0;
};

/// Predicts the ratings of a person it has never seen from a few of them.
class RatingPredictor {
 public:
  virtual ~RatingPredictor() = default;

  virtual std::string name() const = 0;
  virtual std::string formula() const = 0;  ///< one line
  /// Whether the means are meant as ratings; else only their order counts.
  virtual bool on_scale() const { return true; }

  /// Replaces what was learned before.
  virtual void train(const TrainingPeople& training) = 0;
  /// One prediction an item. `answers`: at most one an item, possibly none.
  virtual std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                                std::span<const int> items) const = 0;
  /// Position in `pool` of the item whose rating would teach most; -1 when the predictor has no opinion.
  virtual int next_question(std::span<const CatalogueRating>, std::span<const int>) const { return -1; }
};

}  // namespace atelier::evaluation
