#include "atelier/personalization/detail/posterior.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <tuple>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/probit.h"

namespace atelier::personalization::detail {
namespace {

using storage::AnswerKind;

const double kLogTwoPi = std::log(2 * std::numbers::pi);
constexpr double kSecondsPerDay = 86400;
constexpr double kSmallestVarianceRatio = 1e-12;
constexpr int kNewtonSteps = 30;
constexpr double kNewtonDecrement = 1e-11;

/// Likes as ratings: steps above the average rating and how many times the variance of a rating.
struct PseudoRating {
  double value;
  double variance;
};

PseudoRating pseudo_rating(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::Like:
      return {1.4, 2.5};
    case AnswerKind::Dislike:
      return {-1.6, 2.5};
    case AnswerKind::Save:
      return {1.7, 2};
    default:
      return {-0.6, 3};
  }
}

bool is_like(const TasteObservation& observation) {
  switch (observation.kind) {
    case AnswerKind::Like:
    case AnswerKind::Dislike:
    case AnswerKind::Save:
      return true;
    case AnswerKind::Skip:
      return observation.second.size() == 0;
    default:
      return false;
  }
}

/// What a later answer replaces: the same question about the same things in the same mood.
using Topic = std::tuple<int, std::string, std::string, std::string>;

Topic topic_of(const TasteObservation& observation) {
  int group = static_cast<int>(observation.kind);
  if (is_like(observation)) group = static_cast<int>(AnswerKind::Like);
  if (observation.kind == AnswerKind::Survey) return {group, observation.question, "", observation.mood};
  const auto [low, high] = std::minmax(observation.first_key, observation.second_key);
  return {group, low, high, observation.mood};
}

/// Orders answers by when they were given; the rest only makes the order total.
bool earlier(const TasteObservation& a, const TasteObservation& b) {
  const auto rank = [](const TasteObservation& o) {
    return std::tie(o.id, o.time, o.kind, o.first_key, o.second_key, o.value, o.question, o.mood);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  const auto numbers_less = [](const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
    return std::lexicographical_compare(x.data(), x.data() + x.size(), y.data(), y.data() + y.size());
  };
  if (numbers_less(a.first, b.first)) return true;
  if (numbers_less(b.first, a.first)) return false;
  return numbers_less(a.second, b.second);
}

double weight_of(const TasteObservation& observation, std::int64_t now, const PreferenceOptions& options) {
  double weight = 1;
  if (options.half_life_days > 0) {
    const double age = std::max(0.0, static_cast<double>(now - observation.time)) / kSecondsPerDay;
    weight = std::exp2(-age / options.half_life_days);
  }
  if (observation.mood == options.mood) return weight;
  const bool one_is_general = observation.mood.empty() || options.mood.empty();
  return weight * (one_is_general ? options.general_weight : options.other_mood_weight);
}

/// Everything that does not change over the grid of scale and noise. The unknowns are white coordinates of
/// the directions that answers speak about; across all others the posterior is the prior, so a dozen answers
/// cost a system of a dozen unknowns however many features there are.
class Problem {
 public:
  Problem(const PopulationPrior& prior, const WhitePrior& white,
          std::span<const WeighedObservation> observations);

  struct Point {
    Eigen::VectorXd v;  ///< [rank() + 1], the last is the white offset
    Eigen::LLT<Eigen::MatrixXd> precision;
    double log_joint = 0;  ///< log of the integral over v, up to what is fixed over the grid
  };

  /// At one scale and noise; starts Newton from `start`.
  Point solve(double log_scale, double log_noise, const Eigen::VectorXd& start) const;
  /// The same integral with ratings and choices left out.
  double log_integral_of_fixed() const;
  std::vector<Pull> pulls(const Point& point, double log_scale, double log_noise,
                          std::span<const WeighedObservation> observations) const;

  int rank() const { return static_cast<int>(factor_.cols()); }
  /// Mean and covariance of w from those of v: what answers do not speak about keeps the prior's.
  Eigen::VectorXd mean_of_w(const Eigen::VectorXd& mean) const { return prior_.mean + factor_ * mean; }
  Eigen::MatrixXd covariance_of_w(Eigen::MatrixXd covariance) const;
  bool has_ratings() const { return rating_weight_.size() > 0; }
  bool has_choices() const { return choice_weight_.size() > 0; }

 private:
  enum class Verdict { First, Second, Tie };

  LogLikelihood choice(Eigen::Index i, double d) const;
  double choices_value(const Eigen::VectorXd& v, double spread) const;

  const PopulationPrior& prior_;
  Eigen::MatrixXd factor_;  ///< w = prior mean + factor v + what no answer speaks about, [dim][rank]

  Eigen::MatrixXd ratings_;                                     ///< [n][rank]
  Eigen::VectorXd rating_weight_, rating_value_, rating_base_;  ///< value above the offset, psi . prior mean
  Eigen::MatrixXd rating_gram_;
  Eigen::VectorXd rating_sum_, rating_value_sum_, rating_base_sum_;

  Eigen::MatrixXd fixed_precision_;  ///< likes and survey, [rank + 1][rank + 1]
  Eigen::VectorXd fixed_linear_;
  double fixed_square_ = 0;

  Eigen::MatrixXd choices_;  ///< [m][rank]
  Eigen::VectorXd choice_weight_, choice_base_;
  std::vector<Verdict> choice_verdict_;

  struct Origin {
    enum class Part { Rating, Fixed, Choice, None } part = Part::None;
    Eigen::Index row = 0;
    Eigen::VectorXd direction;  ///< in w
    double precision = 0, target = 0;
    bool has_offset = false;
  };
  std::vector<Origin> origins_;
};

Problem::Problem(const PopulationPrior& prior, const WhitePrior& white,
                 std::span<const WeighedObservation> observations)
    : prior_(prior) {
  const auto count = static_cast<Eigen::Index>(observations.size());
  Eigen::MatrixXd rating_rows(count, white.mean.size()), choice_rows(count, white.mean.size()),
      fixed_rows(count, white.mean.size());
  std::vector<double> rating_weight, rating_value, choice_weight, fixed_offset, fixed_target, fixed_precision;
  const auto add_fixed = [&](const Eigen::VectorXd& direction, double offset_part, double target,
                             double precision) {
    fixed_rows.row(static_cast<Eigen::Index>(fixed_target.size())) = direction.transpose();
    fixed_offset.push_back(offset_part * prior.rating_offset_sd);
    fixed_target.push_back(target - direction.dot(white.mean));
    fixed_precision.push_back(precision);
  };
  for (const WeighedObservation& weighed : observations) {
    const TasteObservation& observation = *weighed.observation;
    Origin origin;
    if (observation.kind == AnswerKind::Rating) {
      const auto row = static_cast<Eigen::Index>(rating_weight.size());
      rating_rows.row(row) = observation.first.transpose();
      rating_weight.push_back(weighed.weight);
      rating_value.push_back(observation.value - prior.rating_offset);
      origin = {Origin::Part::Rating, row, observation.first, 0, 0, true};
    } else if (observation.kind == AnswerKind::Choice) {
      const auto row = static_cast<Eigen::Index>(choice_weight.size());
      choice_rows.row(row) = (observation.first - observation.second).transpose();
      choice_weight.push_back(weighed.weight);
      const bool is_tie = observation.value > 0 && observation.value < 1;
      choice_verdict_.push_back(is_tie                   ? Verdict::Tie
                                : observation.value >= 1 ? Verdict::First
                                                         : Verdict::Second);
      origin = {Origin::Part::Choice, row, choice_rows.row(row).transpose(), 0, 0, false};
    } else if (observation.kind == AnswerKind::Survey) {
      const auto found =
          std::find(prior.survey_questions.begin(), prior.survey_questions.end(), observation.question);
      if (found != prior.survey_questions.end()) {
        const Eigen::Index k = found - prior.survey_questions.begin();
        const double precision = weighed.weight / (prior.survey_noise(k) * prior.survey_noise(k));
        const Eigen::VectorXd direction = prior.survey.row(k).transpose();
        add_fixed(direction, 0, observation.value, precision);
        origin = {Origin::Part::Fixed, 0, direction, precision, observation.value, false};
      }
    } else if (is_like(observation)) {
      const PseudoRating pseudo = pseudo_rating(observation.kind);
      const double precision = weighed.weight / (pseudo.variance * prior.noise * prior.noise);
      add_fixed(observation.first, 1, pseudo.value, precision);
      origin = {Origin::Part::Fixed, 0, observation.first, precision, pseudo.value, true};
    }
    origins_.push_back(std::move(origin));
  }

  const auto as_vector = [](const std::vector<double>& values) {
    return Eigen::VectorXd(
        Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
  };
  rating_weight_ = as_vector(rating_weight);
  rating_value_ = as_vector(rating_value);
  choice_weight_ = as_vector(choice_weight);
  const Eigen::Index rated = rating_weight_.size(), chosen = choice_weight_.size(),
                     fixed = static_cast<Eigen::Index>(fixed_target.size());
  Eigen::MatrixXd rows(rated + chosen + fixed, white.mean.size());
  rows.topRows(rated) = rating_rows.topRows(rated);
  rows.middleRows(rated, chosen) = choice_rows.topRows(chosen);
  rows.bottomRows(fixed) = fixed_rows.topRows(fixed);
  rating_base_ = rows.topRows(rated) * white.mean;
  choice_base_ = rows.middleRows(rated, chosen) * white.mean;
  Eigen::MatrixXd white_rows = rows * white.factor;
  factor_ = white.factor;
  if (white_rows.rows() < white_rows.cols()) {
    const Eigen::HouseholderQR<Eigen::MatrixXd> directions(white_rows.transpose());
    const Eigen::MatrixXd basis =
        directions.householderQ() * Eigen::MatrixXd::Identity(white_rows.cols(), white_rows.rows());
    white_rows = (white_rows * basis).eval();
    factor_ = (factor_ * basis).eval();
  }
  ratings_ = white_rows.topRows(rated);
  choices_ = white_rows.middleRows(rated, chosen);

  const Eigen::Index unknowns = factor_.cols() + 1;
  fixed_precision_ = Eigen::MatrixXd::Zero(unknowns, unknowns);
  fixed_linear_ = Eigen::VectorXd::Zero(unknowns);
  for (Eigen::Index i = 0; i < fixed; ++i) {
    const auto at = static_cast<std::size_t>(i);
    Eigen::VectorXd row(unknowns);
    row << white_rows.row(rated + chosen + i).transpose(), fixed_offset[at];
    fixed_precision_.selfadjointView<Eigen::Lower>().rankUpdate(row, fixed_precision[at]);
    fixed_linear_ += fixed_precision[at] * fixed_target[at] * row;
    fixed_square_ += fixed_precision[at] * fixed_target[at] * fixed_target[at];
  }
  fixed_precision_ = fixed_precision_.selfadjointView<Eigen::Lower>();

  const Eigen::MatrixXd weighted = rating_weight_.asDiagonal() * ratings_;
  rating_gram_ = ratings_.transpose() * weighted;
  rating_sum_ = weighted.colwise().sum().transpose();
  rating_value_sum_ = weighted.transpose() * rating_value_;
  rating_base_sum_ = weighted.transpose() * rating_base_;
}

Eigen::MatrixXd Problem::covariance_of_w(Eigen::MatrixXd covariance) const {
  covariance.diagonal().array() -= 1;
  Eigen::MatrixXd result = prior_.covariance + factor_ * covariance * factor_.transpose();
  return 0.5 * (result + result.transpose());
}

LogLikelihood Problem::choice(Eigen::Index i, double d) const {
  switch (choice_verdict_[static_cast<std::size_t>(i)]) {
    case Verdict::First:
      return log_win(d, prior_.tie_width);
    case Verdict::Tie:
      return log_tie(d, prior_.tie_width);
    case Verdict::Second:
      break;
  }
  LogLikelihood mirrored = log_win(-d, prior_.tie_width);
  mirrored.first = -mirrored.first;
  return mirrored;
}

double Problem::choices_value(const Eigen::VectorXd& v, double spread) const {
  const Eigen::VectorXd d = (choices_ * v.head(rank()) + choice_base_) / spread;
  double sum = 0;
  for (Eigen::Index i = 0; i < d.size(); ++i) sum += choice_weight_(i) * choice(i, d(i)).value;
  return sum;
}

Problem::Point Problem::solve(double log_scale, double log_noise, const Eigen::VectorXd& start) const {
  const Eigen::Index r = rank();
  const double scale = std::exp(log_scale);
  const double noise = prior_.noise * std::exp(log_noise);
  const double offset = prior_.rating_offset_sd / scale;  // entry of the offset's column
  const double precision = 1 / (noise * noise);

  Eigen::MatrixXd quadratic = fixed_precision_;
  quadratic.diagonal().array() += 1;
  Eigen::VectorXd linear = fixed_linear_;
  double constant = -0.5 * fixed_square_;
  if (has_ratings()) {
    // The target of a rating is its height above the usual offset on the common scale, less the prior's
    // guess.
    const Eigen::VectorXd target = rating_value_ / scale - rating_base_;
    const double total = rating_weight_.sum();
    quadratic.topLeftCorner(r, r) += precision * rating_gram_;
    quadratic.topRightCorner(r, 1) += precision * offset * rating_sum_;
    quadratic.bottomLeftCorner(1, r) += precision * offset * rating_sum_.transpose();
    quadratic(r, r) += precision * offset * offset * total;
    linear.head(r) += precision * (rating_value_sum_ / scale - rating_base_sum_);
    linear(r) += precision * offset * rating_weight_.dot(target);
    constant -= 0.5 * precision * (rating_weight_.array() * target.array().square()).sum() +
                total * (0.5 * kLogTwoPi + std::log(noise) + log_scale);
  }

  Point point;
  if (!has_choices()) {
    point.precision.compute(quadratic);
    point.v = point.precision.solve(linear);
    point.log_joint = constant + 0.5 * linear.dot(point.v);
  } else {
    const double spread = std::numbers::sqrt2 * noise;
    const auto value_at = [&](const Eigen::VectorXd& v) {
      return linear.dot(v) - 0.5 * v.dot(quadratic * v) + choices_value(v, spread);
    };
    point.v = start;
    double value = value_at(point.v);
    for (int step = 0;; ++step) {
      const Eigen::VectorXd d = (choices_ * point.v.head(r) + choice_base_) / spread;
      Eigen::VectorXd slope(d.size()), curvature(d.size());
      for (Eigen::Index i = 0; i < d.size(); ++i) {
        const LogLikelihood one = choice(i, d(i));
        slope(i) = choice_weight_(i) * one.first / spread;
        curvature(i) = -choice_weight_(i) * one.second / (spread * spread);
      }
      Eigen::MatrixXd hessian = quadratic;
      hessian.topLeftCorner(r, r).noalias() += choices_.transpose() * (curvature.asDiagonal() * choices_);
      point.precision.compute(hessian);
      Eigen::VectorXd gradient = linear - quadratic * point.v;
      gradient.head(r) += choices_.transpose() * slope;
      const Eigen::VectorXd move = point.precision.solve(gradient);
      if (gradient.dot(move) < kNewtonDecrement || step == kNewtonSteps) break;
      double length = 1;
      Eigen::VectorXd next = point.v + move;
      double next_value = value_at(next);
      while (next_value < value && length > 1e-6) {
        length /= 2;
        next = point.v + length * move;
        next_value = value_at(next);
      }
      if (next_value <= value) break;  // rounding: nothing is left to gain
      point.v = std::move(next);
      value = next_value;
    }
    point.log_joint = constant + value_at(point.v);
  }
  point.log_joint -= point.precision.matrixLLT().diagonal().array().log().sum();
  return point;
}

double Problem::log_integral_of_fixed() const {
  Eigen::MatrixXd quadratic = fixed_precision_;
  quadratic.diagonal().array() += 1;
  const Eigen::LLT<Eigen::MatrixXd> factor(quadratic);
  return -0.5 * fixed_square_ + 0.5 * fixed_linear_.dot(factor.solve(fixed_linear_)) -
         factor.matrixLLT().diagonal().array().log().sum();
}

std::vector<Pull> Problem::pulls(const Point& point, double log_scale, double log_noise,
                                 std::span<const WeighedObservation> observations) const {
  const double scale = std::exp(log_scale);
  const double noise = prior_.noise * std::exp(log_noise);
  const double spread = std::numbers::sqrt2 * noise;
  const double offset = prior_.rating_offset_sd * point.v(rank());
  std::vector<Pull> pulls;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    const Origin& origin = origins_[i];
    Pull pull{origin.direction, 0, observations[i].index};
    switch (origin.part) {
      case Origin::Part::Rating: {
        const double target = (rating_value_(origin.row) - offset) / scale - rating_base_(origin.row);
        pull.strength = rating_weight_(origin.row) * target / (noise * noise);
        break;
      }
      case Origin::Part::Fixed: {
        const double target =
            origin.target - (origin.has_offset ? offset : 0) - origin.direction.dot(prior_.mean);
        pull.strength = origin.precision * target;
        break;
      }
      case Origin::Part::Choice: {
        const double moved = choices_.row(origin.row).dot(point.v.head(rank()));
        const LogLikelihood one = choice(origin.row, (moved + choice_base_(origin.row)) / spread);
        pull.strength =
            choice_weight_(origin.row) * (one.first / spread - one.second / (spread * spread) * moved);
        break;
      }
      case Origin::Part::None:
        continue;
    }
    pulls.push_back(std::move(pull));
  }
  return pulls;
}

struct Node {
  double at = 0;
  double log_weight = 0;
};

/// Points of a normal density, equally spaced over +-2 sd.
std::vector<Node> nodes(int points, double sd) {
  std::vector<Node> found;
  double total = 0;
  for (int i = 0; i < points; ++i) {
    const double x = points == 1 ? 0 : -2 + 4.0 * i / (points - 1);
    found.push_back({x * sd, -0.5 * x * x});
    total += std::exp(-0.5 * x * x);
  }
  for (Node& node : found) node.log_weight -= std::log(total);
  return found;
}

double log_sum_exp(const std::vector<double>& values) {
  const double peak = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += std::exp(value - peak);
  return peak + std::log(sum);
}

}  // namespace

WhitePrior::WhitePrior(const PopulationPrior& prior) : mean(prior.mean) {
  // Pivoted, the factor of a singular covariance ends in columns of no variance: these are left out.
  const Eigen::LDLT<Eigen::MatrixXd> split(prior.covariance);
  const Eigen::VectorXd variances = split.vectorD();
  const double smallest = variances.size() > 0 ? variances.maxCoeff() * kSmallestVarianceRatio : 0;
  Eigen::MatrixXd columns(mean.size(), mean.size());
  Eigen::Index rank = 0;
  const Eigen::MatrixXd lower = split.matrixL();
  for (Eigen::Index i = 0; i < variances.size(); ++i) {
    if (variances(i) > std::max(smallest, 0.0)) columns.col(rank++) = lower.col(i) * std::sqrt(variances(i));
  }
  factor = split.transpositionsP().transpose() * columns.leftCols(rank);
}

void require_good(std::span<const TasteObservation> observations, int dim) {
  const auto refuse = [](const TasteObservation& observation, const std::string& cause) {
    throw Error(ErrorCode::BadData, "taste.answer",
                "answer " + std::to_string(observation.id) + " about '" + printable(observation.first_key) +
                    "' " + cause);
  };
  for (const TasteObservation& observation : observations) {
    if (!std::isfinite(observation.value)) refuse(observation, "has a value that is not finite; remove it");
    const bool has_second = observation.kind == AnswerKind::Choice ||
                            (observation.kind == AnswerKind::Skip && observation.second.size() > 0);
    const Eigen::Index first = observation.kind == AnswerKind::Survey ? 0 : dim;
    if (observation.first.size() != first || observation.second.size() != (has_second ? dim : 0)) {
      refuse(observation, "has features of another size than the prior's " + std::to_string(dim) +
                              "; make both with the same features");
    }
    if (!observation.first.allFinite() || !observation.second.allFinite()) {
      refuse(observation, "has features that are not finite; measure the style again");
    }
    if (observation.kind == AnswerKind::Choice && (observation.value < 0 || observation.value > 1)) {
      refuse(observation, "is a choice with a value outside 0..1; use 1, 0 or 0.5");
    }
  }
}

std::vector<WeighedObservation> that_count(std::span<const TasteObservation> observations, std::int64_t now,
                                           const PreferenceOptions& options) {
  std::vector<std::size_t> order(observations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return earlier(observations[a], observations[b]); });
  std::map<Topic, std::size_t> last;
  for (const std::size_t i : order) last[topic_of(observations[i])] = i;
  std::vector<WeighedObservation> counting;
  for (const std::size_t i : order) {
    const TasteObservation& observation = observations[i];
    const bool is_pair_skip = observation.kind == AnswerKind::Skip && observation.second.size() > 0;
    const double weight = weight_of(observation, now, options);
    if (last[topic_of(observation)] != i || is_pair_skip || weight <= 0) continue;
    counting.push_back({&observation, i, weight});
  }
  return counting;
}

