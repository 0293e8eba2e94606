#include "atelier/personalization/preference_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/ideal_tastes.h"
#include "atelier/personalization/detail/posterior.h"
#include "atelier/personalization/detail/probit.h"
#include "atelier/personalization/detail/random.h"

namespace atelier::personalization {
namespace {

using storage::AnswerKind;

// So many equal ratings or ties say that somebody clicks through, not that the styles are equally good.
constexpr std::size_t kEqualRatings = 4;
constexpr std::size_t kEqualTies = 6;
// Random answers are told from a taste by the evidence of the two, once there are so many; odds of 5 to 1 for
// a careful person have to be overcome. In simulations that believes 97 of 100 careful people after 12
// answers, and of those who rate at random about half are found out after 20 answers and nine of ten after 40
// (with a fitted prior 19 of 20 after 20). Odd choices are harder to tell than odd ratings.
constexpr double kCarelessAnswers = 10;
const double kLogCarefulOdds = std::log(5.0);

bool is_kind(const detail::WeighedObservation& weighed, AnswerKind kind) {
  return weighed.observation->kind == kind;
}

bool all_equal(const std::vector<detail::WeighedObservation>& observations, AnswerKind kind,
               std::size_t least) {
  const auto first = std::find_if(observations.begin(), observations.end(),
                                  [&](const auto& weighed) { return is_kind(weighed, kind); });
  if (first == observations.end()) return false;
  std::size_t count = 0;
  for (const auto& weighed : observations) {
    if (!is_kind(weighed, kind)) continue;
    if (weighed.observation->value != first->observation->value) return false;
    ++count;
  }
  return count >= least;
}

std::string plural(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string short_number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string summary_of(const std::vector<detail::WeighedObservation>& observations) {
  std::map<std::string, std::size_t> counts;
  for (const auto& weighed : observations) {
    switch (weighed.observation->kind) {
      case AnswerKind::Rating:
        ++counts["rating"];
        break;
      case AnswerKind::Choice:
        ++counts["choice"];
        break;
      case AnswerKind::Survey:
        ++counts["survey answer"];
        break;
      default:
        ++counts["like or dislike"];
        break;
    }
  }
  std::string text;
  for (const auto& [word, count] : counts) {
    const bool is_like = word == "like or dislike";
    text += (text.empty() ? "" : ", ") +
            (is_like && count != 1 ? std::to_string(count) + " likes or dislikes" : plural(count, word));
  }
  return text;
}

double weight_of_evidence(const std::vector<detail::WeighedObservation>& observations) {
  double sum = 0;
  for (const auto& weighed : observations) {
    if (is_kind(weighed, AnswerKind::Rating) || is_kind(weighed, AnswerKind::Choice)) sum += weighed.weight;
  }
  return sum;
}

void require_good(const PreferenceOptions& options) {
  const auto is_share = [](double value) { return value >= 0 && value <= 1; };
  if (!std::isfinite(options.half_life_days) || options.half_life_days < 0 ||
      !is_share(options.general_weight) || !is_share(options.other_mood_weight)) {
    throw Error(ErrorCode::Usage, "taste.options",
                "the half-life must be 0 or more days and the weights of moods within 0..1");
  }
}

}  // namespace

PreferenceModel PreferenceModel::fit(const PopulationPrior& prior,
                                     std::span<const TasteObservation> observations, std::int64_t now,
                                     const PreferenceOptions& options) {
  require_good(options);
  detail::require_good(observations, prior.dim());
  std::vector<detail::WeighedObservation> counting = detail::that_count(observations, now, options);
  std::erase_if(counting, [&](const auto& weighed) {
    const auto& questions = prior.survey_questions;
    return is_kind(weighed, AnswerKind::Survey) &&
           std::find(questions.begin(), questions.end(), weighed.observation->question) == questions.end();
  });

  PreferenceModel model;
  model.used_ = counting.size();
  std::string ignored;
  if (options.notice_careless) {
    const auto drop = [&](AnswerKind kind) {
      std::erase_if(counting, [&](const auto& weighed) { return is_kind(weighed, kind); });
    };
    if (all_equal(counting, AnswerKind::Rating, kEqualRatings)) {
      const auto rating = std::find_if(counting.begin(), counting.end(), [&](const auto& weighed) {
        return is_kind(weighed, AnswerKind::Rating);
      });
      ignored = "every rating is the same (" + short_number(rating->observation->value) +
                "), so ratings say nothing about what is preferred";
      drop(AnswerKind::Rating);
    }
    const bool only_ties = all_equal(counting, AnswerKind::Choice, kEqualTies) &&
                           std::any_of(counting.begin(), counting.end(), [](const auto& weighed) {
                             return is_kind(weighed, AnswerKind::Choice) && weighed.observation->value == 0.5;
                           });
    if (only_ties) {
      ignored += std::string(ignored.empty() ? "" : "; ") + "every choice is a tie";
      drop(AnswerKind::Choice);
    }
  }

  const detail::WhitePrior white(prior);
  detail::PosteriorOptions grid;
  if (!options.learn_scale) grid = {.scale_points = 1, .noise_points = 1};
  std::optional<detail::IdealTastes> favourites;
  if (prior.ideal.share > 0) favourites.emplace(prior);
  const auto believe = [&] {
    return detail::taste_belief(prior, white, favourites ? &*favourites : nullptr, counting, grid);
  };
  detail::TasteBelief belief = believe();
  if (options.notice_careless && weight_of_evidence(counting) >= kCarelessAnswers) {
    const double log_ratio = belief.log_evidence - detail::log_evidence_of_indifference(prior, counting);
    if (log_ratio < -kLogCarefulOdds) {
      ignored += std::string(ignored.empty() ? "" : "; ") +
                 "ratings and choices look random: they agree with no taste better than chance does";
      std::erase_if(counting, [&](const auto& weighed) {
        return is_kind(weighed, AnswerKind::Rating) || is_kind(weighed, AnswerKind::Choice);
      });
      belief = believe();
    } else if (log_ratio < 0) {
      ignored += std::string(ignored.empty() ? "" : "; ") + "the answers hardly agree with each other yet";
    }
  }

  model.theta_ = std::move(belief.mean);
  model.theta_covariance_ = std::move(belief.covariance);
  if (favourites) {
    const Eigen::MatrixXd& to_linear = favourites->to_linear();
    model.mean_ = to_linear * model.theta_;
    model.covariance_ = to_linear * model.theta_covariance_ * to_linear.transpose();
  } else {
    model.mean_ = model.theta_;
    model.covariance_ = model.theta_covariance_;
  }
  model.offset_ = belief.offset;
  model.scale_ = belief.scale;
  model.noise_ = belief.noise;
  model.favourite_ = 1 - belief.leaning_share;
  model.learned_ = !counting.empty();
  for (detail::TasteBelief::Effect& effect : belief.effects) {
    model.pulls_.push_back({std::move(effect.shift), observations[effect.index].id, effect.index});
  }
  if (model.used_ == 0) {
    model.why_ = "no answers yet: this is what people in general like";
  } else if (counting.empty()) {
    model.why_ = "not enough to learn from: " + ignored + "; this is what people in general like";
  } else {
    model.why_ = "learned from " + summary_of(counting) + (ignored.empty() ? "" : "; " + ignored);
  }
  return model;
}

PreferenceModel PreferenceModel::fit(const PopulationPrior& prior, const TasteFeatures& features,
                                     std::span<const storage::Answer> answers, std::int64_t now,
                                     const PreferenceOptions& options) {
  if (prior.features_id != features.id() || prior.dim() != features.size()) {
    throw Error(ErrorCode::BadData, "taste.prior",
                "the population prior belongs to the features '" + printable(prior.features_id) +
                    "', not to '" + printable(features.id()) + "'; fit it again for this model");
  }
  return fit(prior, observe(features, answers), now, options);
}

Eigen::MatrixXd PreferenceModel::lifted(const Eigen::MatrixXd& psi) const {
  if (theta_.size() == mean_.size()) return psi;
  Eigen::MatrixXd both(psi.rows(), 2 * psi.cols());
  both.leftCols(psi.cols()) = psi;
  both.rightCols(psi.cols()) = psi.array().square();
  return both;
}

Prediction PreferenceModel::predicted(const Eigen::VectorXd& direction) const {
  return {theta_.dot(direction), std::sqrt(std::max(0.0, direction.dot(theta_covariance_ * direction)))};
}

Prediction PreferenceModel::utility(const Eigen::VectorXd& psi) const {
  return predicted(lifted(psi.transpose()).transpose());
}

Prediction PreferenceModel::difference(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const {
  return predicted(lifted(a.transpose()).transpose() - lifted(b.transpose()).transpose());
}

Prediction PreferenceModel::slope(const Eigen::VectorXd& direction) const {
  return {mean_.dot(direction), std::sqrt(std::max(0.0, direction.dot(covariance_ * direction)))};
}

JointBelief PreferenceModel::joint(const Eigen::MatrixXd& psi) const {
  const Eigen::MatrixXd rows = lifted(psi);
  return {rows * theta_, rows * theta_covariance_ * rows.transpose()};
}

Eigen::VectorXd PreferenceModel::drawn(const Eigen::MatrixXd& psi, double doubt,
                                       std::mt19937_64& random) const {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(theta_covariance_);
  Eigen::VectorXd white(theta_.size());
  for (double& number : white) number = detail::normal(random);
  white.array() *= solver.eigenvalues().array().max(0.0).sqrt();
  return lifted(psi) * (theta_ + doubt * (solver.eigenvectors() * white));
}

std::vector<Prediction> PreferenceModel::utilities(const Eigen::MatrixXd& psi) const {
  const Eigen::MatrixXd rows = lifted(psi);
  const Eigen::VectorXd means = rows * theta_;
  const Eigen::VectorXd variances = (rows * theta_covariance_).cwiseProduct(rows).rowwise().sum();
  std::vector<Prediction> found;
  for (Eigen::Index i = 0; i < means.size(); ++i) {
    found.push_back({means(i), std::sqrt(std::max(0.0, variances(i)))});
  }
  return found;
}

double PreferenceModel::probability_better(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const {
  const Prediction gap = difference(a, b);
  if (gap.sd <= 0) return gap.mean == 0 ? 0.5 : gap.mean > 0 ? 1 : 0;
  return detail::normal_cdf(gap.mean / gap.sd);
}

double PreferenceModel::probability_chosen(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const {
  const Prediction gap = difference(a, b);
  return detail::normal_cdf(gap.mean / std::hypot(gap.sd, std::numbers::sqrt2 * noise_));
}

Prediction PreferenceModel::rating(const Eigen::VectorXd& psi) const {
  const Prediction liked = utility(psi);
  const double sd = std::hypot(scale_ * std::hypot(liked.sd, noise_), offset_.sd);
  return {offset_.mean + scale_ * liked.mean, sd};
}

std::vector<Influence> PreferenceModel::influence(const Eigen::VectorXd& direction, std::size_t count) const {
  std::vector<Influence> found;
  for (const Pull& pull : pulls_) {
    found.push_back({pull.answer, pull.shift.dot(direction), pull.observation});
  }
  std::stable_sort(found.begin(), found.end(), [](const Influence& a, const Influence& b) {
    return std::abs(a.shift) > std::abs(b.shift);
  });
  if (found.size() > count) found.resize(count);
  return found;
}

}  // namespace atelier::personalization
