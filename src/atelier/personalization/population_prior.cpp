#include "atelier/personalization/population_prior.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/ideal_tastes.h"
#include "atelier/personalization/detail/json_matrix.h"
#include "atelier/personalization/detail/posterior.h"

namespace atelier::personalization {
namespace {

using storage::AnswerKind;

constexpr const char* kVersionKey = "atelier_population_prior";
constexpr int kPriorVersion = 2;
constexpr const char* kErrorId = "taste.prior";
constexpr double kSmallestSd = 0.05;
// A question's row is learned when so many people answered it; the start's row counts like as many.
constexpr Eigen::Index kLeastSurveyed = 10;
constexpr double kSurveySd = 0.6;
// One person in five has a favourite rather than a direction; how much each feature matters differs from
// person to person about as a half-normal number does.
constexpr double kIdealShare = 0.2;
constexpr double kCareSd = 0.75;
// Who has a favourite is asked anew every so many rounds of EM: it costs more than all else.
constexpr int kFavouritesEvery = 5;
// The start's share and cares count like so many people.
constexpr double kStartPeople = 5;

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, kErrorId, cause);
}

Eigen::MatrixXd covariance_of(const Eigen::MatrixXd& rows) {
  const Eigen::MatrixXd centred = rows.rowwise() - rows.colwise().mean();
  return centred.transpose() * centred / static_cast<double>(rows.rows());
}

/// Independent weights of the given relative variances, scaled so that utilities over the gallery have sd 1;
/// what does not vary over the gallery gets no weight.
PopulationPrior prior_of_shape(const std::string& features_id, const Eigen::MatrixXd& gallery,
                               const Eigen::VectorXd& shape) {
  if (gallery.rows() < 2 || !gallery.allFinite())
    refuse("a prior needs a gallery of at least two finite styles");
  const Eigen::MatrixXd spread = covariance_of(gallery);
  Eigen::VectorXd variances = shape;
  for (Eigen::Index i = 0; i < variances.size(); ++i) {
    if (spread(i, i) <= 1e-12) variances(i) = 0;
  }
  const double total = spread.diagonal().dot(variances);
  if (total > 0) variances /= total;
  PopulationPrior prior;
  prior.mean = Eigen::VectorXd::Zero(gallery.cols());
  prior.covariance = variances.asDiagonal();
  prior.survey = Eigen::MatrixXd::Zero(0, gallery.cols());
  prior.survey_noise = Eigen::VectorXd::Zero(0);
  prior.features_id = features_id;
  prior.origin = "standard";
  return prior;
}

bool is_comparable(const TasteObservation& observation) {
  return observation.kind == AnswerKind::Rating || observation.kind == AnswerKind::Choice;
}

std::vector<TasteObservation> without_survey(const std::vector<TasteObservation>& person) {
  std::vector<TasteObservation> rest;
  std::copy_if(person.begin(), person.end(), std::back_inserter(rest),
               [](const auto& observation) { return observation.kind != AnswerKind::Survey; });
  return rest;
}

/// What the M-step needs of everybody.
struct Moments {
  explicit Moments(Eigen::Index dim)
      : mean(Eigen::VectorXd::Zero(dim)), second(Eigen::MatrixXd::Zero(dim, dim)) {}

  /// `share`: the probability that the person leans.
  void add(const detail::Posterior& person, double share) {
    ++people;
    leaning += share;
    mean += share * person.mean;
    second += share * (person.covariance + person.mean * person.mean.transpose());
    offset += person.offset.mean;
    offset_square += person.offset.sd * person.offset.sd + person.offset.mean * person.offset.mean;
    scale_square += person.log_scale_square;
    noise += person.log_noise_mean;
    noise_square += person.log_noise_square;
  }

  double people = 0, leaning = 0;
  Eigen::VectorXd mean;
  Eigen::MatrixXd second;
  double offset = 0, offset_square = 0, scale_square = 0, noise = 0, noise_square = 0;
};

