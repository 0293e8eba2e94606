#include "atelier/mapping/detail/mapper_evaluation.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace atelier::mapping {
namespace {

using personalization::PreferenceModel;
using personalization::StyleAnchors;
using personalization::StyleMapper;

/// What the people of one row thought of one way's styles.
struct Collected {
  std::vector<double> utility, percentile;

  void add(double u, const Eigen::VectorXd& gallery) {
    utility.push_back(u);
    percentile.push_back(static_cast<double>((gallery.array() > u).count()) /
                         static_cast<double>(gallery.size()));
  }
  PolicyScore score(std::uint64_t seed) const {
    return {.utility = Interval::of(utility, seed), .percentile = Interval::of(percentile, seed)};
  }
};

Interval gain(const Collected& a, const Collected& b, std::uint64_t seed) {
  std::vector<double> difference;
  for (std::size_t i = 0; i < a.utility.size(); ++i) difference.push_back(a.utility[i] - b.utility[i]);
  return Interval::of(difference, seed);
}

std::size_t best_row(const PreferenceModel& model, const Eigen::MatrixXd& psi) {
  Eigen::Index best = 0;
  model.joint(psi).mean.maxCoeff(&best);
  return static_cast<std::size_t>(best);
}

// What needs no training: from the best anchor along the expected slope to the edge of the mapper's box,
// drawn back to the known styles as the mapper's own steps are.
StyleAnchors::Place greedy(const PreferenceModel& model, const StyleAnchors& anchors, double reach) {
  const auto best = static_cast<Eigen::Index>(best_row(model, anchors.psi));
  const Eigen::VectorXd weights = Eigen::VectorXd::Unit(anchors.count(), best);
  const Eigen::VectorXd slope = anchors.step_psi.transpose() * model.mean();
  const Eigen::VectorXd step = reach * (slope / std::max(slope.cwiseAbs().maxCoeff(), 1e-9)).array().tanh();
  return anchors.at(weights, anchors.drawn_back(weights, step));
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

MapperReport evaluate_mapper(const StyleMapper& mapper, const GalleryTaste& taste, PeopleSource& people,
                             const EvaluationOptions& options, const Repaint& repaint,
                             const std::function<void(double)>& progress) {
  struct Row {
    Collected mapper, gallery, greedy;
  };
  std::vector<Row> rows(options.answers.size());
  std::vector<double> one, four;
  std::vector<double> painted_mapper, painted_gallery, painted_gain;
  const auto timed = [](auto action, std::vector<double>& milliseconds) {
    const auto start = std::chrono::steady_clock::now();
    auto result = action();
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    return result;
  };
  for (int p = 0; p < options.people; ++p) {
    SimulatedInterview person = people.next();
    const Eigen::VectorXd gallery = person.user().utilities(taste.psi);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      person.answer_until(options.answers[r]);
      const PreferenceModel model = person.model();
      const auto proposal = timed([&] { return mapper.map(model, person.observations()).front(); }, one);
      timed([&] { return mapper.map(model, person.observations(), {.variants = 4}); }, four);
      const std::size_t pick = best_row(model, taste.psi);
      rows[r].mapper.add(person.user().utility(proposal.psi), gallery);
      rows[r].gallery.add(gallery[static_cast<Eigen::Index>(pick)], gallery);
      rows[r].greedy.add(person.user().utility(greedy(model, mapper.anchors(), mapper.reach()).psi), gallery);
      if (!repaint || p >= options.painted_people || r + 1 < rows.size()) continue;
      const std::vector<StyleCode> seen =
          repaint(std::vector<StyleCode>{proposal.code, taste.subjects[pick].code});
      const double of_mapper = person.user().utility(taste.features.psi_at(taste.space.project(seen[0])));
      const double of_gallery = person.user().utility(taste.features.psi_at(taste.space.project(seen[1])));
      painted_mapper.push_back(of_mapper);
      painted_gallery.push_back(of_gallery);
      painted_gain.push_back(of_mapper - of_gallery);
    }
    if (progress) progress(static_cast<double>(p + 1) / options.people);
  }

  MapperReport report;
  report.people = options.people;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::uint64_t seed = options.seed + r;
    report.scores.push_back({.answers = options.answers[r],
                             .mapper = rows[r].mapper.score(seed),
                             .gallery = rows[r].gallery.score(seed),
                             .greedy = rows[r].greedy.score(seed),
                             .gain = gain(rows[r].mapper, rows[r].gallery, seed),
                             .gain_on_greedy = gain(rows[r].mapper, rows[r].greedy, seed)});
  }
  report.painted_people = static_cast<int>(painted_gain.size());
  report.painted_mapper = Interval::of(painted_mapper, options.seed);
  report.painted_gallery = Interval::of(painted_gallery, options.seed);
  report.painted_gain = Interval::of(painted_gain, options.seed);
  report.milliseconds = median(std::move(one));
  report.milliseconds_variants = median(std::move(four));
  return report;
}

}  // namespace atelier::mapping
