#include <algorithm>
#include <cmath>
#include <random>

#include "atelier/core/error.h"
#include "atelier/personalization/population_prior.h"

namespace atelier::personalization {
namespace {

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.catalogue", cause);
}

using People = std::vector<std::vector<CatalogueRating>>;

double mean_of(const std::vector<CatalogueRating>& ratings) {
  double sum = 0;
  for (const CatalogueRating& rating : ratings) sum += rating.value;
  return sum / static_cast<double>(ratings.size());
}

/// Ratings on the common scale: each person's spread shrunk towards the usual one, as if ten more ratings had
/// it.
struct CommonScale {
  People people;
  double offset = 0, offset_sd = 0;
  double log_scale_sd = 0;
};

CommonScale common_scale(std::span<const std::vector<CatalogueRating>> people, Eigen::Index items) {
  CommonScale common;
  std::vector<double> means, spreads;
  for (const std::vector<CatalogueRating>& person : people) {
    for (const CatalogueRating& rating : person) {
      if (rating.item < 0 || rating.item >= items) {
        refuse("a rating is about item " + std::to_string(rating.item) + " of a catalogue of " +
               std::to_string(items));
      }
      if (!std::isfinite(rating.value))
        refuse("a rating of item " + std::to_string(rating.item) + " is not finite");
    }
    if (person.size() < 2) continue;
    common.people.push_back(person);
    means.push_back(mean_of(person));
    double square = 0;
    for (const CatalogueRating& rating : person) square += std::pow(rating.value - means.back(), 2);
    spreads.push_back(square / static_cast<double>(person.size()));
  }
  if (common.people.size() < 2) refuse("item factors need at least two people with two ratings each");
  const auto count = static_cast<double>(means.size());
  double usual = 0;
  for (std::size_t u = 0; u < means.size(); ++u) {
    common.offset += means[u] / count;
    usual += spreads[u] / count;
  }
  if (usual <= 0) refuse("every person gives one rating to everything; there is nothing to learn from");
  constexpr double kUsualRatings = 10;
  double log_square = 0, log_mean = 0;
  for (std::size_t u = 0; u < means.size(); ++u) {
    common.offset_sd += std::pow(means[u] - common.offset, 2) / count;
    const auto n = static_cast<double>(common.people[u].size());
    const double log_scale =
        0.5 * std::log((n * spreads[u] + kUsualRatings * usual) / ((n + kUsualRatings) * usual));
    log_mean += log_scale / count;
    log_square += log_scale * log_scale / count;
    for (CatalogueRating& rating : common.people[u]) {
      rating.value = (rating.value - common.offset) * std::exp(-log_scale);
    }
  }
  common.offset_sd = std::sqrt(std::max(0.01, common.offset_sd));
  common.log_scale_sd = std::sqrt(std::max(0.01, log_square - log_mean * log_mean));
  return common;
}

/// Columns with mean 0 and sd 1 and a constant.
Eigen::MatrixXd standardised(const Eigen::MatrixXd& content, Eigen::Index items) {
  if (content.cols() > 0 && content.rows() != items) refuse("the content must have one row an item");
  if (!content.allFinite()) refuse("the content holds numbers that are not finite");
  Eigen::MatrixXd columns(items, content.cols() + 1);
  columns.rightCols(1).setOnes();
  for (Eigen::Index c = 0; c < content.cols(); ++c) {
    const Eigen::VectorXd centred = content.col(c).array() - content.col(c).mean();
    const double sd = std::sqrt(centred.squaredNorm() / static_cast<double>(items));
    columns.col(c) = sd > 1e-12 ? Eigen::VectorXd(centred / sd) : Eigen::VectorXd::Zero(items);
  }
  return columns;
}

/// Factor analysis with missing ratings, variational Bayes: y_ui = a_u + m_i + F_i . t_u + e. People's (t, a)
/// and items' (F, m) are normal, each updated given the other with its uncertainty, so rarely rated items
/// stay near what their content says. Bishop, Variational Principal Components, 1999.
class Factors {
 public:
  Factors(const CommonScale& common, const Eigen::MatrixXd& content, const ItemFactorOptions& options)
      : common_(common), content_(content), options_(options), k_(options.factors) {
    const Eigen::Index items = content.rows();
    rated_.resize(static_cast<std::size_t>(items));
    double square = 0, count = 0;
    for (std::size_t u = 0; u < common.people.size(); ++u) {
      for (const CatalogueRating& rating : common.people[u]) {
        rated_[static_cast<std::size_t>(rating.item)].push_back({u, rating.value});
        square += rating.value * rating.value;
        ++count;
      }
    }
    noise_ = 0.5 * square / count;
    std::mt19937_64 random(1);
    items_ = Eigen::MatrixXd::Zero(items, k_ + 1);
    for (Eigen::Index i = 0; i < items; ++i) {
      for (Eigen::Index k = 0; k < k_; ++k)
        items_(i, k) = 0.1 * (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5);
    }
    expected_ = items_;
    item_spread_.assign(static_cast<std::size_t>(items), Eigen::MatrixXd::Zero(k_ + 1, k_ + 1));
    item_variance_ = Eigen::VectorXd::Constant(k_ + 1, square / count / static_cast<double>(k_ + 1));
    offset_variance_ = common.offset_sd * common.offset_sd;
    people_.resize(common.people.size());
    for (int round = 0; round < options.rounds; ++round) {
      update_people();
      update_items();
      update_variances();
    }
  }