Posterior posterior(const PopulationPrior& prior, const WhitePrior& white,
                    std::span<const WeighedObservation> observations, const PosteriorOptions& options) {
  const Problem problem(prior, white, observations);
  const Eigen::Index rank = problem.rank();
  const bool any = problem.has_ratings() || problem.has_choices();
  const std::vector<Node> scales =
      nodes(problem.has_ratings() ? options.scale_points : 1, prior.rating_log_scale_sd);
  const std::vector<Node> noises = nodes(any ? options.noise_points : 1, prior.noise_log_sd);

  struct GridPoint {
    double log_scale, log_noise;
    Problem::Point point;
  };
  std::vector<GridPoint> grid;
  std::vector<double> log_mass;
  Eigen::VectorXd start = Eigen::VectorXd::Zero(rank + 1);
  for (const Node& scale : scales) {
    for (const Node& noise : noises) {
      grid.push_back({scale.at, noise.at, problem.solve(scale.at, noise.at, start)});
      start = grid.back().point.v;
      log_mass.push_back(grid.back().point.log_joint + scale.log_weight + noise.log_weight);
    }
  }
  const double log_total = log_sum_exp(log_mass);

  Posterior result;
  result.log_evidence = log_total - problem.log_integral_of_fixed();
  result.log_total = log_total;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(rank + 1);
  Eigen::MatrixXd second = Eigen::MatrixXd::Zero(rank + 1, rank + 1);
  double log_scale = 0;
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(rank + 1, rank + 1);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const double mass = std::exp(log_mass[i] - log_total);
    if (mass < 1e-9) continue;
    const Problem::Point& point = grid[i].point;
    mean += mass * point.v;
    second += mass * (point.precision.solve(identity) + point.v * point.v.transpose());
    log_scale += mass * grid[i].log_scale;
    result.log_scale_square += mass * grid[i].log_scale * grid[i].log_scale;
    result.log_noise_mean += mass * grid[i].log_noise;
    result.log_noise_square += mass * grid[i].log_noise * grid[i].log_noise;
  }
  const Eigen::MatrixXd covariance = second - mean * mean.transpose();
  result.mean = problem.mean_of_w(mean.head(rank));
  result.covariance = problem.covariance_of_w(covariance.topLeftCorner(rank, rank));
  result.offset = {prior.rating_offset + prior.rating_offset_sd * mean(rank),
                   prior.rating_offset_sd * std::sqrt(std::max(0.0, covariance(rank, rank)))};
  result.scale = std::exp(log_scale);
  result.noise = prior.noise * std::exp(result.log_noise_mean);

  const auto best =
      static_cast<std::size_t>(std::max_element(log_mass.begin(), log_mass.end()) - log_mass.begin());
  const GridPoint& top = grid[best];
  const Eigen::MatrixXd precision = top.point.precision.reconstructedMatrix().topLeftCorner(rank, rank);
  result.conditional = problem.covariance_of_w(precision.llt().solve(identity.topLeftCorner(rank, rank)));
  result.pulls = problem.pulls(top.point, top.log_scale, top.log_noise, observations);
  return result;
}

