#include "atelier/evaluation/real_people.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "atelier/core/error.h"
#include "atelier/core/seeded_shuffle.h"
#include "atelier/evaluation/baselines/attribute_ridge.h"
#include "atelier/evaluation/baselines/item_mean.h"
#include "atelier/evaluation/baselines/low_rank.h"
#include "atelier/evaluation/baselines/nearest_people.h"
#include "atelier/evaluation/baselines/random_predictor.h"
#include "atelier/evaluation/baselines/user_item_bias.h"
#include "atelier/evaluation/people_split.h"
#include "atelier/evaluation/taste_attributes.h"
#include "atelier/evaluation/taste_catalogue.h"

namespace atelier::evaluation {
namespace {

constexpr double kNinetyPercent = 1.6448536269514722;  // of a normal distribution lies within so many sd
const PersonScore kUnknown{std::nan(""), std::nan(""), std::nan(""), std::nan(""), std::nan("")};

// One person's ratings in one round: what may be asked, and what is scored.
struct Quiz {
  std::vector<CatalogueRating> pool;
  std::vector<int> items;
  std::vector<double> truth;
  std::vector<double> first_round;  ///< own earlier ratings of `items`, when the truth is the second round
};

Quiz make_quiz(const RatingSet& set, std::size_t person, int round, const RealPeopleOptions& options) {
  std::vector<CatalogueRating> ratings = set.ratings[person];
  seeded_shuffle(ratings, hash_of(set.people[person], options.seed + 1));
  const auto held_out = static_cast<std::size_t>(
      std::max(2.0, std::floor(options.held_out * static_cast<double>(ratings.size()))));
  if (ratings.size() < held_out + 2) return {};
  // Each round holds out the next part of the same order.
  std::rotate(ratings.begin(),
              ratings.begin() +
                  static_cast<std::ptrdiff_t>(static_cast<std::size_t>(round) * held_out % ratings.size()),
              ratings.end());
  Quiz quiz;
  quiz.pool.assign(ratings.begin() + static_cast<std::ptrdiff_t>(held_out), ratings.end());
  seeded_shuffle(quiz.pool,
                 hash_of(set.people[person], options.seed + 2 + static_cast<std::uint64_t>(round)));
  for (std::size_t i = 0; i < held_out; ++i) {
    if (set.repeats.empty()) {
      quiz.items.push_back(ratings[i].item);
      quiz.truth.push_back(ratings[i].value);
      continue;
    }
    const auto& again = set.repeats[person];
    const auto repeat = std::find_if(again.begin(), again.end(),
                                     [&](const CatalogueRating& r) { return r.item == ratings[i].item; });
    if (repeat == again.end()) continue;
    quiz.items.push_back(ratings[i].item);
    quiz.truth.push_back(repeat->value);
    quiz.first_round.push_back(ratings[i].value);
  }
  return quiz;
}

PersonScore score_of(const std::vector<RatingPrediction>& predictions, const Quiz& quiz, bool on_scale) {
  std::vector<double> means;
  for (const RatingPrediction& prediction : predictions) means.push_back(prediction.mean);
  PersonScore score = kUnknown;
  score.spearman = spearman(quiz.truth, means).value_or(std::nan(""));
  score.pair_accuracy = pair_accuracy(quiz.truth, means).value_or(std::nan(""));
  if (!on_scale || predictions.empty()) return score;
  double square = 0, nll = 0, covered = 0;
  bool claims = true;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const double error = quiz.truth[i] - predictions[i].mean, sd = predictions[i].sd;
    square += error * error;
    claims = claims && sd > 0;
    if (!claims) continue;
    nll += 0.5 * std::log(2 * std::numbers::pi * sd * sd) + error * error / (2 * sd * sd);
    covered += std::abs(error) <= kNinetyPercent * sd ? 1 : 0;
  }
  const auto count = static_cast<double>(predictions.size());
  score.rmse = std::sqrt(square / count);
  if (claims) {
    score.nll = nll / count;
    score.covered = covered / count;
  }
  return score;
}

// Means over rounds, of what is defined in each.
class ScoreMean {
 public:
  void add(const PersonScore& score) {
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
      const double value = score.*kFields[i];
      if (std::isnan(value)) continue;
      sums_[i] += value;
      ++counts_[i];
    }
  }
  PersonScore mean() const {
    PersonScore score = kUnknown;
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
      if (counts_[i] > 0) score.*kFields[i] = sums_[i] / counts_[i];
    }
    return score;
  }

 private:
  static constexpr double PersonScore::*kFields[] = {&PersonScore::spearman, &PersonScore::pair_accuracy,
                                                     &PersonScore::rmse, &PersonScore::nll,
                                                     &PersonScore::covered};
  double sums_[5] = {}, counts_[5] = {};
};

