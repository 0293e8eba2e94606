#include "atelier/personalization/simulated_user.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/random.h"

namespace atelier::personalization {
namespace {

constexpr int kFactors = 4;
constexpr double kPopulationSd = 0.4, kFactorSd = 0.45, kOwnSd = 0.25;
constexpr double kBump = 0.8;  // in standard deviations of the linear part

struct Word {
  TasteFamily family;
  const char* text;
};
constexpr std::array kWords = {
    Word{TasteFamily::Linear, "linear"},       Word{TasteFamily::Ideal, "ideal"},
    Word{TasteFamily::Bump, "bump"},           Word{TasteFamily::TwoMoods, "two-moods"},
    Word{TasteFamily::Saturated, "saturated"}, Word{TasteFamily::Careless, "careless"}};

double sd_of(const Eigen::VectorXd& values) {
  return std::sqrt((values.array() - values.mean()).square().mean());
}

}  // namespace

const char* to_string(TasteFamily family) {
  for (const Word& word : kWords) {
    if (word.family == family) return word.text;
  }
  return "unknown";
}

TasteFamily parse_taste_family(const std::string& text) {
  std::string known;
  for (const Word& word : kWords) {
    if (word.text == text) return word.family;
    known += (known.empty() ? "" : ", ") + std::string(word.text);
  }
  throw Error(ErrorCode::Usage, "taste.family",
              "'" + printable(text) + "' is no family of tastes; use one of " + known);
}

const std::vector<TasteFamily>& taste_families() {
  static const std::vector<TasteFamily> families = [] {
    std::vector<TasteFamily> all;
    for (const Word& word : kWords) all.push_back(word.family);
    return all;
  }();
  return families;
}

SimulatedPopulation::SimulatedPopulation(Eigen::MatrixXd gallery, std::uint64_t seed)
    : gallery_(std::move(gallery)) {
  if (gallery_.rows() < 2 || gallery_.cols() < 1 || !gallery_.allFinite()) {
    throw Error(ErrorCode::BadData, "taste.simulation",
                "simulated people need at least two styles with finite features");
  }
  std::mt19937_64 random(detail::mixed(seed, 0));
  const Eigen::Index dim = gallery_.cols();
  mean_ = Eigen::VectorXd::Zero(dim);
  factors_ = Eigen::MatrixXd::Zero(dim, kFactors);
  own_ = Eigen::VectorXd::Zero(dim);
  for (Eigen::Index i = 0; i < dim; ++i) {
    // Weights are per standard deviation of a feature; what does not vary (the constant) has none.
    const double spread = sd_of(gallery_.col(i));
    if (spread <= 1e-9) continue;
    mean_(i) = kPopulationSd / spread * detail::normal(random);
    for (int k = 0; k < kFactors; ++k) factors_(i, k) = kFactorSd / spread * detail::normal(random);
    own_(i) = kOwnSd / spread;
  }
}

Eigen::VectorXd SimulatedPopulation::draw_weights(std::mt19937_64& random) const {
  Eigen::VectorXd factors(kFactors), weights = mean_;
  for (int k = 0; k < kFactors; ++k) factors(k) = detail::normal(random);
  weights += factors_ * factors;
  for (Eigen::Index i = 0; i < weights.size(); ++i) weights(i) += own_(i) * detail::normal(random);
  return weights;
}

SimulatedUser::SimulatedUser(const SimulatedPopulation& population, TasteFamily family, std::uint64_t seed,
                             const SimulatedUserOptions& options)
    : family_(family), options_(options), gallery_(population.gallery()), random_(detail::mixed(seed, 1)) {
  const Eigen::Index dim = gallery_.cols();
  weights_ = population.draw_weights(random_);
  other_ = population.draw_weights(random_);
  const auto row =
      static_cast<Eigen::Index>(detail::below(random_, static_cast<std::size_t>(gallery_.rows())));
  centre_ = gallery_.row(row).transpose();
  const auto feature = [&] {
    return static_cast<int>(
        detail::below(random_, static_cast<std::size_t>(std::max<Eigen::Index>(1, dim - 1))));
  };
  interaction_ = {feature(), feature()};
  width_ = std::sqrt((gallery_.rowwise() - gallery_.row(row)).rowwise().squaredNorm().mean() / 4);
  linear_spread_ = std::max(1e-9, sd_of(gallery_ * weights_));
  if (options_.draw_scale) {
    options_.rating_offset += 0.4 * detail::normal(random_);
    options_.rating_scale *= std::exp(0.2 * detail::normal(random_));
  }
  Eigen::VectorXd truth(gallery_.rows());
  for (Eigen::Index i = 0; i < truth.size(); ++i) truth(i) = raw(gallery_.row(i).transpose());
  shift_ = truth.mean();
  spread_ = std::max(1e-9, sd_of(truth));
  gallery_utility_ = (truth.array() - shift_) / spread_;
}

double SimulatedUser::raw(const Eigen::VectorXd& psi) const {
  const double linear = weights_.dot(psi) / linear_spread_;
  switch (family_) {
    case TasteFamily::Ideal: {
      // The ideal is one of the styles there are; what the person cares about more counts more.
      const Eigen::ArrayXd care = weights_.array().abs();
      return -((psi - centre_).array().square() * care).sum();
    }
    case TasteFamily::Bump:
      return linear + kBump * std::exp(-(psi - centre_).squaredNorm() / (2 * width_ * width_));
    case TasteFamily::TwoMoods:
      return std::max(linear, other_.dot(psi) / linear_spread_);
    case TasteFamily::Saturated:
      return std::tanh(linear) + 0.4 * psi(interaction_[0]) * psi(interaction_[1]);
    default:
      return linear;
  }
}

double SimulatedUser::utility(const Eigen::VectorXd& psi) const {
  return (raw(psi) - shift_) / spread_;
}

Eigen::VectorXd SimulatedUser::utilities(const Eigen::MatrixXd& psi) const {
  Eigen::VectorXd values(psi.rows());
  for (Eigen::Index i = 0; i < psi.rows(); ++i) values(i) = utility(psi.row(i).transpose());
  return values;
}

double SimulatedUser::slope(int index) const {
  const Eigen::VectorXd feature = gallery_.col(index).array() - gallery_.col(index).mean();
  return feature.dot(gallery_utility_) / std::max(1e-12, feature.squaredNorm());
}

double SimulatedUser::percentile(std::size_t index) const {
  const double mine = gallery_utility_(static_cast<Eigen::Index>(index));
  const auto better = (gallery_utility_.array() > mine).count();
  return static_cast<double>(better) / static_cast<double>(gallery_utility_.size() - 1);
}

double SimulatedUser::rate(const Eigen::VectorXd& psi) {
  if (family_ == TasteFamily::Careless) return 1 + static_cast<double>(detail::below(random_, 5));
  const double felt = utility(psi) + options_.noise * detail::normal(random_);
  return std::clamp(std::round(options_.rating_offset + options_.rating_scale * felt), 1.0, 5.0);
}

double SimulatedUser::choose(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  if (family_ == TasteFamily::Careless) return static_cast<double>(detail::below(random_, 2));
  const double felt_a = utility(a) + options_.noise * detail::normal(random_);
  const double felt_b = utility(b) + options_.noise * detail::normal(random_);
  if (std::abs(felt_a - felt_b) < options_.tie_width) return 0.5;
  return felt_a > felt_b ? 1 : 0;
}

double SimulatedUser::survey(int index) {
  if (family_ == TasteFamily::Careless) return 2 * detail::uniform(random_) - 1;
  // Slopes of utilities of sd 1 are mostly within +-0.5; people answer in steps of a half.
  const double felt = std::tanh(2.5 * slope(index)) + 0.3 * detail::normal(random_);
  return std::clamp(std::round(2 * felt) / 2, -1.0, 1.0);
}

}  // namespace atelier::personalization
