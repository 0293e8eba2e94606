#pragma once

#include <Eigen/Dense>
#include <vector>

#include "atelier/model/model_bundle.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/storage/records.h"

namespace atelier::mapping {

/// A bundle's gallery as tastes see it: the features, the prior and the candidates every program that uses
/// the mapper builds from the same bundle.
struct GalleryTaste {
  style::StyleSpace space;
  std::vector<storage::Subject> subjects;
  personalization::TasteFeatures features;
  Eigen::MatrixXd psi;  ///< one row a style
  personalization::PopulationPrior prior;
  std::vector<personalization::Candidate> candidates;

  /// Features: the space's coordinates and those attributes of the table that every style has. Error BadData
  /// "taste.mapper" for a bundle without style space or with fewer than 3 styles.
  static GalleryTaste of(const model::ModelBundle& bundle);
};

}  // namespace atelier::mapping
