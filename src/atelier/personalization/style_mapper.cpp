#include "atelier/personalization/style_mapper.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "atelier/core/error.h"
#include "atelier/weights/tensor_checks.h"

namespace atelier::personalization {
namespace {

using nlohmann::json;

constexpr double kSmallestStd = 1e-3;
constexpr int kMaxVariants = 64;
constexpr int kDrawsPerVariant = 12;
constexpr int kProposals = 12;  // draws among which the first style is chosen
// Of their noise: who does not explore gets the same first style whatever the seed of the variants.
constexpr std::uint64_t kProposalSeed = 1;
constexpr double kPessimism =
    1.0;  // deviations off the utility by which it is chosen: no bets on what is unknown
// Further variants come from plausible tastes around the best guess: without that they would differ by the
// network's noise alone, which training makes small where one style is clearly best.
constexpr double kVariantDoubt = 0.4;
constexpr double kDiversity = 0.6;      // what being different is worth, in deviations of the utility
constexpr double kSmallestStep = 0.25;  // of the distance between neighbouring anchors: closer is "the same"

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.mapper", cause);
}

float silu(float x) {
  return x / (1 + std::exp(-x));
}
float softplus(float x) {
  return x > 20 ? x : std::log1p(std::exp(x));
}

double standard_normal(std::mt19937_64& random) {
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * M_PI * uniform());
}

Eigen::MatrixXd matrix_of(const weights::SafetensorsFile& file, const std::string& name, Eigen::Index rows,
                          Eigen::Index columns) {
  const std::vector<float> values = file.floats(name, {rows, columns});
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(values.data(), rows, columns).cast<double>();
}

Eigen::VectorXf vector_of(const weights::SafetensorsFile& file, const std::string& name, Eigen::Index size) {
  const std::vector<float> values = file.floats(name, {size});
  return Eigen::Map<const Eigen::VectorXf>(values.data(), size);
}

std::int64_t extent(const weights::SafetensorsFile& file, const std::string& name, std::size_t axis) {
  const weights::TensorView* tensor = file.find(name);
  if (tensor != nullptr && tensor->shape.size() == 2 && tensor->shape[axis] > 0) return tensor->shape[axis];
  throw Error(ErrorCode::BadData, "model.tensors",
              file.name() + ": there is no matrix '" + name +
                  "', so this is not a style mapper; train one with `atelier train mapper`");
}

std::string text_of(const weights::SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found != file.metadata().end()) return found->second;
  refuse(file.name() + ": the metadata lacks '" + key +
         "'; train the mapper again with `atelier train mapper`");
}

double number_of(const weights::SafetensorsFile& file, const std::string& key) {
  const std::string text = text_of(file, key);
  const json number = json::parse(text, nullptr, false);
  if (number.is_number() && std::isfinite(number.get<double>())) return number.get<double>();
  refuse(file.name() + ": the metadata's '" + key + "' is not a number; train the mapper again");
}

std::vector<std::string> names_of(const weights::SafetensorsFile& file, const std::string& key) {
  const json list = json::parse(text_of(file, key), nullptr, false);
  const bool good = list.is_array() &&
                    std::all_of(list.begin(), list.end(), [](const json& item) { return item.is_string(); });
  if (!good)
    refuse(file.name() + ": the metadata's '" + key + "' is not a list of names; train the mapper again");
  return list.get<std::vector<std::string>>();
}

weights::NamedTensor named(const std::string& name, const Eigen::MatrixXd& matrix) {
  weights::NamedTensor tensor{.name = name, .shape = {matrix.rows(), matrix.cols()}};
  for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
    for (Eigen::Index c = 0; c < matrix.cols(); ++c)
      tensor.values.push_back(static_cast<float>(matrix(r, c)));
  }
  return tensor;
}

double nearest_neighbour_distance(const Eigen::MatrixXd& z) {
  double sum = 0;
  for (Eigen::Index i = 0; i < z.rows(); ++i) {
    double nearest = std::numeric_limits<double>::max();
    for (Eigen::Index j = 0; j < z.rows(); ++j) {
      if (j != i) nearest = std::min(nearest, (z.row(i) - z.row(j)).norm());
    }
    sum += nearest;
  }
  return std::max(sum / static_cast<double>(z.rows()), 1e-6);
}

}  // namespace

int MapperShape::state_width(const StyleAnchors& anchors) const {
  return 2 * anchors.dim() + answer_out + 1 + noise;
}

int MapperShape::output_width(const StyleAnchors& anchors) const {
  return anchors.count() + 2 * anchors.coordinates() + 2;
}