double sd_of(double square, double mean) {
  return std::sqrt(std::max(kSmallestSd * kSmallestSd, square - mean * mean));
}

void maximise(PopulationPrior& prior, const Moments& moments, const PopulationPrior& start, double shrinkage,
              bool learn_scale) {
  const double n = moments.people, leaning = std::max(moments.leaning, 1e-9);
  // The start counts like one more person, so that two people do not fix the mean.
  prior.mean = (moments.mean + start.mean) / (leaning + 1);
  const Eigen::VectorXd mean = moments.mean / leaning;
  Eigen::MatrixXd covariance = moments.second / leaning - prior.mean * mean.transpose() -
                               mean * prior.mean.transpose() + prior.mean * prior.mean.transpose();
  const double trace = start.covariance.trace();
  if (trace > 0) {
    covariance = (1 - shrinkage) * covariance + shrinkage * covariance.trace() / trace * start.covariance;
  }
  prior.covariance = 0.5 * (covariance + covariance.transpose());
  prior.rating_offset = moments.offset / n;
  prior.rating_offset_sd = sd_of(moments.offset_square / n, prior.rating_offset);
  const double shift = moments.noise / n;
  prior.noise *= std::exp(shift);
  if (!learn_scale) return;
  prior.noise_log_sd = sd_of(moments.noise_square / n, shift);
  prior.rating_log_scale_sd = sd_of(moments.scale_square / n, 0);
}

/// What is known of those who have a favourite.
struct FavouriteMoments {
  explicit FavouriteMoments(Eigen::Index dim)
      : care(Eigen::VectorXd::Zero(dim)), second(Eigen::MatrixXd::Zero(dim, dim)) {}

  void add(const detail::TasteBelief& person) {
    const double share = 1 - person.leaning_share;
    ++people;
    with += share;
    care += share * person.care;
    second += share * person.care_second;
  }

  double people = 0, with = 0;
  Eigen::VectorXd care;
  Eigen::MatrixXd second;
};

void maximise_favourites(IdealPrior& ideal, const FavouriteMoments& moments, const IdealPrior& start) {
  const double n = moments.with + kStartPeople;
  const Eigen::MatrixXd start_second = start.care_covariance + start.care * start.care.transpose();
  ideal.share = (moments.with + kStartPeople * start.share) / (moments.people + kStartPeople);
  ideal.care = (moments.care + kStartPeople * start.care) / n;
  const Eigen::MatrixXd covariance =
      (moments.second + kStartPeople * start_second) / n - ideal.care * ideal.care.transpose();
  const auto dim = static_cast<double>(start.care.size());
  const double shrinkage = dim / (moments.with + dim);
  const double height = covariance.trace() / std::max(1e-12, start.care_covariance.trace());
  ideal.care_covariance = (1 - shrinkage) * 0.5 * (covariance + covariance.transpose()) +
                          shrinkage * height * start.care_covariance;
}

IdealPrior ideal_prior(const Eigen::MatrixXd& gallery) {
  IdealPrior ideal;
  const Eigen::VectorXd variances = covariance_of(gallery).diagonal();
  const Eigen::VectorXd matters = (variances.array() > 1e-12).cast<double>();
  if (matters.isZero()) return ideal;
  ideal.share = kIdealShare;
  ideal.styles = gallery;
  ideal.care = matters;
  ideal.care_covariance = (kCareSd * kCareSd * matters).asDiagonal();
  return ideal;
}