  const Eigen::MatrixXd& items() const { return items_; }  ///< [items][factors | mean]
  /// What an answer differs from the prediction by, the items' own uncertainty included.
  double noise() const {
    double doubt = 0, count = 0;
    for (std::size_t i = 0; i < item_spread_.size(); ++i) {
      const auto n = static_cast<double>(rated_[i].size());
      doubt += n * item_spread_[i].trace();
      count += n;
    }
    return std::sqrt(noise_ + doubt / count);
  }

 private:
  struct Rated {
    std::size_t person;
    double value;
  };
  /// A person's (t, a).
  struct Person {
    Eigen::VectorXd mean;    ///< [factors + 1]
    Eigen::MatrixXd spread;  ///< its covariance
  };

  void update_people() {
    double offsets = 0;
    Eigen::MatrixXd factors, precision(k_ + 1, k_ + 1);
    Eigen::VectorXd rest, linear(k_ + 1);
    for (std::size_t u = 0; u < people_.size(); ++u) {
      const std::vector<CatalogueRating>& ratings = common_.people[u];
      const auto count = static_cast<Eigen::Index>(ratings.size());
      factors.resize(count, k_);
      rest.resize(count);
      precision.setZero();
      linear.setZero();
      for (Eigen::Index n = 0; n < count; ++n) {
        const CatalogueRating& rating = ratings[static_cast<std::size_t>(n)];
        const auto& spread = item_spread_[static_cast<std::size_t>(rating.item)];
        factors.row(n) = items_.row(rating.item).head(k_);
        rest(n) = rating.value - items_(rating.item, k_);
        precision += spread;
        linear.head(k_) -= spread.col(k_).head(k_);
      }
      precision.topLeftCorner(k_, k_).noalias() += factors.transpose() * factors;
      precision.col(k_).head(k_) = factors.colwise().sum().transpose();
      precision.row(k_).head(k_) = factors.colwise().sum();
      precision(k_, k_) = static_cast<double>(count);
      linear.head(k_).noalias() += factors.transpose() * rest;
      linear(k_) = rest.sum();
      precision /= noise_;
      precision.diagonal().head(k_).array() += 1;
      precision(k_, k_) += 1 / offset_variance_;
      Person& person = people_[u];
      person.spread = precision.llt().solve(Eigen::MatrixXd::Identity(k_ + 1, k_ + 1));
      person.mean = person.spread * (linear / noise_);
      offsets += person.mean(k_) * person.mean(k_) + person.spread(k_, k_);
    }
    offset_variance_ = std::max(1e-6, offsets / static_cast<double>(people_.size()));
  }

