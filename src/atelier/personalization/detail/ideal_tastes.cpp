#include "atelier/personalization/detail/ideal_tastes.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace atelier::personalization::detail {
namespace {

// Which favourites are possible at all the first answers show; the rest decides among those few.
constexpr std::size_t kScreeningAnswers = 32;
constexpr std::size_t kMostFavourites = 6;  // that are looked at closely once there are more answers
constexpr double kUnlikely = 5;             // nats below the best: ruled out
constexpr double kSmallShare = 1e-6;

struct Seen {
  std::vector<TasteObservation> observations;
  std::vector<WeighedObservation> weighed;
};

Seen seen_by(const IdealTastes& favourites, Eigen::Index c, std::span<const WeighedObservation> answers) {
  Seen seen;
  seen.observations.reserve(answers.size());
  for (const WeighedObservation& answer : answers)
    seen.observations.push_back(favourites.seen(c, *answer.observation));
  for (std::size_t i = 0; i < answers.size(); ++i)
    seen.weighed.push_back({&seen.observations[i], answers[i].index, answers[i].weight});
  return seen;
}

double log_sum_of(const std::vector<double>& values) {
  const double peak = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += std::exp(value - peak);
  return peak + std::log(sum);
}

/// A kind of taste with its log probability, up to what all share.
struct Kind {
  Eigen::Index favourite = -1;  ///< -1: a leaning
  double log_weight = 0;
  Posterior posterior = {};
};

}  // namespace

IdealTastes::IdealTastes(const PopulationPrior& prior) : common_(prior), styles_(prior.ideal.styles) {
  common_.ideal = {};
  common_.mean = prior.ideal.care;
  common_.covariance = prior.ideal.care_covariance;
  const Eigen::MatrixXd squares = styles_.array().square();
  const Eigen::RowVectorXd mean = styles_.colwise().mean(), mean_square = squares.colwise().mean();
  mean_square_.resize(count(), styles_.cols());
  unit_.resize(count());
  for (Eigen::Index c = 0; c < count(); ++c) {
    const Eigen::RowVectorXd at = styles_.row(c);
    mean_square_.row(c) = mean_square.array() - 2 * at.array() * mean.array() + at.array().square();
    const Eigen::VectorXd distance = (styles_.rowwise() - at).rowwise().squaredNorm();
    const double variance = (distance.array() - distance.mean()).square().mean();
    unit_(c) = variance > 0 ? std::sqrt(variance) : 1;
  }
  to_linear_.resize(dim(), 2 * dim());
  to_linear_.leftCols(dim()).setIdentity();
  to_linear_.rightCols(dim()) = styles_.completeOrthogonalDecomposition().solve(squares);
  if (prior.survey.rows() > 0) survey_ = prior.survey * to_linear_;
}

Eigen::VectorXd IdealTastes::features(Eigen::Index c, const Eigen::VectorXd& psi) const {
  const Eigen::VectorXd away = psi - styles_.row(c).transpose();
  return (mean_square_.row(c).transpose().array() - away.array().square()) / unit_(c);
}

TasteObservation IdealTastes::seen(Eigen::Index c, const TasteObservation& observation) const {
  TasteObservation other = observation;
  if (observation.first.size() > 0) other.first = features(c, observation.first);
  if (observation.second.size() > 0) other.second = features(c, observation.second);
  return other;
}

IdealTastes::Lift IdealTastes::lift(Eigen::Index c) const {
  const Eigen::VectorXd at = styles_.row(c).transpose();
  return {.slope = 2 * at / unit_(c),
          .level = (mean_square_.row(c).transpose().array() - at.array().square()) / unit_(c),
          .curve = -1 / unit_(c)};
}

Eigen::VectorXd IdealTastes::theta(Eigen::Index c, const Eigen::VectorXd& care) const {
  const Lift lift = this->lift(c);
  Eigen::VectorXd theta(2 * dim());
  theta.head(dim()) = lift.slope.cwiseProduct(care);
  theta(dim() - 1) += lift.level.dot(care);
  theta.tail(dim()) = lift.curve * care;
  return theta;
}

Eigen::MatrixXd IdealTastes::theta_covariance(Eigen::Index c, const Eigen::MatrixXd& care_covariance) const {
  const Lift lift = this->lift(c);
  Eigen::MatrixXd half(2 * dim(), dim());  // lift times the covariance
  half.topRows(dim()) = lift.slope.asDiagonal() * care_covariance;
  half.row(dim() - 1) += lift.level.transpose() * care_covariance;
  half.bottomRows(dim()) = lift.curve * care_covariance;
  Eigen::MatrixXd both(2 * dim(), 2 * dim());
  both.leftCols(dim()) = half * lift.slope.asDiagonal();
  both.col(dim() - 1) += half * lift.level;
  both.rightCols(dim()) = lift.curve * half;
  return both;
}

PopulationPrior IdealTastes::prior_of(Eigen::Index c) const {
  PopulationPrior prior = common_;
  if (survey_.rows() > 0) {
    const Lift lift = this->lift(c);
    prior.survey = survey_.leftCols(dim()) * lift.slope.asDiagonal();
    prior.survey += survey_.col(dim() - 1) * lift.level.transpose();
    prior.survey += lift.curve * survey_.rightCols(dim());
  }
  return prior;
}