/// Rows of the survey by ridge towards the start's, on the tastes found without it.
void learn_survey(PopulationPrior& prior, std::span<const std::vector<TasteObservation>> people,
                  const std::vector<Eigen::VectorXd>& tastes) {
  for (std::size_t k = 0; k < prior.survey_questions.size(); ++k) {
    std::vector<double> answers;
    std::vector<const Eigen::VectorXd*> who;
    for (std::size_t u = 0; u < people.size(); ++u) {
      for (const TasteObservation& observation : people[u]) {
        if (observation.kind != AnswerKind::Survey || observation.question != prior.survey_questions[k])
          continue;
        if (tastes[u].size() == 0) continue;
        answers.push_back(observation.value);
        who.push_back(&tastes[u]);
      }
    }
    const auto n = static_cast<Eigen::Index>(answers.size());
    if (n < kLeastSurveyed) continue;
    Eigen::MatrixXd rows(n, prior.dim());
    for (Eigen::Index i = 0; i < n; ++i) rows.row(i) = who[static_cast<std::size_t>(i)]->transpose();
    const Eigen::Map<const Eigen::VectorXd> asked(answers.data(), n);
    const auto at = static_cast<Eigen::Index>(k);
    const Eigen::VectorXd start = prior.survey.row(at).transpose();
    Eigen::MatrixXd gram = rows.transpose() * rows;
    const double ridge =
        static_cast<double>(kLeastSurveyed) * gram.trace() / static_cast<double>(n * prior.dim());
    gram.diagonal().array() += std::max(ridge, 1e-9);
    const Eigen::VectorXd rest = asked - rows * start;
    const Eigen::VectorXd row = start + gram.ldlt().solve(rows.transpose() * rest);
    const double square = (asked - rows * row).squaredNorm() / static_cast<double>(n);
    prior.survey.row(at) = row.transpose();
    prior.survey_noise(at) = std::max(0.1, std::sqrt(square));
  }
}

void require_start(const PopulationPrior& start) {
  const Eigen::Index dim = start.mean.size();
  const auto questions = static_cast<Eigen::Index>(start.survey_questions.size());
  const bool fits = dim > 0 && start.covariance.rows() == dim && start.covariance.cols() == dim &&
                    start.survey.rows() == questions && start.survey_noise.size() == questions &&
                    (questions == 0 || start.survey.cols() == dim);
  if (!fits) refuse("the sizes of the prior's mean, covariance and survey do not fit each other");
  if (start.ideal.share > 0 && start.ideal.styles.cols() != dim)
    refuse("the prior's favourite styles have other features than its mean");
  if (!start.mean.allFinite() || !start.covariance.allFinite() || !start.survey.allFinite()) {
    refuse("the prior holds numbers that are not finite; fit it again");
  }
}

void require_covariance(const detail::JsonReader& reader, const Eigen::MatrixXd& matrix,
                        const std::string& key) {
  const double largest = matrix.cwiseAbs().maxCoeff();
  if ((matrix - matrix.transpose()).cwiseAbs().maxCoeff() > 1e-9 * largest)
    reader.refuse("'" + key + "' must be symmetric");
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix, Eigen::EigenvaluesOnly);
  if (solver.eigenvalues().minCoeff() < -1e-9 * largest) reader.refuse("'" + key + "' must be positive");
}

}  // namespace

PopulationPrior standard_prior(const TasteFeatures& features, const Eigen::MatrixXd& gallery) {
  if (gallery.cols() != features.size())
    refuse("the gallery has other features than those given; measure it again");
  // Coordinates of less variance in the space are finer matters: people differ about them less.
  Eigen::VectorXd shape = Eigen::VectorXd::Ones(features.size());
  for (int k = 0; k < features.coordinates(); ++k) shape(k) = 1 / (1 + 0.25 * k);
  PopulationPrior prior = prior_of_shape(features.id(), gallery, shape);
  prior.ideal = ideal_prior(gallery);

  const Eigen::MatrixXd spread = covariance_of(gallery);
  const auto questions = static_cast<Eigen::Index>(features.attributes().size());
  prior.survey = Eigen::MatrixXd::Zero(questions, features.size());
  prior.survey_noise = Eigen::VectorXd::Constant(questions, 0.5);
  for (Eigen::Index k = 0; k < questions; ++k) {
    prior.survey_questions.push_back(features.attributes()[static_cast<std::size_t>(k)].key);
    // People answer for a style that is higher in the attribute with all that goes along with it.
    const Eigen::RowVectorXd slope = spread.row(features.coordinates() + k);
    const double sd = std::sqrt(slope.dot(slope * prior.covariance));
    if (sd > 0) prior.survey.row(k) = slope * (kSurveySd / sd);
  }
  return prior;
}