// The first `wanted` answers when the predictor chooses every question from the pool.
std::vector<CatalogueRating> ask(const RatingPredictor& predictor, std::vector<CatalogueRating> pool,
                                 std::size_t wanted) {
  std::vector<CatalogueRating> answers;
  while (answers.size() < wanted && !pool.empty()) {
    std::vector<int> items;
    for (const CatalogueRating& rating : pool) items.push_back(rating.item);
    const int chosen = predictor.next_question(answers, items);
    answers.push_back(pool[static_cast<std::size_t>(chosen)]);
    pool.erase(pool.begin() + chosen);
  }
  return answers;
}

class Measurement {
 public:
  Measurement(const RatingSet& set, const Predictors& predictors, const RealPeopleOptions& options)
      : set_(set), predictors_(predictors), options_(options) {
    result_.set = set.name;
    result_.what = set.what;
    result_.people = set.people.size();
    result_.items = set.items.size();
    result_.ratings = set.count();
    result_.attributes = set.content_names.size();
    result_.folds = options.folds;
    result_.rounds = options.rounds;
    result_.seed = options.seed;
    for (const int answers : options.answers) result_.points.push_back(std::to_string(answers));
    result_.points.push_back("all but " + std::to_string(std::lround(100 * options.held_out)) + " %");
  }

  RealPeopleResult run(const ProgressCallback& progress) {
    const PeopleSplit split(set_.people, options_.folds, options_.seed);
    choose_people();
    const int steps = options_.folds * static_cast<int>(predictors_.size());
    int done = 0;
    for (const auto& predictor : predictors_) {
      result_.curves.push_back(empty_curve(*predictor, false));
    }
    for (int fold = 0; fold < options_.folds; ++fold) {
      const TrainingPeople training = training_of(split.trained(fold));
      for (std::size_t p = 0; p < predictors_.size(); ++p) {
        predictors_[p]->train(training);
        for (const std::size_t person : split.scored(fold)) score_person(*predictors_[p], p, person);
        if (progress) progress(set_.name, ++done, steps);
      }
    }
    for (auto& curve : asking_) {
      if (!curve.predictor.empty()) result_.curves.push_back(std::move(curve));
    }
    return std::move(result_);
  }