double quick_log_total(const PopulationPrior& prior, const WhitePrior& white,
                       std::span<const WeighedObservation> observations) {
  const Problem problem(prior, white, observations);
  return problem.solve(0, 0, Eigen::VectorXd::Zero(problem.rank() + 1)).log_joint;
}

double log_evidence_of_indifference(const PopulationPrior& prior,
                                    std::span<const WeighedObservation> observations) {
  double weight = 0, sum = 0, squares = 0, choices = 0;
  const double log_tie = std::log(2 * normal_cdf(prior.tie_width) - 1);
  const double log_win = std::log(normal_cdf(-prior.tie_width));
  for (const WeighedObservation& weighed : observations) {
    const TasteObservation& observation = *weighed.observation;
    if (observation.kind == AnswerKind::Rating) {
      const double value = observation.value - prior.rating_offset;
      weight += weighed.weight;
      sum += weighed.weight * value;
      squares += weighed.weight * value * value;
    } else if (observation.kind == AnswerKind::Choice) {
      const bool is_tie = observation.value > 0 && observation.value < 1;
      choices += weighed.weight * (is_tie ? log_tie : log_win);
    }
  }
  if (weight <= 0) return choices;
  // Ratings around one level, spread from half to four times the noise of a careful person.
  constexpr int kSpreads = 7;
  std::vector<double> log_mass;
  const double level_variance = prior.rating_offset_sd * prior.rating_offset_sd;
  for (int i = 0; i < kSpreads; ++i) {
    const double spread = prior.noise * std::exp2(-1 + 0.5 * i);
    const double precision = 1 / (spread * spread);
    const double total = weight * precision + 1 / level_variance;
    log_mass.push_back(-weight * (0.5 * kLogTwoPi + std::log(spread)) - 0.5 * precision * squares +
                       0.5 * precision * precision * sum * sum / total -
                       0.5 * std::log(total * level_variance) - std::log(kSpreads));
  }
  return choices + log_sum_exp(log_mass);
}

}  // namespace atelier::personalization::detail
