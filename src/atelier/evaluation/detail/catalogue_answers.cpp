#include "atelier/evaluation/detail/catalogue_answers.h"

#include <string>

namespace atelier::evaluation::detail {

std::vector<personalization::TasteObservation> observations(std::span<const CatalogueRating> answers,
                                                            const Eigen::MatrixXd& psi) {
  std::vector<personalization::TasteObservation> result;
  for (const CatalogueRating& answer : answers) {
    result.push_back(personalization::rating_of(psi.row(answer.item).transpose(), answer.value,
                                                "item " + std::to_string(answer.item),
                                                static_cast<std::int64_t>(result.size()) + 1));
  }
  return result;
}

std::vector<RatingPrediction> predicted_ratings(const personalization::PreferenceModel& model,
                                                const Eigen::MatrixXd& psi, std::span<const int> items) {
  std::vector<RatingPrediction> result;
  for (const int item : items) {
    const personalization::Prediction rating = model.rating(psi.row(item).transpose());
    result.push_back({rating.mean, rating.sd});
  }
  return result;
}

}  // namespace atelier::evaluation::detail
