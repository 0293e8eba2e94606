#include "atelier/evaluation/simulated_people.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>

#include "atelier/core/error.h"
#include "atelier/core/seeded_shuffle.h"
#include "atelier/evaluation/people_split.h"
#include "atelier/evaluation/statistics.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/question_selector.h"

namespace atelier::evaluation {
namespace {

using namespace personalization;
using storage::AnswerKind;

constexpr double kNinetyPercent = 1.6448536269514722;
constexpr const char* kAllFamilies = "all families";
constexpr std::size_t kFirstChoices = 5;  // before Mixed begins to rate
constexpr int kGeneralAnswers = 12;       // before a mood is asked about
constexpr int kWalkChoices = 8;           // a new user's walk: survey, then eight choices

bool is_active(Asking asking) {
  return asking != Asking::RandomRatings && asking != Asking::RandomChoices;
}

bool asks_pair(Asking asking, std::size_t answers) {
  switch (asking) {
    case Asking::ActiveChoices:
    case Asking::RandomChoices:
      return true;
    case Asking::Mixed:
      return answers < kFirstChoices || (answers - kFirstChoices) % 2 == 1;
    default:
      return false;
  }
}

std::size_t best_of(const Eigen::VectorXd& values) {
  Eigen::Index best = 0;
  values.maxCoeff(&best);
  return static_cast<std::size_t>(best);
}

// A person with what has been asked so far.
struct Interview {
  SimulatedUser user;
  std::vector<TasteObservation> observations = {};
  std::set<std::string> rated = {};
  std::set<std::pair<std::string, std::string>> compared = {};
};

class Simulation {
 public:
  Simulation(const GalleryFeatures& gallery, const SimulatedPeopleOptions& options)
      : gallery_(gallery),
        options_(options),
        population_(gallery.psi, options.seed),
        standard_(gallery.prior) {
    for (std::size_t i = 0; i < gallery.names.size(); ++i) {
      candidates_.push_back({gallery.names[i], gallery.psi.row(static_cast<Eigen::Index>(i)).transpose()});
    }
  }

  std::uint64_t seed_of(const std::string& what, int number) const {
    return hash_of(what, options_.seed * 1000003 + static_cast<std::uint64_t>(number));
  }

  SimulatedUser person(TasteFamily family, int number, double noise) const {
    SimulatedUserOptions user;
    user.noise = noise;
    return SimulatedUser(population_, family, seed_of(to_string(family), number), user);
  }

  // Other people of the same population, five families in turn and one in twenty careless.
  void learn_prior() {
    const auto& families = taste_families();
    std::vector<std::vector<TasteObservation>> people;
    for (int i = 0; i < options_.training_users; ++i) {
      const TasteFamily family = i % 20 == 19
                                     ? TasteFamily::Careless
                                     : believable()[static_cast<std::size_t>(i) % (families.size() - 1)];
      Interview interview{SimulatedUser(population_, family, seed_of("training", i), {})};
      for (int k = 0; k < options_.training_answers; ++k)
        ask_random_rating(interview, seed_of("training", i));
      people.push_back(std::move(interview.observations));
    }
    learned_ = fit_population_prior(people, standard_);
  }

  static std::vector<TasteFamily> believable() {
    std::vector<TasteFamily> families = taste_families();
    std::erase(families, TasteFamily::Careless);
    return families;
  }

  const PopulationPrior& prior(bool learned) const { return learned ? learned_ : standard_; }

  PreferenceModel model_of(const Interview& interview, const PopulationPrior& prior,
                           const PreferenceOptions& preference = {}) const {
    return PreferenceModel::fit(prior, interview.observations, 0, preference);
  }

  std::size_t pick(const PreferenceModel& model) const { return best_of(model.joint(gallery_.psi).mean); }

  const Eigen::VectorXd& psi(std::size_t style) const { return candidates_[style].psi; }
  const std::vector<Candidate>& candidates() const { return candidates_; }
  const GalleryFeatures& gallery() const { return gallery_; }