TasteBelief taste_belief(const PopulationPrior& prior, const WhitePrior& white, const IdealTastes* favourites,
                         std::span<const WeighedObservation> observations, const PosteriorOptions& options) {
  TasteBelief belief;
  belief.leaning = posterior(prior, white, observations, options);
  if (favourites == nullptr) {
    belief.mean = belief.leaning.mean;
    belief.covariance = belief.leaning.covariance;
    belief.offset = belief.leaning.offset;
    belief.scale = belief.leaning.scale;
    belief.noise = belief.leaning.noise;
    belief.log_evidence = belief.leaning.log_evidence;
    for (const Pull& pull : belief.leaning.pulls)
      belief.effects.push_back({pull.index, pull.strength * (belief.leaning.conditional * pull.row)});
    return belief;
  }

  const Eigen::Index dim = favourites->dim();
  const WhitePrior white_care(favourites->prior_of(0));
  const auto first = observations.first(std::min(observations.size(), kScreeningAnswers));
  const double log_each = std::log(prior.ideal.share / static_cast<double>(favourites->count()));
  const double log_leaning = std::log1p(-prior.ideal.share);
  std::vector<Kind> screened;
  const double leaning = log_leaning + quick_log_total(prior, white, first);
  for (Eigen::Index c = 0; c < favourites->count(); ++c) {
    const Seen seen = seen_by(*favourites, c, first);
    screened.push_back({c, log_each + quick_log_total(favourites->prior_of(c), white_care, seen.weighed)});
  }
  std::stable_sort(screened.begin(), screened.end(),
                   [](const Kind& a, const Kind& b) { return a.log_weight > b.log_weight; });
  // One of many favourites is unlikely before the first answer: they are compared with each other, and all of
  // them together with a leaning.
  std::vector<double> each;
  for (const Kind& kind : screened) each.push_back(kind.log_weight);
  const double best = each.front();
  std::erase_if(screened, [&](const Kind& kind) { return kind.log_weight < best - kUnlikely; });
  if (log_sum_of(each) < leaning - kUnlikely) screened.clear();
  if (observations.size() > kScreeningAnswers && screened.size() > kMostFavourites)
    screened.resize(kMostFavourites);

  // The leaning's finer grid would cost its weight: all kinds are weighed on the same points.
  const PosteriorOptions grid{.scale_points = std::min(options.scale_points, 3),
                              .noise_points = std::min(options.noise_points, 3)};
  std::vector<Kind> kinds;
  kinds.push_back({-1, log_leaning + posterior(prior, white, observations, grid).log_total, belief.leaning});
  for (const Kind& kind : screened) {
    const Seen seen = seen_by(*favourites, kind.favourite, observations);
    Posterior one = posterior(favourites->prior_of(kind.favourite), white_care, seen.weighed, grid);
    const double log_weight = log_each + one.log_total;
    kinds.push_back({kind.favourite, log_weight, std::move(one)});
  }
  std::vector<double> logs;
  for (const Kind& kind : kinds) logs.push_back(kind.log_weight);
  const double total = log_sum_of(logs);

  std::vector<double> evidence;
  belief.mean = Eigen::VectorXd::Zero(2 * dim);
  belief.covariance = Eigen::MatrixXd::Zero(2 * dim, 2 * dim);
  belief.care = Eigen::VectorXd::Zero(dim);
  belief.care_second = Eigen::MatrixXd::Zero(dim, dim);
  double offset_square = 0, log_scale = 0, log_noise = 0, ideal_share = 0;
  std::map<std::size_t, Eigen::VectorXd> effects;
  for (const Kind& kind : kinds) {
    const double share = std::exp(kind.log_weight - total);
    evidence.push_back(kind.log_weight - (kind.posterior.log_total - kind.posterior.log_evidence));
    const Posterior& one = kind.posterior;
    belief.offset.mean += share * one.offset.mean;
    offset_square += share * (one.offset.sd * one.offset.sd + one.offset.mean * one.offset.mean);
    log_scale += share * std::log(one.scale);
    log_noise += share * std::log(one.noise);
    if (kind.favourite < 0) belief.leaning_share = share;
    if (share < kSmallShare) continue;
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(2 * dim);
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(2 * dim, 2 * dim);
    if (kind.favourite < 0) {
      mean.head(dim) = one.mean;
      covariance.topLeftCorner(dim, dim) = one.covariance;
    } else {
      mean = favourites->theta(kind.favourite, one.mean);
      covariance = favourites->theta_covariance(kind.favourite, one.covariance);
      ideal_share += share;
      belief.care += share * one.mean;
      belief.care_second += share * (one.covariance + one.mean * one.mean.transpose());
    }
    belief.mean += share * mean;
    belief.covariance += share * (covariance + mean * mean.transpose());
    for (const Pull& pull : one.pulls) {
      const Eigen::VectorXd moved = share * pull.strength * (one.conditional * pull.row);
      auto& sum = effects.try_emplace(pull.index, Eigen::VectorXd::Zero(2 * dim)).first->second;
      if (kind.favourite < 0) {
        sum.head(dim) += moved;
      } else {
        sum += favourites->theta(kind.favourite, moved);
      }
    }
  }
  belief.covariance -= belief.mean * belief.mean.transpose();
  if (ideal_share > 0) {
    belief.care /= ideal_share;
    belief.care_second /= ideal_share;
  }
  belief.offset.sd = std::sqrt(std::max(0.0, offset_square - belief.offset.mean * belief.offset.mean));
  belief.scale = std::exp(log_scale);
  belief.noise = std::exp(log_noise);
  belief.log_evidence = log_sum_of(evidence);
  for (auto& [index, shift] : effects) belief.effects.push_back({index, favourites->to_linear() * shift});
  return belief;
}

}  // namespace atelier::personalization::detail
