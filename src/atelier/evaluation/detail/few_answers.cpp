#include "atelier/evaluation/detail/few_answers.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/seeded_shuffle.h"

namespace atelier::evaluation::detail {
namespace {

constexpr std::size_t kAnswers = 12;
constexpr std::size_t kPeople = 80;

}  // namespace

double error_after_few_answers(const RatingPredictor& predictor,
                               std::span<const std::vector<CatalogueRating>> people, std::uint64_t seed) {
  double sum = 0, count = 0;
  for (std::size_t person = 0; person < std::min(kPeople, people.size()); ++person) {
    std::vector<CatalogueRating> ratings = people[person];
    seeded_shuffle(ratings, seed + person);
    const std::size_t known = std::min(kAnswers, ratings.size() / 2);
    std::vector<int> items;
    for (std::size_t i = known; i < ratings.size(); ++i) items.push_back(ratings[i].item);
    const auto predictions = predictor.predict(std::span(ratings).first(known), items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const double error = predictions[i].mean - ratings[known + i].value;
      sum += error * error;
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

Eigen::MatrixXd standardised_rows(const Eigen::MatrixXd& content, int items) {
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(items, content.cols());
  Eigen::Index used = 0;
  for (Eigen::Index column = 0; column < content.cols(); ++column) {
    const Eigen::VectorXd centred = content.col(column).array() - content.col(column).mean();
    const double sd = std::sqrt(centred.squaredNorm() / std::max(1, items));
    if (sd < 1e-9) continue;
    rows.col(used++) = centred / sd;
  }
  rows.conservativeResize(Eigen::NoChange, used);
  if (used > 0) rows /= std::sqrt(static_cast<double>(used));
  return rows;
}

}  // namespace atelier::evaluation::detail