  // One more question; false when nothing is left to ask.
  bool ask(Interview& interview, const PreferenceModel& model, Asking asking, std::uint64_t seed) const {
    if (!is_active(asking)) {
      return asking == Asking::RandomRatings ? ask_random_rating(interview, seed)
                                             : ask_random_choice(interview, seed);
    }
    QuestionOptions question;
    question.seed = seed;
    const QuestionSelector selector(candidates_, question);
    if (asks_pair(asking, interview.observations.size())) {
      const auto pair = selector.next_choice(model, interview.compared);
      if (!pair) return false;
      compare(interview, pair->first, pair->second);
      return true;
    }
    const auto style = selector.next_rating(model, interview.rated);
    if (!style) return false;
    rate(interview, *style);
    return true;
  }

  void rate(Interview& interview, std::size_t style) const {
    const std::string& key = candidates_[style].key;
    interview.rated.insert(key);
    interview.observations.push_back(
        rating_of(psi(style), interview.user.rate(psi(style)), key, next_id(interview)));
  }

  void compare(Interview& interview, std::size_t a, std::size_t b) const {
    interview.compared.emplace(candidates_[a].key, candidates_[b].key);
    interview.observations.push_back(choice_of(psi(a), psi(b), interview.user.choose(psi(a), psi(b)),
                                               candidates_[a].key, candidates_[b].key, next_id(interview)));
  }

  /// Asks about every attribute.
  void survey(Interview& interview) const {
    for (const auto& attribute : gallery_.features.attributes()) {
      TasteObservation answer;
      answer.kind = AnswerKind::Survey;
      answer.question = attribute.key;
      answer.value = interview.user.survey(gallery_.features.index_of(attribute.key));
      answer.id = next_id(interview);
      interview.observations.push_back(answer);
    }
  }

  bool ask_random_rating(Interview& interview, std::uint64_t seed) const {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (interview.rated.count(candidates_[i].key) == 0) left.push_back(i);
    }
    if (left.empty()) return false;
    rate(interview, left[hash_of("rating", seed + interview.observations.size()) % left.size()]);
    return true;
  }

  bool ask_random_choice(Interview& interview, std::uint64_t seed) const {
    const std::uint64_t draw = hash_of("choice", seed + interview.observations.size());
    const std::size_t count = candidates_.size(), a = draw % count;
    compare(interview, a, (a + 1 + (draw >> 32) % (count - 1)) % count);
    return true;
  }

  /// One family's (or several families') curve.
  AskingCurve curve(const std::string& label, const std::vector<TasteFamily>& families, Asking asking,
                    bool learned, double noise, const ProgressCallback& step, bool surveyed = false) const {
    AskingCurve curve{
        .label = label, .asking = asking, .learned_prior = learned, .percentiles = {}, .regrets = {}};
    const int last = is_active(asking) ? options_.answers.back() : options_.random_up_to;
    curve.percentiles.resize(static_cast<std::size_t>(last) + 1);
    curve.regrets.resize(curve.percentiles.size());
    for (const TasteFamily family : families) {
      for (int number = 0; number < options_.users; ++number) {
        Interview interview{person(family, number, noise)};
        if (surveyed) survey(interview);
        const Eigen::VectorXd truth = interview.user.utilities(gallery_.psi);
        const double best = truth.maxCoeff();
        const std::uint64_t seed = seed_of("asking", number);
        for (std::size_t k = 0; k < curve.percentiles.size(); ++k) {
          const PreferenceModel model = model_of(interview, prior(learned));
          const std::size_t top = pick(model);
          curve.percentiles[k].push_back(interview.user.percentile(top));
          curve.regrets[k].push_back(best - truth[static_cast<Eigen::Index>(top)]);
          if (k + 1 < curve.percentiles.size()) {
            ask(interview, model, asking, seed);
          } else if (!model.learned()) {
            ++curve.not_believed;
          }
        }
      }
      if (step) step(label, 0, 0);
    }
    return curve;
  }