std::vector<weights::NamedTensor> anchor_tensors(const StyleAnchors& anchors) {
  return {named("anchors.z", anchors.z),
          named("anchors.psi", anchors.psi),
          named("anchors.codes", anchors.codes),
          named("step.psi", anchors.step_psi),
          named("step.code", anchors.step_code),
          named("hull.centre", anchors.centre.transpose()),
          named("hull.precision", anchors.precision)};
}

std::map<std::string, std::string> mapper_metadata(const StyleAnchors& anchors, const MapperShape& shape,
                                                   const std::vector<std::string>& questions, double reach,
                                                   const std::string& report) {
  return {{"mapper", std::to_string(StyleMapper::kFormatVersion)},
          {"space", anchors.space},
          {"features", anchors.features_id},
          {"anchors", json(anchors.names).dump()},
          {"questions", json(questions).dump()},
          {"noise", std::to_string(shape.noise)},
          {"reach", json(reach).dump()},
          {"hull", json(anchors.hull).dump()},
          {"report", report}};
}

StyleMapper StyleMapper::load(const weights::SafetensorsFile& file) {
  const double version = number_of(file, "mapper");
  if (version != kFormatVersion) {
    throw Error(ErrorCode::BadData, "model.version",
                file.name() + ": the style mapper has format version " +
                    text_of(file, "mapper").substr(0, 16) + ", this Atelier reads " +
                    std::to_string(kFormatVersion) + "; train it again with `atelier train mapper`");
  }
  StyleMapper mapper;
  StyleAnchors& anchors = mapper.anchors_;
  anchors.space = text_of(file, "space");
  anchors.features_id = text_of(file, "features");
  anchors.names = names_of(file, "anchors");
  anchors.hull = number_of(file, "hull");
  mapper.questions_ = names_of(file, "questions");
  mapper.reach_ = number_of(file, "reach");
  mapper.report_ = text_of(file, "report");
  const auto rows = extent(file, "anchors.z", 0), k = extent(file, "anchors.z", 1);
  const auto dim = extent(file, "anchors.psi", 1), code_dim = extent(file, "anchors.codes", 1);
  anchors.z = matrix_of(file, "anchors.z", rows, k);
  anchors.psi = matrix_of(file, "anchors.psi", rows, dim);
  anchors.codes = matrix_of(file, "anchors.codes", rows, code_dim);
  anchors.step_psi = matrix_of(file, "step.psi", dim, k);
  anchors.step_code = matrix_of(file, "step.code", code_dim, k);
  anchors.centre = matrix_of(file, "hull.centre", 1, k).transpose();
  anchors.precision = matrix_of(file, "hull.precision", k, k);
  anchors.validate(file.name());

  MapperShape& shape = mapper.shape_;
  const double noise = number_of(file, "noise");
  if (!(noise >= 1 && noise <= 1024 && noise == std::floor(noise)) || !(mapper.reach_ > 0)) {
    refuse(file.name() + ": the metadata's 'noise' or 'reach' is out of range; train the mapper again");
  }
  shape.noise = static_cast<int>(noise);
  shape.answer_hidden = static_cast<int>(extent(file, "answer.fc0.weight", 0));
  shape.answer_out = static_cast<int>(extent(file, "answer.fc1.weight", 0));
  shape.hidden = static_cast<int>(extent(file, "head.fc0.weight", 0));
  if (static_cast<std::int64_t>(mapper.questions_.size()) > dim) {
    refuse(file.name() + ": there are more survey questions than features; train the mapper again");
  }
  const auto linear = [&](const std::string& name, int in, int out) {
    return Linear{matrix_of(file, name + ".weight", out, in).cast<float>(),
                  vector_of(file, name + ".bias", out)};
  };
  mapper.answer0_ = linear("answer.fc0", MapperInput::answer_width(anchors.dim()), shape.answer_hidden);
  mapper.answer1_ = linear("answer.fc1", shape.answer_hidden, shape.answer_out);
  mapper.head0_ = linear("head.fc0", shape.state_width(anchors), shape.hidden);
  mapper.head1_ = linear("head.fc1", shape.hidden, shape.hidden);
  mapper.head2_ = linear("head.fc2", shape.hidden, shape.output_width(anchors));
  mapper.mean_ = vector_of(file, "input.mean", 2 * dim);
  mapper.inverse_std_ =
      vector_of(file, "input.std", 2 * dim).cwiseMax(static_cast<float>(kSmallestStd)).cwiseInverse();
  weights::require_finite(file);
  mapper.apart_ = nearest_neighbour_distance(anchors.z);
  return mapper;
}

