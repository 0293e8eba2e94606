#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <string>
#include <vector>

#include "atelier/evaluation/progress.h"
#include "atelier/evaluation/statistics.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/simulated_user.h"
#include "atelier/personalization/style_mapper.h"
#include "atelier/personalization/taste_features.h"

namespace atelier::evaluation {

/// The styles simulated people are asked about.
struct GalleryFeatures {
  personalization::TasteFeatures features;
  std::vector<std::string> names;          ///< unique
  Eigen::MatrixXd psi;                     ///< [styles][features.size()]
  personalization::PopulationPrior prior;  ///< what the program believes of somebody it never asked
};

/// How a simulated person is questioned.
enum class Asking {
  ActiveRatings,  ///< QuestionSelector's own choice, one style at a time
  RandomRatings,
  ActiveChoices,  ///< EUBO pairs
  RandomChoices,
  Mixed,  ///< five active choices, then active ratings and choices by turns
};

const char* to_string(Asking asking);

struct SimulatedPeopleOptions {
  int users = 60;                                   ///< of each family
  int training_users = 240;                         ///< others of the same population: the learned prior
  int training_answers = 25;                        ///< random ratings each
  std::vector<int> answers = {0, 3, 5, 8, 12, 20};  ///< rising
  int random_up_to = 40;                            ///< answers of random asking
  double noise = 0.6;                               ///< of an answer, where nothing else is said
  std::vector<double> other_noises = {0.4, 0.9};
  std::uint64_t seed = 1;
};

/// By number of answers. Percentile: share of the gallery that the person truly likes better than the style
/// with the highest predicted utility; 0 is their best. Regret: utility lost by it, in sd of the person's
/// utilities over the gallery.
struct AskingCurve {
  std::string label;  ///< "linear", "all families", "noise 0.9" ...
  Asking asking = Asking::ActiveRatings;
  bool learned_prior = true;                     ///< else the gallery's own prior
  std::vector<std::vector<double>> percentiles;  ///< [answers so far, 0..][people]
  std::vector<std::vector<double>> regrets;      ///< the same
  std::size_t not_believed = 0;  ///< people for whom the model fell back to the prior at the end

  std::size_t people() const { return percentiles.empty() ? 0 : percentiles.front().size(); }
  double percentile(int answers) const;         ///< mean over people
  double median_percentile(int answers) const;  ///< half of the people do better
  std::vector<double> regret() const;           ///< means over people
  /// Adds another curve's people.
  void append(const AskingCurve& other);
};

/// A mood learned beside a general taste.
struct MoodResult {
  std::vector<int> answers;             ///< given in the mood, after 12 general ones
  std::vector<double> with_mood;        ///< percentile of the pick, answers of the mood counted fully
  std::vector<double> general_only;     ///< the general taste's pick, the mood's answers at their low weight
  std::vector<double> without_general;  ///< the mood's answers alone
};

/// The trained mapper beside the gallery: both after the same answers.
struct MapperResult {
  std::vector<int> answers;
  std::vector<double> mapper_utility, gallery_utility;        ///< true utility, mean over people
  std::vector<double> mapper_percentile, gallery_percentile;  ///< share of the gallery liked better
  std::vector<double> difference_low, difference_high;        ///< 95 % interval of the difference in utility
};

/// Interval and direction checks at the learned prior.
struct CalibrationResult {
  int answers = 12;
  double ratings_covered = 0;    ///< share of new ratings inside their 90 % interval
  double utilities_covered = 0;  ///< share of true utilities, above the gallery's mean, inside theirs
};

struct DirectionResult {
  double right =
      0;  ///< share of people whose pick lies on the liked side of the attribute they care for most
  double moved_right =
      0;           ///< share whose pick moved that way from the pick before any answer, or was there already
  Interval shift;  ///< mean move in the liked direction, sd of the attribute over the gallery; 95 %
  std::size_t people = 0;
};

struct SimulatedPeopleResult {
  std::size_t styles = 0, features = 0;
  int users = 0, training_users = 0, training_answers = 0;
  std::uint64_t seed = 1;
  std::string prior;  ///< origin of the gallery's own prior
  std::vector<int> answers;
  std::vector<AskingCurve>
      families;  ///< active ratings, learned prior: every family, then those the model can express
  std::vector<AskingCurve> all;     ///< all families but careless: every way of asking, both priors
  std::vector<AskingCurve> noises;  ///< the same at other noise levels
  /// Active ratings after the survey about every attribute, both priors: the walk of a new user.
  std::vector<AskingCurve> surveyed;
  CalibrationResult calibration;
  MoodResult moods;
  DirectionResult direction;
  std::vector<MapperResult> mapper;  ///< one, or none without a mapper

  const AskingCurve* find(Asking asking, bool learned_prior) const;  ///< in `all`; nullptr when absent
};

/// The first (fractional) number of answers after which the mean regret is at most `regret`; the number of
/// answers in the curve plus one when it never is.
double answers_needed(const std::vector<double>& regret, double level);

/// People with a hidden taste who answer questions about the gallery. Never to be reported as people.
/// `mapper` may be null. Deterministic. Error Usage "evaluation.gallery" for fewer than 10 styles.
SimulatedPeopleResult measure_simulated_people(const GalleryFeatures& gallery,
                                               const SimulatedPeopleOptions& options,
                                               const personalization::StyleMapper* mapper = nullptr,
                                               const ProgressCallback& progress = {});

}  // namespace atelier::evaluation