  CalibrationResult calibration(int answers) const {
    CalibrationResult result;
    result.answers = answers;
    double ratings = 0, utilities = 0, count = 0;
    for (const TasteFamily family : believable()) {
      for (int number = 0; number < options_.users; ++number) {
        Interview interview{person(family, number, options_.noise)};
        for (int k = 0; k < answers; ++k) {
          ask(interview, model_of(interview, learned_), Asking::ActiveRatings, seed_of("asking", number));
        }
        const PreferenceModel model = model_of(interview, learned_);
        // A taste has no zero: utilities are counted from the gallery's mean.
        JointBelief known = model.joint(gallery_.psi);
        known.mean.array() -= known.mean.mean();
        known.covariance.rowwise() -= known.covariance.colwise().mean().eval();
        known.covariance.colwise() -= known.covariance.rowwise().mean().eval();
        for (std::size_t style = 0; style < candidates_.size(); ++style) {
          if (interview.rated.count(candidates_[style].key) != 0) continue;
          const Prediction rating = model.rating(psi(style));
          const double said = interview.user.rate(psi(style));
          ratings += std::abs(said - rating.mean) <= kNinetyPercent * rating.sd ? 1 : 0;
          const auto at = static_cast<Eigen::Index>(style);
          const double sd = std::sqrt(std::max(0.0, known.covariance(at, at)));
          const double truth = interview.user.utility(psi(style));
          utilities += std::abs(truth - known.mean(at)) <= kNinetyPercent * sd ? 1 : 0;
          ++count;
        }
      }
    }
    result.ratings_covered = ratings / count;
    result.utilities_covered = utilities / count;
    return result;
  }

  // The mood is half the general taste and half one of its own.
  MoodResult moods() const {
    MoodResult result;
    result.answers = {3, 5, 8, 12};
    std::vector<double> with_mood(result.answers.size()), general_only = with_mood,
                                                          without_general = with_mood;
    const int people = options_.users;
    for (int number = 0; number < people; ++number) {
      Interview general{person(TasteFamily::Linear, number, options_.noise)};
      const SimulatedUser other = person(TasteFamily::Linear, number + 100000, options_.noise);
      const Eigen::VectorXd mixed =
          (general.user.utilities(gallery_.psi) + other.utilities(gallery_.psi)) / std::sqrt(2.0);
      for (int k = 0; k < kGeneralAnswers; ++k) {
        ask(general, model_of(general, learned_), Asking::ActiveRatings, seed_of("asking", number));
      }
      std::vector<std::size_t> order(candidates_.size());
      std::iota(order.begin(), order.end(), 0);
      seeded_shuffle(order, seed_of("mood", number));
      std::mt19937_64 random(seed_of("mood noise", number));
      std::normal_distribution<double> normal(0, options_.noise);
      Interview alone{general.user};
      for (std::size_t point = 0, asked = 0; point < result.answers.size(); ++point) {
        for (; asked < static_cast<std::size_t>(result.answers[point]); ++asked) {
          const std::size_t style = order[asked];
          const double felt = mixed[static_cast<Eigen::Index>(style)] + normal(random);
          TasteObservation answer = rating_of(psi(style), std::clamp(std::round(3 + felt), 1.0, 5.0),
                                              candidates_[style].key, next_id(general));
          answer.mood = "calm";
          general.observations.push_back(answer);
          alone.observations.push_back(answer);
        }
        PreferenceOptions calm;
        calm.mood = "calm";
        const auto share_better = [&](const PreferenceModel& model) {
          const double value = mixed[static_cast<Eigen::Index>(pick(model))];
          return static_cast<double>((mixed.array() > value).count()) / static_cast<double>(mixed.size());
        };
        with_mood[point] += share_better(model_of(general, learned_, calm)) / people;
        general_only[point] += share_better(model_of(general, learned_)) / people;
        without_general[point] += share_better(model_of(alone, learned_, calm)) / people;
      }
    }
    result.with_mood = with_mood;
    result.general_only = general_only;
    result.without_general = without_general;
    return result;
  }

  // Survey about every attribute, eight choices; does the pick go where the person wants?
  DirectionResult direction() const {
    DirectionResult result;
    const auto& attributes = gallery_.features.attributes();
    if (attributes.empty()) return result;
    std::vector<double> shifts;
    for (const TasteFamily family : {TasteFamily::Linear, TasteFamily::Bump}) {
      for (int number = 0; number < options_.users; ++number) {
        Interview interview{person(family, number, options_.noise)};
        survey(interview);
        int strongest = -1;
        double slope = 0;
        for (const auto& attribute : attributes) {
          const int index = gallery_.features.index_of(attribute.key);
          const double here = interview.user.slope(index);
          if (strongest >= 0 && std::abs(here) <= std::abs(slope)) continue;
          strongest = index;
          slope = here;
        }
        const double before = psi(pick(model_of(Interview{interview.user}, learned_)))[strongest];
        for (int k = 0; k < kWalkChoices; ++k) {
          ask(interview, model_of(interview, learned_), Asking::ActiveChoices, seed_of("walk", number));
        }
        const double after = psi(pick(model_of(interview, learned_)))[strongest];
        const double sign = slope > 0 ? 1 : -1;
        result.right += sign * after > 0 ? 1 : 0;
        result.moved_right += sign * (after - before) > 0 || (after == before && sign * after > 0) ? 1 : 0;
        shifts.push_back(sign * (after - before));
        ++result.people;
      }
    }
    const auto people = static_cast<double>(result.people);
    result.right /= people;
    result.moved_right /= people;
    result.shift = bootstrap_mean(shifts, {.seed = options_.seed});
    return result;
  }