PopulationPrior standard_prior(const std::string& features_id, const Eigen::MatrixXd& gallery) {
  return prior_of_shape(features_id, gallery, Eigen::VectorXd::Ones(gallery.cols()));
}

PopulationPrior fit_population_prior(std::span<const std::vector<TasteObservation>> people,
                                     const PopulationPrior& start, const PopulationFitOptions& options) {
  require_start(start);
  PreferenceOptions timeless;
  timeless.other_mood_weight = timeless.general_weight = 1;
  std::vector<std::vector<TasteObservation>> kept;
  std::vector<std::vector<detail::WeighedObservation>> counting;
  std::vector<std::size_t> who;
  kept.reserve(people.size());
  for (std::size_t u = 0; u < people.size(); ++u) {
    detail::require_good(people[u], start.dim());
    if (std::none_of(people[u].begin(), people[u].end(), is_comparable)) continue;
    kept.push_back(without_survey(people[u]));
    counting.push_back(detail::that_count(kept.back(), 0, timeless));
    who.push_back(u);
  }
  if (kept.size() < 2) {
    refuse("a population prior needs at least two people with ratings or choices; collect more answers");
  }
  const double dim = static_cast<double>(detail::WhitePrior(start).factor.cols());
  const double n = static_cast<double>(kept.size());
  const double shrinkage = options.shrinkage >= 0 ? std::min(1.0, options.shrinkage) : dim / (n + dim);

  detail::PosteriorOptions grid{.scale_points = 1, .noise_points = 3};
  PopulationPrior prior = start;
  std::vector<Eigen::VectorXd> tastes(people.size());
  std::vector<double> leaning(counting.size(), 1.0);
  for (int round = 0; round < options.rounds; ++round) {
    // Rating scales hardly matter for the shape of the tastes; they are refined in the last rounds.
    const bool learn_scale = options.learn_scale && 2 * round >= options.rounds;
    grid.scale_points = learn_scale ? 3 : 1;
    const detail::WhitePrior white(prior);
    if (prior.ideal.share > 0 && round % kFavouritesEvery == 0) {
      const detail::IdealTastes favourites(prior);
      FavouriteMoments moments(prior.dim());
      for (std::size_t i = 0; i < counting.size(); ++i) {
        const detail::TasteBelief one = detail::taste_belief(prior, white, &favourites, counting[i],
                                                             {.scale_points = 1, .noise_points = 1});
        moments.add(one);
        leaning[i] = one.leaning_share;
      }
      maximise_favourites(prior.ideal, moments, start.ideal);
    }
    Moments moments(prior.dim());
    for (std::size_t i = 0; i < counting.size(); ++i) {
      const detail::Posterior one = detail::posterior(prior, white, counting[i], grid);
      moments.add(one, leaning[i]);
      tastes[who[i]] = one.mean;
    }
    maximise(prior, moments, start, shrinkage, learn_scale);
  }
  learn_survey(prior, people, tastes);
  prior.people = static_cast<std::int64_t>(kept.size());
  prior.origin = "fitted";
  return prior;
}