 private:
  // Positions of the people who are scored; the rest only trains.
  void choose_people() {
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t i = 0; i < set_.people.size(); ++i) {
      order.emplace_back(hash_of(set_.people[i], options_.seed + 7), i);
    }
    std::sort(order.begin(), order.end());
    if (options_.people > 0 && order.size() > options_.people) order.resize(options_.people);
    for (const auto& [hash, person] : order) slot_.emplace(person, slot_.size());
    result_.scored = slot_.size();
    if (!set_.repeats.empty()) result_.ceiling.assign(slot_.size(), std::nan(""));
    asking_.resize(predictors_.size());
  }

  LearningCurve empty_curve(const RatingPredictor& predictor, bool own_questions) const {
    return {predictor.name(), predictor.formula(), own_questions,
            std::vector(result_.points.size(), std::vector(result_.scored, kUnknown))};
  }

  TrainingPeople training_of(const std::vector<std::size_t>& people) const {
    TrainingPeople training;
    training.items = static_cast<int>(set_.items.size());
    training.low = set_.low;
    training.high = set_.high;
    training.content = set_.content;
    training.seed = options_.seed;
    for (const std::size_t person : people) training.people.push_back(set_.ratings[person]);
    return training;
  }

  std::size_t answers_at(std::size_t point, std::size_t pool) const {
    return point < options_.answers.size() ? std::min(pool, static_cast<std::size_t>(options_.answers[point]))
                                           : pool;
  }

  void score_person(const RatingPredictor& predictor, std::size_t index, std::size_t person) {
    const auto found = slot_.find(person);
    if (found == slot_.end()) return;
    const std::size_t slot = found->second;
    const bool asks = slot < options_.asking_people;
    std::vector<ScoreMean> means(result_.points.size()), asked(result_.points.size());
    std::vector<double> own;
    bool has_asked = false;
    for (int round = 0; round < options_.rounds; ++round) {
      const Quiz quiz = make_quiz(set_, person, round, options_);
      if (quiz.items.empty()) continue;
      if (!quiz.first_round.empty()) {
        if (const auto consistency = spearman(quiz.truth, quiz.first_round)) own.push_back(*consistency);
      }
      for (std::size_t point = 0; point < result_.points.size(); ++point) {
        const auto answers = std::span(quiz.pool).first(answers_at(point, quiz.pool.size()));
        means[point].add(score_of(predictor.predict(answers, quiz.items), quiz, predictor.on_scale()));
      }
      if (!asks || round > 0) continue;
      std::vector<int> pool;
      for (const CatalogueRating& rating : quiz.pool) pool.push_back(rating.item);
      if (predictor.next_question({}, pool) < 0) continue;
      has_asked = true;
      const auto answers = ask(predictor, quiz.pool, static_cast<std::size_t>(options_.asking_up_to));
      for (std::size_t point = 0; point < options_.answers.size(); ++point) {
        if (options_.answers[point] > options_.asking_up_to) break;
        const auto known = std::span(answers).first(answers_at(point, answers.size()));
        asked[point].add(score_of(predictor.predict(known, quiz.items), quiz, predictor.on_scale()));
      }
    }
    if (!result_.ceiling.empty() && !own.empty()) result_.ceiling[slot] = mean_of(own);
    for (std::size_t point = 0; point < means.size(); ++point) {
      result_.curves[index].scores[point][slot] = means[point].mean();
    }
    if (!has_asked) return;
    if (asking_[index].predictor.empty()) {
      asking_[index] = empty_curve(predictor, true);
    }
    for (std::size_t point = 0; point < asked.size(); ++point)
      asking_[index].scores[point][slot] = asked[point].mean();
  }

  const RatingSet& set_;
  const Predictors& predictors_;
  const RealPeopleOptions& options_;
  RealPeopleResult result_;
  std::map<std::size_t, std::size_t> slot_;  ///< person -> position in the scores
  std::vector<LearningCurve> asking_;        ///< one a predictor; unnamed: never asked
};

}  // namespace

int RealPeopleResult::point(const std::string& name) const {
  const auto found = std::find(points.begin(), points.end(), name);
  return found == points.end() ? -1 : static_cast<int>(found - points.begin());
}

const LearningCurve* RealPeopleResult::curve(const std::string& predictor, bool own_questions) const {
  for (const LearningCurve& curve : curves) {
    if (curve.predictor == predictor && curve.own_questions == own_questions) return &curve;
  }
  return nullptr;
}

Predictors all_predictors() {
  Predictors predictors;
  predictors.push_back(std::make_unique<RandomPredictor>());
  predictors.push_back(std::make_unique<ItemMean>());
  predictors.push_back(std::make_unique<UserItemBias>());
  predictors.push_back(std::make_unique<NearestPeople>());
  predictors.push_back(std::make_unique<AttributeRidge>(false));
  predictors.push_back(std::make_unique<AttributeRidge>(true));
  predictors.push_back(std::make_unique<LowRank>());
  predictors.push_back(std::make_unique<TasteAttributes>());
  predictors.push_back(std::make_unique<TasteCatalogue>());
  return predictors;
}

RealPeopleResult measure_real_people(const RatingSet& set, const Predictors& predictors,
                                     const RealPeopleOptions& options, const ProgressCallback& progress) {
  if (!(options.held_out > 0 && options.held_out < 1) || options.rounds < 1 ||
      options.rounds * options.held_out > 1 + 1e-9) {
    throw Error(ErrorCode::Usage, "evaluation.held_out",
                "the held-out share must lie within 0..1 and its rounds must not exceed the whole");
  }
  return Measurement(set, predictors, options).run(progress);
}

std::vector<double> defined(const std::vector<PersonScore>& scores, double PersonScore::*field) {
  std::vector<double> values;
  for (const PersonScore& score : scores) {
    if (!std::isnan(score.*field)) values.push_back(score.*field);
  }
  return values;
}

std::vector<double> differences(const std::vector<PersonScore>& a, const std::vector<PersonScore>& b,
                                double PersonScore::*field) {
  std::vector<double> values;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = a[i].*field - b[i].*field;
    if (!std::isnan(difference)) values.push_back(difference);
  }
  return values;
}

}  // namespace atelier::evaluation