  // At the gallery's own prior: what the mapper is trained for and the program uses.
  MapperResult mapper(const StyleMapper& mapper) const {
    const std::size_t points = options_.answers.size();
    using Values = std::vector<std::vector<double>>;
    Values mapped(points), picked(points), gain(points), mapped_share(points), picked_share(points);
    for (const TasteFamily family : believable()) {
      for (int number = 0; number < options_.users; ++number) {
        Interview interview{person(family, number, options_.noise)};
        const Eigen::VectorXd truth = interview.user.utilities(gallery_.psi);
        for (std::size_t point = 0, asked = 0; point < points; ++point) {
          for (; asked < static_cast<std::size_t>(options_.answers[point]); ++asked) {
            ask(interview, model_of(interview, standard_), Asking::ActiveRatings, seed_of("asking", number));
          }
          const PreferenceModel model = model_of(interview, standard_);
          const StyleMapper::Proposal proposal = mapper.map(model, interview.observations).front();
          const std::size_t top = pick(model);
          const double utility = interview.user.utility(proposal.psi);
          mapped[point].push_back(utility);
          picked[point].push_back(truth[static_cast<Eigen::Index>(top)]);
          gain[point].push_back(utility - picked[point].back());
          mapped_share[point].push_back(static_cast<double>((truth.array() > utility).count()) /
                                        static_cast<double>(truth.size()));
          picked_share[point].push_back(interview.user.percentile(top));
        }
      }
    }
    MapperResult result;
    result.answers = options_.answers;
    for (std::size_t point = 0; point < points; ++point) {
      const Interval interval = bootstrap_mean(gain[point], {.seed = options_.seed});
      result.mapper_utility.push_back(mean_of(mapped[point]));
      result.gallery_utility.push_back(mean_of(picked[point]));
      result.mapper_percentile.push_back(mean_of(mapped_share[point]));
      result.gallery_percentile.push_back(mean_of(picked_share[point]));
      result.difference_low.push_back(interval.low);
      result.difference_high.push_back(interval.high);
    }
    return result;
  }

 private:
  static std::int64_t next_id(const Interview& interview) {
    return static_cast<std::int64_t>(interview.observations.size()) + 1;
  }

  const GalleryFeatures& gallery_;
  const SimulatedPeopleOptions& options_;
  SimulatedPopulation population_;
  std::vector<Candidate> candidates_;
  PopulationPrior standard_, learned_;
};

}  // namespace

const char* to_string(Asking asking) {
  switch (asking) {
    case Asking::ActiveRatings:
      return "active ratings";
    case Asking::RandomRatings:
      return "random ratings";
    case Asking::ActiveChoices:
      return "active choices";
    case Asking::RandomChoices:
      return "random choices";
    case Asking::Mixed:
      return "active, mixed";
  }
  return "";
}

const AskingCurve* SimulatedPeopleResult::find(Asking asking, bool learned_prior) const {
  for (const AskingCurve& curve : all) {
    if (curve.asking == asking && curve.learned_prior == learned_prior) return &curve;
  }
  return nullptr;
}

double AskingCurve::percentile(int answers) const {
  return mean_of(percentiles[static_cast<std::size_t>(answers)]);
}

double AskingCurve::median_percentile(int answers) const {
  return median_of(percentiles[static_cast<std::size_t>(answers)]);
}

std::vector<double> AskingCurve::regret() const {
  std::vector<double> means;
  for (const std::vector<double>& people : regrets) means.push_back(mean_of(people));
  return means;
}

