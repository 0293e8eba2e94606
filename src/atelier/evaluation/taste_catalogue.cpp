#include "atelier/evaluation/taste_catalogue.h"

#include <string>
#include <utility>

#include "atelier/evaluation/detail/catalogue_answers.h"
#include "atelier/personalization/question_selector.h"

namespace atelier::evaluation {

void TasteCatalogue::train(const TrainingPeople& training) {
  factors_ = personalization::fit_item_factors(training.people, training.content, "catalogue", options_);
}

personalization::PreferenceModel TasteCatalogue::fit(std::span<const CatalogueRating> answers) const {
  return personalization::PreferenceModel::fit(factors_.prior, detail::observations(answers, factors_.psi),
                                               0);
}

std::vector<RatingPrediction> TasteCatalogue::predict(std::span<const CatalogueRating> answers,
                                                      std::span<const int> items) const {
  return detail::predicted_ratings(fit(answers), factors_.psi, items);
}

int TasteCatalogue::next_question(std::span<const CatalogueRating> answers, std::span<const int> pool) const {
  if (pool.size() < 2) return pool.empty() ? -1 : 0;
  std::vector<personalization::Candidate> candidates;
  for (const int item : pool)
    candidates.push_back({std::to_string(item), factors_.psi.row(item).transpose()});
  personalization::QuestionOptions question;
  question.strategy = personalization::AskStrategy::Variance;
  const personalization::QuestionSelector selector(std::move(candidates), question);
  return static_cast<int>(selector.next_rating(fit(answers)).value());
}

}  // namespace atelier::evaluation
