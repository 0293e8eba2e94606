#include "atelier/evaluation/latency.h"

#include <chrono>
#include <ctime>
#include <functional>
#include <random>
#include <set>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/evaluation/people_split.h"
#include "atelier/evaluation/statistics.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/question_selector.h"

namespace atelier::evaluation {
namespace {

using namespace personalization;

constexpr const char* kStep = "refit + next question";

LatencyRow median_of_runs(const char* what, int answers, int runs, const std::function<void()>& work) {
  work();
  std::vector<double> wall, processor;
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t before = std::clock();
    work();
    processor.push_back(1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    wall.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return {what, answers, median_of(wall), median_of(processor)};
}

// A blend of two styles of the gallery: so many answers need more styles than a gallery has.
Eigen::VectorXd blended(const Eigen::MatrixXd& psi, std::mt19937_64& random) {
  const auto pick = [&] {
    return static_cast<Eigen::Index>(random() % static_cast<std::uint64_t>(psi.rows()));
  };
  const double share = static_cast<double>(random() >> 11) * 0x1p-53;
  return share * psi.row(pick()).transpose() + (1 - share) * psi.row(pick()).transpose();
}

std::vector<TasteObservation> answers_of(const GalleryFeatures& gallery, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const SimulatedPopulation population(gallery.psi, seed);
  SimulatedUser user(population, TasteFamily::Bump, hash_of("latency", seed));
  std::vector<TasteObservation> answers;
  for (int i = 0; i < count; ++i) {
    const Eigen::VectorXd first = blended(gallery.psi, random), second = blended(gallery.psi, random);
    const std::string key = "blend " + std::to_string(i);
    answers.push_back(i % 2 == 0
                          ? rating_of(first, user.rate(first), key, i + 1)
                          : choice_of(first, second, user.choose(first, second), key, key + " b", i + 1));
  }
  return answers;
}

}  // namespace

std::vector<LatencyRow> measure_latency(const GalleryFeatures& gallery, const LatencyOptions& options,
                                        const StyleMapper* mapper, const ProgressCallback& progress) {
  const PopulationPrior& prior = gallery.prior;
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < gallery.names.size(); ++i) {
    candidates.push_back({gallery.names[i], gallery.psi.row(static_cast<Eigen::Index>(i)).transpose()});
  }
  const QuestionSelector selector(candidates);
  std::vector<LatencyRow> rows;
  int done = 0;
  for (const int count : options.answers) {
    const std::vector<TasteObservation> answers = answers_of(gallery, count, options.seed);
    const PreferenceModel model = PreferenceModel::fit(prior, answers, 0);
    const auto time = [&](const char* what, const std::function<void()>& work) {
      rows.push_back(median_of_runs(what, count, options.runs, work));
    };
    time("refit", [&] { PreferenceModel::fit(prior, answers, 0); });
    time("next rating", [&] { selector.next_rating(model); });
    time("next choice", [&] { selector.next_choice(model); });
    time(kStep, [&] {
      const PreferenceModel refitted = PreferenceModel::fit(prior, answers, 0);
      selector.next_rating(refitted);
      selector.next_choice(refitted);
    });
    if (mapper != nullptr) time("mapper", [&] { mapper->map(model, answers); });
    if (progress) progress("latency", ++done, static_cast<int>(options.answers.size()));
  }
  return rows;
}

double step_milliseconds(const std::vector<LatencyRow>& rows, int answers) {
  for (const LatencyRow& row : rows) {
    if (row.what == kStep && row.answers == answers) return row.processor_milliseconds;
  }
  throw Error(ErrorCode::Internal, "evaluation.latency",
              "the step after " + std::to_string(answers) + " answers was not timed");
}

}  // namespace atelier::evaluation