std::string PopulationPrior::to_text() const {
  nlohmann::json json = {{kVersionKey, kPriorVersion},
                         {"features", features_id},
                         {"people", people},
                         {"origin", origin},
                         {"mean", detail::to_json(mean)},
                         {"covariance", detail::to_json(covariance)},
                         {"noise", noise},
                         {"noise_log_sd", noise_log_sd},
                         {"rating_offset", rating_offset},
                         {"rating_offset_sd", rating_offset_sd},
                         {"rating_log_scale_sd", rating_log_scale_sd},
                         {"tie_width", tie_width},
                         {"survey_questions", survey_questions},
                         {"survey", detail::to_json(survey)},
                         {"survey_noise", detail::to_json(survey_noise)}};
  if (ideal.share > 0) {
    json["ideal"] = {{"share", ideal.share},
                     {"styles", detail::to_json(ideal.styles)},
                     {"care", detail::to_json(ideal.care)},
                     {"care_covariance", detail::to_json(ideal.care_covariance)}};
  }
  return json.dump() + "\n";
}

PopulationPrior PopulationPrior::parse(std::string_view text, const std::string& name) {
  const detail::JsonReader reader(text, name, kErrorId, kVersionKey, kPriorVersion);
  PopulationPrior prior;
  prior.features_id = reader.text("features");
  prior.people = static_cast<std::int64_t>(std::clamp(reader.number("people"), 0.0, 1e15));
  prior.origin = reader.text("origin");
  prior.mean = reader.vector("mean");
  const Eigen::Index dim = prior.mean.size();
  if (dim == 0 || dim > 4096) reader.refuse("'mean' must have 1..4096 numbers");
  prior.covariance = reader.matrix("covariance", dim);
  if (prior.covariance.rows() != dim) reader.refuse("'covariance' must be square, as wide as 'mean'");
  require_covariance(reader, prior.covariance, "covariance");
  if (reader.version() > 1 && reader.has("ideal")) {
    const detail::JsonReader ideal = reader.object("ideal");
    prior.ideal.share = ideal.positive("share");
    if (prior.ideal.share >= 1) ideal.refuse("'share' must be below 1");
    prior.ideal.styles = ideal.matrix("styles", dim);
    prior.ideal.care = ideal.vector("care");
    prior.ideal.care_covariance = ideal.matrix("care_covariance", dim);
    const Eigen::Index styles = prior.ideal.styles.rows();
    if (styles < 2 || styles > 4096) ideal.refuse("'styles' must have 2..4096 rows");
    if ((prior.ideal.styles.col(dim - 1).array() != 1).any())
      ideal.refuse("'styles' must end in the constant 1");
    if (prior.ideal.care.size() != dim || prior.ideal.care_covariance.rows() != dim)
      ideal.refuse("'care' and 'care_covariance' must be as wide as 'mean'");
    require_covariance(ideal, prior.ideal.care_covariance, "care_covariance");
  }
  prior.noise = reader.positive("noise");
  prior.noise_log_sd = reader.number("noise_log_sd");
  prior.rating_offset = reader.number("rating_offset");
  prior.rating_offset_sd = reader.positive("rating_offset_sd");
  prior.rating_log_scale_sd = reader.number("rating_log_scale_sd");
  if (prior.noise_log_sd < 0 || prior.rating_log_scale_sd < 0)
    reader.refuse("standard deviations must be 0 or more");
  prior.tie_width = reader.positive("tie_width");
  const nlohmann::json& questions = reader.member("survey_questions");
  if (!questions.is_array()) reader.refuse("'survey_questions' must be an array");
  for (const nlohmann::json& question : questions) {
    if (!question.is_string()) reader.refuse("'survey_questions' must hold texts");
    prior.survey_questions.push_back(question);
  }
  const auto count = static_cast<Eigen::Index>(prior.survey_questions.size());
  prior.survey = reader.matrix("survey", dim);
  prior.survey_noise = reader.vector("survey_noise");
  if (prior.survey.rows() != count || prior.survey_noise.size() != count ||
      (count > 0 && prior.survey_noise.minCoeff() <= 0)) {
    reader.refuse("'survey' and 'survey_noise' must have a row and a number above 0 for each question");
  }
  return prior;
}

}  // namespace atelier::personalization
