#pragma once

#include <Eigen/Dense>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/style_anchors.h"
#include "atelier/personalization/taste_observation.h"

namespace atelier::personalization {

/// What the mapper network sees of a person. The same function makes it for training and at run time.
///   answers  one row an answer: [psi first | psi second | value in -1..1 | kind, one-hot (7)]; a survey
///   answer about
///            feature j has the unit vector j for psi first. Skips of nobody in particular have zeros.
///   weights  how much each answer counts (moods)
///   state    [posterior mean | log posterior variance] of the taste: PreferenceModel's, itself a function of
///   the set
///            of answers
///   spread   deviation of the predicted utility over the anchors, plus 0.05: 0.05 for somebody never asked
///   anchor_mean, slope  predicted utility of every anchor above the anchors' average, and its slope along
///   every
///            coordinate, both in units of the spread: how sure the prediction is says the state
///   anchor_sd  deviation of every anchor's utility from the anchors' average, as believed
struct MapperInput {
  Eigen::MatrixXd answers;                 ///< [n][answer_width(dim)]
  Eigen::VectorXd weights;                 ///< [n]
  Eigen::VectorXd state;                   ///< [2 dim]
  Eigen::VectorXd anchor_mean, anchor_sd;  ///< [anchors]
  Eigen::VectorXd slope;                   ///< [coordinates]
  double spread = 0;                       ///< > 0

  static constexpr int kKinds = 7;
  static int answer_width(int dim) { return 2 * dim + 1 + kKinds; }

  /// `questions` are the names of psi's entries (TasteFeatures::names()): what a survey may ask about. An
  /// answer of another mood than `mood` counts as in PreferenceOptions. Error BadData "taste.answer" for
  /// features that do not fit the anchors or are not finite.
  static MapperInput of(const PreferenceModel& model, std::span<const TasteObservation> observations,
                        const StyleAnchors& anchors, const std::vector<std::string>& questions,
                        const std::string& mood = "");

  /// The same person if the taste were `weights` (a draw of the posterior).
  MapperInput imagined(const Eigen::VectorXd& weights, const StyleAnchors& anchors) const;
};

}  // namespace atelier::personalization