void StyleMapper::require_fit(const std::string& space_id, const TasteFeatures& features) const {
  if (space_id != anchors_.space) {
    refuse("the style mapper was trained for the style space '" + printable(anchors_.space) +
           "', the model has '" + printable(space_id) + "'; train it again with `atelier train mapper`");
  }
  if (features.id() != anchors_.features_id) {
    refuse("the style mapper was trained for the taste features '" + printable(anchors_.features_id) +
           "', the model's gallery gives '" + printable(features.id()) +
           "'; train it again with `atelier train mapper`");
  }
}

MapperInput StyleMapper::input(const PreferenceModel& model, std::span<const TasteObservation> observations,
                               const std::string& mood) const {
  return MapperInput::of(model, observations, anchors_, questions_, mood);
}

Eigen::VectorXf StyleMapper::pool(const MapperInput& input) const {
  Eigen::VectorXf pooled = Eigen::VectorXf::Zero(shape_.answer_out + 1);
  const double total = input.weights.sum();
  for (Eigen::Index i = 0; i < input.answers.rows(); ++i) {
    const Eigen::VectorXf row = input.answers.row(i).transpose().cast<float>();
    const Eigen::VectorXf hidden = answer0_(row).unaryExpr(&silu);
    pooled.head(shape_.answer_out) += static_cast<float>(input.weights[i] / total) * answer1_(hidden);
  }
  pooled[shape_.answer_out] = static_cast<float>(std::log1p(total));
  return pooled;
}

StyleMapper::Draw StyleMapper::draw(const MapperInput& input, std::span<const double> noise) const {
  return draw(input, pool(input), noise);
}

StyleMapper::Draw StyleMapper::draw(const MapperInput& input, const Eigen::VectorXf& pooled,
                                    std::span<const double> noise) const {
  const Eigen::Index dim = anchors_.dim(), count = anchors_.count(), k = anchors_.coordinates();
  Eigen::VectorXf state(shape_.state_width(anchors_));
  state.head(2 * dim) = (input.state.cast<float>() - mean_).cwiseProduct(inverse_std_);
  state.segment(2 * dim, shape_.answer_out + 1) = pooled;
  for (int i = 0; i < shape_.noise; ++i) {
    state[2 * dim + shape_.answer_out + 1 + i] = static_cast<float>(noise[static_cast<std::size_t>(i)]);
  }
  const Eigen::VectorXf first = head0_(state).unaryExpr(&silu);
  const Eigen::VectorXf second = head1_(first).unaryExpr(&silu);
  const Eigen::VectorXf out = head2_(second);

  const float sharp = softplus(out[count + 2 * k]), curious = out[count + 2 * k + 1];
  Eigen::VectorXf logits =
      sharp * input.anchor_mean.cast<float>() + curious * input.anchor_sd.cast<float>() + out.head(count);
  logits = (logits.array() - logits.maxCoeff()).exp();
  Draw result;
  result.weights = (logits / logits.sum()).cast<double>();
  result.weights /= result.weights.sum();
  const Eigen::VectorXf gain = out.segment(count + k, k).unaryExpr(&softplus);
  const Eigen::VectorXf step = out.segment(count, k) + gain.cwiseProduct(input.slope.cast<float>());
  result.step = reach_ * step.array().tanh().cast<double>();
  return result;
}

StyleMapper::Candidate StyleMapper::settle(const PreferenceModel& model, Draw draw) const {
  StyleAnchors::Place place = anchors_.at(draw.weights, anchors_.drawn_back(draw.weights, draw.step));
  const Prediction utility = model.utility(place.psi);
  return {.weights = std::move(draw.weights), .place = std::move(place), .utility = utility};
}

StyleMapper::Candidate StyleMapper::surest(const PreferenceModel& model, const MapperInput& known,
                                           const Eigen::VectorXf& pooled) const {
  std::mt19937_64 random(kProposalSeed);
  std::vector<double> noise(static_cast<std::size_t>(shape_.noise), 0.0);
  const Draw central = draw(known, pooled, noise);
  std::vector<Candidate> candidates = {settle(model, central)};
  Eigen::Index best = 0;
  known.anchor_mean.maxCoeff(&best);
  const Eigen::VectorXd alone = Eigen::VectorXd::Unit(anchors_.count(), best);
  candidates.push_back(settle(model, {alone, central.step}));
  candidates.push_back(settle(model, {alone, Eigen::VectorXd::Zero(anchors_.coordinates())}));
  for (int i = 0; i < kProposals; ++i) {
    for (double& e : noise) e = standard_normal(random);
    candidates.push_back(settle(model, draw(known, pooled, noise)));
  }
  const auto sure = [](const Candidate& c) { return c.utility.mean - kPessimism * c.utility.sd; };
  return *std::max_element(candidates.begin(), candidates.end(),
                           [&](const Candidate& a, const Candidate& b) { return sure(a) < sure(b); });
}

