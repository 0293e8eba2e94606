#include "atelier/personalization/mapper_input.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

constexpr double kSmallestVariance = 1e-8;
constexpr double kSmallestSpread = 0.05;

double mood_weight(const std::string& answered, const std::string& asked) {
  static const PreferenceOptions options;
  if (answered == asked) return 1;
  return answered.empty() ? options.general_weight : options.other_mood_weight;
}

double signed_value(const TasteObservation& observation) {
  switch (observation.kind) {
    case storage::AnswerKind::Rating:
      return std::clamp((observation.value - 3) / 2, -1.0, 1.0);
    case storage::AnswerKind::Like:
      return 0.6;
    case storage::AnswerKind::Save:
      return 1;
    case storage::AnswerKind::Dislike:
      return -0.6;
    case storage::AnswerKind::Skip:
      return 0;
    case storage::AnswerKind::Choice:
      return 2 * observation.value - 1;
    case storage::AnswerKind::Survey:
      return observation.value;
  }
  return 0;
}

void set_taste(MapperInput& input, const Eigen::VectorXd& mean, const Eigen::VectorXd& utility,
               const StyleAnchors& anchors) {
  input.state.head(mean.size()) = mean;
  const Eigen::VectorXd above = utility.array() - utility.mean();
  input.spread = std::sqrt(above.squaredNorm() / static_cast<double>(above.size())) + kSmallestSpread;
  input.anchor_mean = above / input.spread;
  input.slope = anchors.step_psi.transpose() * mean / input.spread;
}

}  // namespace

MapperInput MapperInput::of(const PreferenceModel& model, std::span<const TasteObservation> observations,
                            const StyleAnchors& anchors, const std::vector<std::string>& questions,
                            const std::string& mood) {
  const int dim = anchors.dim();
  const auto fits = [&](const Eigen::VectorXd& psi) {
    return psi.size() == 0 || (psi.size() == dim && psi.allFinite());
  };
  if (model.dim() != dim) {
    throw Error(ErrorCode::BadData, "taste.mapper",
                "the taste has " + std::to_string(model.dim()) + " features, the style mapper takes " +
                    std::to_string(dim) + "; train it again with `atelier train mapper`");
  }
  MapperInput input;
  const auto n = static_cast<Eigen::Index>(observations.size());
  input.answers = Eigen::MatrixXd::Zero(n, answer_width(dim));
  input.weights.resize(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const TasteObservation& observation = observations[static_cast<std::size_t>(i)];
    if (!fits(observation.first) || !fits(observation.second) || !std::isfinite(observation.value)) {
      throw Error(ErrorCode::BadData, "taste.answer",
                  "answer " + std::to_string(observation.id) +
                      ": its features are not finite or not those of the style mapper; remove the answer");
    }
    auto row = input.answers.row(i);
    if (observation.first.size() == dim) row.head(dim) = observation.first;
    if (observation.second.size() == dim) row.segment(dim, dim) = observation.second;
    const auto asked = std::find(questions.begin(), questions.end(), observation.question);
    if (observation.kind == storage::AnswerKind::Survey && asked != questions.end()) {
      row[asked - questions.begin()] = 1;
    }
    row[2 * dim] = signed_value(observation);
    row[2 * dim + 1 + static_cast<int>(observation.kind)] = 1;
    input.weights[i] = mood_weight(observation.mood, mood);
  }
  input.state.resize(2 * dim);
  input.state.tail(dim) = model.covariance().diagonal().array().max(kSmallestVariance).log();
  JointBelief known = model.joint(anchors.psi);
  known.covariance.rowwise() -= known.covariance.colwise().mean().eval();
  known.covariance.colwise() -= known.covariance.rowwise().mean().eval();
  input.anchor_sd = known.covariance.diagonal().array().max(kSmallestVariance).sqrt();
  set_taste(input, model.mean(), known.mean, anchors);
  return input;
}

MapperInput MapperInput::imagined(const Eigen::VectorXd& taste, const StyleAnchors& anchors) const {
  MapperInput other = *this;
  // A favourite's curve stays where it is; what the draw changes is the lean.
  const Eigen::VectorXd utility = spread * anchor_mean + anchors.psi * (taste - state.head(taste.size()));
  set_taste(other, taste, utility, anchors);
  return other;
}

}  // namespace atelier::personalization
