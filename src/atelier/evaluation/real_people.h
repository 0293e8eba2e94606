#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "atelier/evaluation/progress.h"
#include "atelier/evaluation/rating_predictor.h"
#include "atelier/evaluation/rating_set.h"
#include "atelier/evaluation/statistics.h"

namespace atelier::evaluation {

struct RealPeopleOptions {
  int folds = 5;                                        ///< of people: who is scored was never trained on
  std::vector<int> answers = {0, 3, 5, 8, 12, 20, 40};  ///< rising; "all but the held-out" is added
  double held_out = 0.2;   ///< share of each person's items that is scored, never asked
  int rounds = 1;          ///< other held-out items each time, at most 1 / held_out
  std::size_t people = 0;  ///< scored at most so many, drawn by hash; 0: all. Training keeps everybody else
  std::size_t asking_people = 60;  ///< so many of them also get questions the predictor chooses itself
  int asking_up_to = 20;           ///< answers
  std::uint64_t seed = 1;
};

/// How well one person's held-out ratings were predicted. Not-a-number where it cannot be said (constant
/// ratings, no scale, no claimed deviation).
struct PersonScore {
  double spearman, pair_accuracy;
  double rmse;
  double nll;      ///< mean negative log likelihood of a normal distribution, nats
  double covered;  ///< share of ratings within mean +- 1.645 sd
};

struct LearningCurve {
  std::string predictor, formula;
  bool own_questions = false;  ///< the predictor chose what the first people were asked, instead of chance
  std::vector<std::vector<PersonScore>> scores;  ///< [point][scored person]
};

struct RealPeopleResult {
  std::string set, what;
  std::size_t people = 0, scored = 0, items = 0, ratings = 0, attributes = 0;
  int folds = 0, rounds = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> points;    ///< "0", "3" .. "all but 20 %"
  std::vector<LearningCurve> curves;  ///< in the order of the predictors; then those with own questions
  std::vector<double> ceiling;        ///< [scored person] own Spearman between rounds; empty without repeats

  /// Position in points; -1 when it is not there.
  int point(const std::string& name) const;
  /// nullptr when absent.
  const LearningCurve* curve(const std::string& predictor, bool own_questions = false) const;
};

using Predictors = std::vector<std::unique_ptr<RatingPredictor>>;

/// random, item mean, user + item bias, kNN, ridge on attributes (without and with popularity), low rank, the
/// taste model on attributes and the taste model.
Predictors all_predictors();

/// Scores every predictor on each person's held-out items: trained on the other folds' people, told the first
/// n of the person's other ratings in an order drawn by seed and person (the same for all predictors). With
/// repeats, the answers come from the first round and the truth is the second. Errors of PeopleSplit.
RealPeopleResult measure_real_people(const RatingSet& set, const Predictors& predictors,
                                     const RealPeopleOptions& options, const ProgressCallback& progress = {});

/// The values of one field that are numbers.
std::vector<double> defined(const std::vector<PersonScore>& scores, double PersonScore::*field);
/// a - b person by person, where both are numbers.
std::vector<double> differences(const std::vector<PersonScore>& a, const std::vector<PersonScore>& b,
                                double PersonScore::*field);

}  // namespace atelier::evaluation