StyleMapper::Proposal StyleMapper::propose(Candidate candidate) const {
  StyleAnchors::Place& place = candidate.place;
  Proposal proposal{.code = std::move(place.code),
                    .z = std::vector<double>(place.z.data(), place.z.data() + place.z.size()),
                    .anchors = {},
                    .psi = std::move(place.psi),
                    .utility = candidate.utility};
  for (Eigen::Index i = 0; i < candidate.weights.size(); ++i) {
    proposal.anchors.emplace_back(anchors_.names[static_cast<std::size_t>(i)], candidate.weights[i]);
  }
  std::stable_sort(proposal.anchors.begin(), proposal.anchors.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return proposal;
}

std::vector<StyleMapper::Proposal> StyleMapper::map(const PreferenceModel& model,
                                                    std::span<const TasteObservation> observations,
                                                    const MapOptions& options) const {
  if (options.variants < 1 || options.variants > kMaxVariants) {
    throw Error(ErrorCode::Usage, "taste.map",
                std::to_string(options.variants) + " variants are not possible; ask for 1..64");
  }
  if (!(options.explore >= 0 && options.explore <= 1)) {
    throw Error(ErrorCode::Usage, "taste.map", "the share of exploring must lie in 0..1");
  }
  const MapperInput known = input(model, observations, options.mood);
  const Eigen::VectorXf pooled = pool(known);
  std::mt19937_64 random(options.seed);
  const bool imagines = options.explore > 0 || options.variants > 1;
  // A root of a covariance that may have lost rank: pivoted LDL', negative rounding errors cut off.
  const Eigen::LDLT<Eigen::MatrixXd> factor =
      imagines ? Eigen::LDLT<Eigen::MatrixXd>(model.covariance()) : Eigen::LDLT<Eigen::MatrixXd>();
  const auto imagined = [&](double doubt) {
    Eigen::VectorXd error(model.dim());
    for (double& e : error) e = standard_normal(random);
    error = factor.vectorD().cwiseMax(0).cwiseSqrt().cwiseProduct(error);
    error = factor.transpositionsP().transpose() * (factor.matrixL() * error).eval();
    return known.imagined(model.mean() + doubt * error, anchors_);
  };
  std::vector<double> noise(static_cast<std::size_t>(shape_.noise), 0.0);
  std::vector<Candidate> chosen;
  if (options.explore > 0) {
    chosen.push_back(settle(model, draw(imagined(options.explore), pooled, noise)));
  } else {
    chosen.push_back(surest(model, known, pooled));
  }

  std::vector<Candidate> candidates;
  for (int i = 0; options.variants > 1 && i < kDrawsPerVariant * options.variants; ++i) {
    const MapperInput taste = imagined(kVariantDoubt + (1 - kVariantDoubt) * options.explore);
    for (double& e : noise) e = (1 + options.explore) * standard_normal(random);
    candidates.push_back(settle(model, draw(taste, pooled, noise)));
  }
  const double doubt = known.anchor_sd.squaredNorm() / static_cast<double>(anchors_.count());
  const double spread = std::sqrt(known.spread * known.spread + doubt);
  while (static_cast<int>(chosen.size()) < options.variants) {
    std::size_t best = 0;
    double best_score = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      double distance = std::numeric_limits<double>::max();
      for (const Candidate& other : chosen) {
        distance = std::min(distance, (candidates[i].place.z - other.place.z).norm());
      }
      // Too near ones come last, the farthest of them first.
      const double score = distance < kSmallestStep * apart_
                               ? -1e6 + distance
                               : candidates[i].utility.mean / spread +
                                     (kDiversity + options.explore) * std::min(1.0, distance / apart_);
      if (score > best_score) {
        best_score = score;
        best = i;
      }
    }
    chosen.push_back(std::move(candidates[best]));
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(best));
  }
  std::vector<Proposal> proposals;
  for (Candidate& candidate : chosen) proposals.push_back(propose(std::move(candidate)));
  return proposals;
}

}  // namespace atelier::personalization