  void update_items() {
    double square = 0, count = 0;
    Eigen::MatrixXd people, gram(k_ + 1, k_ + 1);
    Eigen::VectorXd height, linear(k_ + 1);
    for (std::size_t i = 0; i < rated_.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const auto raters = static_cast<Eigen::Index>(rated_[i].size());
      people.resize(raters, k_ + 1);
      height.resize(raters);
      gram.setZero();
      linear.setZero();
      double known = 0;  // sum of E[(y - a)^2]
      for (Eigen::Index n = 0; n < raters; ++n) {
        const Rated& rated = rated_[i][static_cast<std::size_t>(n)];
        const Person& person = people_[rated.person];
        people.row(n).head(k_) = person.mean.head(k_).transpose();
        people(n, k_) = 1;
        height(n) = rated.value - person.mean(k_);
        known += height(n) * height(n) + person.spread(k_, k_);
        gram.topLeftCorner(k_, k_) += person.spread.topLeftCorner(k_, k_);
        linear.head(k_) -= person.spread.col(k_).head(k_);
      }
      gram.noalias() += people.transpose() * people;
      linear.noalias() += people.transpose() * height;
      Eigen::MatrixXd precision = gram / noise_;
      precision.diagonal() += item_variance_.cwiseInverse();
      const Eigen::VectorXd pull =
          linear / noise_ + item_variance_.cwiseInverse().cwiseProduct(expected_.row(row).transpose());
      item_spread_[i] = precision.llt().solve(Eigen::MatrixXd::Identity(k_ + 1, k_ + 1));
      const Eigen::VectorXd mean = item_spread_[i] * pull;
      items_.row(row) = mean.transpose();
      square +=
          known - 2 * mean.dot(linear) + mean.dot(gram * mean) + gram.cwiseProduct(item_spread_[i]).sum();
      count += static_cast<double>(raters);
    }
    noise_ = std::max(1e-6, square / count);
  }

  void update_variances() {
    const auto items = static_cast<double>(items_.rows());
    // What content says about an item, by ridge, discounted by the option.
    Eigen::MatrixXd gram = content_.transpose() * content_;
    gram.diagonal().array() += 0.1 * items;
    expected_ = options_.content_strength * (content_ * gram.ldlt().solve(content_.transpose() * items_));
    Eigen::VectorXd square = (items_ - expected_).colwise().squaredNorm().transpose();
    for (const Eigen::MatrixXd& spread : item_spread_) square += spread.diagonal();
    item_variance_ = (square / items).cwiseMax(1e-8);
  }

  const CommonScale& common_;
  const Eigen::MatrixXd& content_;
  const ItemFactorOptions& options_;
  Eigen::Index k_;
  std::vector<std::vector<Rated>> rated_;
  Eigen::MatrixXd items_, expected_;
  std::vector<Eigen::MatrixXd> item_spread_;
  Eigen::VectorXd item_variance_;
  std::vector<Person> people_;
  double noise_ = 1, offset_variance_ = 1;
};

}  // namespace

ItemFactors fit_item_factors(std::span<const std::vector<CatalogueRating>> people,
                             const Eigen::MatrixXd& content, const std::string& features_id,
                             const ItemFactorOptions& options) {
  if (options.factors < 1 || options.factors > 512 || options.rounds < 1 ||
      !(options.content_strength >= 0) || options.content_strength > 1) {
    throw Error(ErrorCode::Usage, "taste.catalogue",
                "item factors must be 1..512, rounds at least 1, the content's strength within 0..1");
  }
  const Eigen::Index items = content.rows();
  if (items < 2) refuse("a catalogue needs at least two items");
  const Eigen::MatrixXd columns = standardised(content, items);
  const CommonScale common = common_scale(people, items);
  const Factors factors(common, columns, options);

  ItemFactors found;
  const Eigen::Index k = options.factors;
  found.psi.resize(items, k + 2);
  found.psi << factors.items().col(k), factors.items().leftCols(k), Eigen::VectorXd::Ones(items);
  PopulationPrior& prior = found.prior;
  prior.mean = Eigen::VectorXd::Unit(k + 2, 0);
  Eigen::VectorXd variances = Eigen::VectorXd::Ones(k + 2);
  variances(0) = 0.1;
  variances(k + 1) = 0;
  prior.covariance = variances.asDiagonal();
  prior.noise = factors.noise();
  prior.noise_log_sd = 0.25;
  prior.rating_offset = common.offset;
  prior.rating_offset_sd = common.offset_sd;
  prior.rating_log_scale_sd = common.log_scale_sd;
  prior.survey = Eigen::MatrixXd::Zero(0, k + 2);
  prior.survey_noise = Eigen::VectorXd::Zero(0);
  prior.features_id = features_id;
  prior.people = static_cast<std::int64_t>(common.people.size());
  prior.origin = "item factors";
  return found;
}

}  // namespace atelier::personalization