void AskingCurve::append(const AskingCurve& other) {
  percentiles.resize(other.percentiles.size());
  regrets.resize(other.regrets.size());
  for (std::size_t k = 0; k < percentiles.size(); ++k) {
    percentiles[k].insert(percentiles[k].end(), other.percentiles[k].begin(), other.percentiles[k].end());
    regrets[k].insert(regrets[k].end(), other.regrets[k].begin(), other.regrets[k].end());
  }
  not_believed += other.not_believed;
}

double answers_needed(const std::vector<double>& regret, double level) {
  for (std::size_t k = 0; k < regret.size(); ++k) {
    if (regret[k] > level) continue;
    if (k == 0) return 0;
    const double step = regret[k - 1] - regret[k];
    return static_cast<double>(k - 1) + (step > 0 ? (regret[k - 1] - level) / step : 1);
  }
  return static_cast<double>(regret.size());
}

SimulatedPeopleResult measure_simulated_people(const GalleryFeatures& gallery,
                                               const SimulatedPeopleOptions& options,
                                               const StyleMapper* mapper, const ProgressCallback& progress) {
  if (gallery.names.size() < 10 || gallery.psi.rows() != static_cast<Eigen::Index>(gallery.names.size())) {
    throw Error(ErrorCode::Usage, "evaluation.gallery",
                "the gallery has " + std::to_string(gallery.names.size()) +
                    " styles; simulated people need at least 10 to choose from");
  }
  Simulation simulation(gallery, options);
  SimulatedPeopleResult result;
  result.styles = gallery.names.size();
  result.features = static_cast<std::size_t>(gallery.psi.cols());
  result.users = options.users;
  result.training_users = options.training_users;
  result.training_answers = options.training_answers;
  result.seed = options.seed;
  result.prior = gallery.prior.origin;
  result.answers = options.answers;

  const std::vector<TasteFamily> believable = Simulation::believable();
  const int per_curve = static_cast<int>(believable.size());
  const int steps = static_cast<int>(taste_families().size()) +
                    per_curve * (8 + static_cast<int>(options.other_noises.size())) + 5;
  int done = 0;
  const ProgressCallback step = [&](const std::string& what, int, int) {
    if (progress) progress("simulated people: " + what, ++done, steps);
  };

  simulation.learn_prior();
  step("population", 0, 0);
  for (const TasteFamily family : taste_families()) {
    result.families.push_back(
        simulation.curve(to_string(family), {family}, Asking::ActiveRatings, true, options.noise, step));
  }
  // What the model can express, and everybody who means it: known from the families.
  AskingCurve inside{.label = "linear, bump, two-moods", .percentiles = {}, .regrets = {}};
  AskingCurve everybody{.label = kAllFamilies, .percentiles = {}, .regrets = {}};
  for (std::size_t f = 0; f < taste_families().size(); ++f) {
    const TasteFamily family = taste_families()[f];
    if (family == TasteFamily::Careless) continue;
    everybody.append(result.families[f]);
    if (family != TasteFamily::Ideal && family != TasteFamily::Saturated) inside.append(result.families[f]);
  }
  result.families.push_back(std::move(inside));
  result.all.push_back(std::move(everybody));
  for (const Asking asking :
       {Asking::RandomRatings, Asking::Mixed, Asking::ActiveChoices, Asking::RandomChoices}) {
    result.all.push_back(simulation.curve(kAllFamilies, believable, asking, true, options.noise, step));
  }
  for (const Asking asking : {Asking::ActiveRatings, Asking::RandomRatings}) {
    result.all.push_back(simulation.curve(kAllFamilies, believable, asking, false, options.noise, step));
  }
  for (const double noise : options.other_noises) {
    std::string label = std::to_string(noise);
    label.resize(3);
    result.noises.push_back(
        simulation.curve("noise " + label, believable, Asking::ActiveRatings, true, noise, step));
  }
  for (const bool learned : {true, false}) {
    result.surveyed.push_back(simulation.curve("all families, after the survey", believable,
                                               Asking::ActiveRatings, learned, options.noise, step, true));
  }
  result.calibration = simulation.calibration(12);
  step("calibration", 0, 0);
  result.moods = simulation.moods();
  step("moods", 0, 0);
  result.direction = simulation.direction();
  step("direction", 0, 0);
  if (mapper != nullptr) result.mapper.push_back(simulation.mapper(*mapper));
  step("mapper", 0, 0);
  return result;
}

}  // namespace atelier::evaluation
