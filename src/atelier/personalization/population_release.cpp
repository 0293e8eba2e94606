#include "atelier/personalization/population_release.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "atelier/core/error.h"
#include "atelier/personalization/privacy_accountant.h"

namespace atelier::personalization {
namespace {

// Discrete noise is not quite the rounded continuous noise that calibrations are for: what they differ by is
// paid from this part of delta (see DiscreteGaussian::distance_from_rounded).
constexpr double kSlack = 1e-3;

Eigen::VectorXd packed(const Eigen::MatrixXd& symmetric) {
  Eigen::VectorXd out(symmetric.rows() * (symmetric.rows() + 1) / 2);
  Eigen::Index at = 0;
  for (Eigen::Index row = 0; row < symmetric.rows(); ++row) {
    out(at++) = symmetric(row, row);
    for (Eigen::Index column = row + 1; column < symmetric.cols(); ++column) {
      out(at++) = std::sqrt(2.0) * symmetric(row, column);
    }
  }
  return out;
}

Eigen::MatrixXd unpacked(const Eigen::VectorXd& values, Eigen::Index rows) {
  Eigen::MatrixXd out(rows, rows);
  Eigen::Index at = 0;
  for (Eigen::Index row = 0; row < rows; ++row) {
    out(row, row) = values(at++);
    for (Eigen::Index column = row + 1; column < rows; ++column) {
      out(row, column) = out(column, row) = values(at++) / std::sqrt(2.0);
    }
  }
  return out;
}

std::string text_of(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

void require_parameter(bool good, const std::string& what) {
  if (!good) throw Error(ErrorCode::Usage, "privacy.parameter", what);
}

std::string hash_of(const PopulationPrior& prior, double clip) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, 16);
  const auto add = [&](const void* data, std::size_t bytes) {
    crypto_generichash_update(&state, static_cast<const unsigned char*>(data), bytes);
  };
  add(prior.features_id.data(), prior.features_id.size());
  add(prior.mean.data(), sizeof(double) * static_cast<std::size_t>(prior.mean.size()));
  add(prior.covariance.data(), sizeof(double) * static_cast<std::size_t>(prior.covariance.size()));
  add(&clip, sizeof clip);
  std::array<unsigned char, 16> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

}  // namespace

double Contribution::length() const {
  double total = 0;
  for (const auto value : statistic_) {
    total += static_cast<double>(value) * static_cast<double>(value);
  }
  return std::sqrt(total) * ContributionScheme::kUnit;
}

ContributionScheme::ContributionScheme(PopulationPrior start, double clip) : start_(std::move(start)) {
  if (!(clip > 0 && clip <= 100)) {
    throw Error(ErrorCode::Usage, "privacy.clip",
                "the clip must be above 0 and at most 100, not " + std::to_string(clip));
  }
  const auto dim = start_.mean.size();
  if (dim == 0 || start_.covariance.rows() != dim || start_.covariance.cols() != dim ||
      !start_.mean.allFinite() || !start_.covariance.allFinite()) {
    throw Error(ErrorCode::BadData, "taste.prior", "the starting prior has no sizes that fit; make it again");
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(start_.covariance);
  const Eigen::VectorXd& variances = solver.eigenvalues();
  const double smallest = 1e-10 * variances.maxCoeff();
  const auto rank = (variances.array() > std::max(0.0, smallest)).count();
  if (rank == 0) {
    throw Error(ErrorCode::BadData, "taste.prior",
                "the starting prior leaves nothing to learn: its covariance is zero");
  }
  const Eigen::MatrixXd directions = solver.eigenvectors().rightCols(rank);
  const Eigen::VectorXd sds = variances.tail(rank).cwiseSqrt();
  colour_ = directions * sds.asDiagonal();
  whiten_ = sds.cwiseInverse().asDiagonal() * directions.transpose();
  clip_ = clip * std::sqrt(static_cast<double>(rank));
  id_ = hash_of(start_, clip);
}

std::size_t ContributionScheme::size() const {
  const auto rank = static_cast<std::size_t>(whiten_.rows());
  return rank + rank * (rank + 1) / 2;
}

Contribution ContributionScheme::contribute(const std::string& user, const storage::Settings& settings,
                                            const PreferenceModel& model) const {
  return contribute(user, settings, model.mean(), model.covariance());
}

Contribution ContributionScheme::contribute(const std::string& user, const storage::Settings& settings,
                                            const Eigen::VectorXd& mean,
                                            const Eigen::MatrixXd& covariance) const {
  if (!settings.pooled_learning) {
    throw Error(ErrorCode::NotPermitted, "privacy.consent",
                "\"" + printable(user) +
                    "\" has not agreed to pooled learning; only they can turn it on, in their own settings");
  }
  const auto dim = start_.mean.size();
  if (mean.size() != dim || covariance.rows() != dim || covariance.cols() != dim || !mean.allFinite() ||
      !covariance.allFinite()) {
    throw Error(ErrorCode::BadData, "privacy.taste",
                "the taste of \"" + printable(user) +
                    "\" does not fit the starting prior or is not finite; fit it again with that prior");
  }
  const Eigen::VectorXd shift = whiten_ * (mean - start_.mean);
  Eigen::VectorXd first = shift / clip_;
  Eigen::MatrixXd square = shift * shift.transpose() + whiten_ * covariance * whiten_.transpose();
  square.diagonal().array() -= 1;
  Eigen::VectorXd second = packed(square) / (clip_ * clip_);
  // Each half on its own: a colluder cannot spend the allowance of one on the other.
  first /= std::max(1.0, first.norm());
  second /= std::max(1.0, second.norm());

  Contribution out;
  out.user_ = user;
  out.scheme_ = id_;
  out.statistic_.reserve(size());
  for (const auto* half : {&first, &second}) {
    for (const double value : *half) {
      out.statistic_.push_back(static_cast<std::int64_t>(std::trunc(value / kUnit)));
    }
  }
  return out;
}

std::vector<std::int64_t> ContributionScheme::sum(std::span<const Contribution> contributions) const {
  std::vector<std::int64_t> total(size(), 0);
  std::set<std::string_view> seen;
  for (const auto& contribution : contributions) {
    if (contribution.scheme_ != id_) {
      throw Error(ErrorCode::BadData, "privacy.scheme",
                  "the contribution of \"" + printable(contribution.user_) +
                      "\" was made for another starting prior; make it again");
    }
    if (!seen.insert(contribution.user_).second) {
      throw Error(ErrorCode::BadData, "privacy.twice",
                  "\"" + printable(contribution.user_) + "\" is in the release twice; count everybody once");
    }
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += contribution.statistic_[i];
  }
  return total;
}

PopulationPrior ContributionScheme::prior_of(std::span<const std::int64_t> noisy_sum, std::int64_t people,
                                             double sigma, double floor) const {
  const double unit = kUnit / static_cast<double>(people);
  const auto rank = whiten_.rows();
  Eigen::VectorXd values(static_cast<Eigen::Index>(noisy_sum.size()));
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values(i) = static_cast<double>(noisy_sum[static_cast<std::size_t>(i)]) * unit;
  }
  // Without noise it could not be longer than the clip; poisoning_bound() counts on that.
  const Eigen::VectorXd shift = clip_ / std::max(1.0, values.head(rank).norm()) * values.head(rank);
  const Eigen::MatrixXd deviation =
      clip_ * clip_ * unpacked(values.tail(values.size() - rank), rank) - shift * shift.transpose();

  // The eigenvalues of a symmetric matrix of noise alone end near 2 sd sqrt(rank), sd that of an off-diagonal
  // one.
  const double edge =
      2 * clip_ * clip_ * sigma * unit / std::sqrt(2.0) * std::sqrt(static_cast<double>(rank));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(deviation);
  const Eigen::VectorXd variances = solver.eigenvalues().unaryExpr([&](double value) {
    const double kept = std::copysign(std::max(0.0, std::abs(value) - edge), value);
    return std::max(floor, 1 + kept);
  });

  PopulationPrior prior = start_;
  prior.mean = start_.mean + colour_ * shift;
  const Eigen::MatrixXd covariance = colour_ * solver.eigenvectors() * variances.asDiagonal() *
                                     solver.eigenvectors().transpose() * colour_.transpose();
  prior.covariance = (covariance + covariance.transpose()) / 2;
  prior.people = people;
  return prior;
}

Eigen::VectorXd ContributionScheme::statistic_of(const PopulationPrior& prior) const {
  const Eigen::VectorXd shift = whiten_ * (prior.mean - start_.mean);
  Eigen::MatrixXd square = whiten_ * prior.covariance * whiten_.transpose() + shift * shift.transpose();
  square.diagonal().array() -= 1;
  Eigen::VectorXd out(static_cast<Eigen::Index>(size()));
  out << shift / clip_, packed(square) / (clip_ * clip_);
  return out;
}

PoisoningBound ContributionScheme::poisoning_bound(std::int64_t people, std::int64_t colluders) const {
  // A half of a statistic moves from one side of its ball to the other: 2. The deviation also loses shift
  // shift^T, whose two shifts are at most C long. Soft thresholds and floors bring eigenvalues no further
  // apart.
  const double share = static_cast<double>(colluders) / static_cast<double>(people);
  const double mean = 2 * clip_ * share;
  return {mean, 2 * clip_ * clip_ * share + 2 * clip_ * mean};
}

ReleaseLedger ledger_of(storage::PreferenceStore& store) {
  return {[&store] { return store.releases(); },
          [&store](const storage::Release& release) { store.append_release(release); }};
}

double spent_epsilon(std::span<const storage::Release> releases, double delta) {
  double pure = 0, information = 0;
  for (const auto& release : releases) {
    if (!(release.epsilon > 0 && release.epsilon <= 100) || !(release.delta >= 0 && release.delta < 1)) {
      throw Error(ErrorCode::BadData, "privacy.ledger",
                  "line " + std::to_string(release.id) + " of the privacy ledger has epsilon " +
                      std::to_string(release.epsilon) + " and delta " + std::to_string(release.delta) +
                      "; restore the ledger before anything is released");
    }
    if (release.delta == 0) {
      pure += release.epsilon;
    } else {
      const double noise = gaussian_noise(release.epsilon, (1 - kSlack) * release.delta);
      information += 1 / (noise * noise);
    }
  }
  if (information == 0) return pure;
  return pure + gaussian_epsilon((1 - kSlack) * delta, 1 / std::sqrt(information));
}

double spent_epsilon(std::span<const storage::Release> releases) {
  double strictest = 1;
  for (const auto& release : releases) {
    if (release.delta > 0) strictest = std::min(strictest, release.delta);
  }
  return spent_epsilon(releases, strictest);
}

ReleaseNoise release_noise(const ContributionScheme& scheme, std::size_t people,
                           const ReleaseOptions& options) {
  require_parameter(options.epsilon > 0 && options.epsilon <= 10,
                    "epsilon must be above 0 and at most 10, not " + std::to_string(options.epsilon));
  require_parameter(options.lifetime_epsilon > 0 && options.lifetime_epsilon <= 100,
                    "the lifetime's epsilon must be above 0 and at most 100, not " +
                        std::to_string(options.lifetime_epsilon));
  require_parameter(
      options.floor > 0 && options.floor <= 1,
      "the eigenvalue floor must be above 0 and at most 1, not " + std::to_string(options.floor));
  const double crowd = static_cast<double>(std::max<std::size_t>(people, 1));
  ReleaseNoise out;
  out.delta = options.delta == 0 ? 1 / (10 * crowd) : options.delta;
  require_parameter(
      out.delta > 0 && out.delta <= 1 / crowd,
      "delta must be above 0 and at most one in the number of people, not " + std::to_string(options.delta));
  out.multiplier = gaussian_noise(options.epsilon, (1 - kSlack) * out.delta);
  const double sigma =
      std::ceil(out.multiplier * ContributionScheme::kSensitivity / ContributionScheme::kUnit);
  require_parameter(
      sigma <= static_cast<double>(DiscreteGaussian::kMaxSigma),
      "epsilon " + std::to_string(options.epsilon) + " needs more noise than there is; raise it");
  out.sigma = static_cast<std::int64_t>(sigma);
  const double distance = DiscreteGaussian(out.sigma).distance_from_rounded(scheme.size());
  require_parameter((1 + std::exp(options.epsilon)) * distance <= kSlack * out.delta,
                    "delta " + std::to_string(out.delta) + " is finer than the noise can promise; raise it");
  return out;
}

PopulationPrior release_population_prior(const ContributionScheme& scheme,
                                         std::span<const Contribution> contributions,
                                         const ReleaseLedger& ledger, const ReleaseOptions& options,
                                         const RandomWords& random) {
  if (contributions.size() < kFewestPeople) {
    throw Error(ErrorCode::NotPermitted, "privacy.too_few",
                std::to_string(contributions.size()) + " people agreed to pooled learning; below " +
                    std::to_string(kFewestPeople) +
                    " nothing is released, because one person would show or nothing would be learned");
  }
  auto sum = scheme.sum(contributions);
  const ReleaseNoise noise = release_noise(scheme, contributions.size(), options);

  storage::Release line;
  line.time = options.time;
  line.epsilon = options.epsilon;
  line.delta = noise.delta;
  line.users = static_cast<std::int64_t>(contributions.size());
  line.purpose = "population prior of " + scheme.id();
  auto lines = ledger.read();
  lines.push_back(line);
  const double spent = spent_epsilon(lines);
  if (spent > options.lifetime_epsilon * (1 + 1e-9)) {
    throw Error(ErrorCode::NotPermitted, "privacy.budget",
                "this release would bring the epsilon of all releases to " + text_of(spent) + ", beyond " +
                    text_of(options.lifetime_epsilon) + "; keep using the last one, or release with less");
  }
  ledger.append(line);

  DiscreteGaussian(noise.sigma).add_to(sum, random);
  PopulationPrior prior = scheme.prior_of(sum, line.users, static_cast<double>(noise.sigma), options.floor);
  prior.origin = "released with epsilon " + text_of(options.epsilon);
  return prior;
}

}  // namespace atelier::personalization
