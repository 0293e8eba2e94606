#include "atelier/mapping/detail/mapper_network.h"

#include <torch/torch.h>

#include <algorithm>
#include <vector>

namespace atelier::mapping {
namespace {

constexpr double kPsiLimit = 4;  // as TasteFeatures clamps
constexpr double kSmallestStd = 1e-3;
constexpr double kSmallStart =
    0.05;  // of the last layer: training starts at the preference model's own choice
constexpr double kSharpStart = 5, kGainStart = 3;

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

at::Tensor to_tensor(const Eigen::MatrixXd& matrix, at::ScalarType type) {
  RowMajor rows = matrix;
  return torch::from_blob(rows.data(), {rows.rows(), rows.cols()}, torch::kDouble)
      .to(type, false, /*copy=*/true);
}

at::Tensor to_tensor(const Eigen::VectorXd& vector, at::ScalarType type) {
  return to_tensor(Eigen::MatrixXd(vector), type).squeeze(1);
}

MapperBatch MapperBatch::of(std::span<const personalization::MapperInput> inputs) {
  const auto count = static_cast<std::int64_t>(inputs.size());
  std::int64_t longest = 1, width = 0;
  for (const auto& input : inputs) {
    longest = std::max<std::int64_t>(longest, input.answers.rows());
    width = input.answers.cols();
  }
  MapperBatch batch;
  batch.answers = torch::zeros({count, longest, width});
  batch.weights = torch::zeros({count, longest});
  std::vector<at::Tensor> states, means, sds, slopes;
  for (std::int64_t i = 0; i < count; ++i) {
    const personalization::MapperInput& input = inputs[static_cast<std::size_t>(i)];
    const std::int64_t n = input.answers.rows();
    if (n > 0) {
      batch.answers[i].narrow(0, 0, n).copy_(to_tensor(input.answers, torch::kFloat));
      batch.weights[i].narrow(0, 0, n).copy_(to_tensor(input.weights, torch::kFloat));
    }
    states.push_back(to_tensor(input.state, torch::kFloat));
    means.push_back(to_tensor(input.anchor_mean, torch::kFloat));
    sds.push_back(to_tensor(input.anchor_sd, torch::kFloat));
    slopes.push_back(to_tensor(input.slope, torch::kFloat));
  }
  batch.state = torch::stack(states);
  batch.anchor_mean = torch::stack(means);
  batch.anchor_sd = torch::stack(sds);
  batch.slope = torch::stack(slopes);
  return batch;
}

MapperBatch MapperBatch::rows(const at::Tensor& index) const {
  return {.answers = answers.index_select(0, index),
          .weights = weights.index_select(0, index),
          .state = state.index_select(0, index),
          .anchor_mean = anchor_mean.index_select(0, index),
          .anchor_sd = anchor_sd.index_select(0, index),
          .slope = slope.index_select(0, index)};
}

MapperNetworkImpl::MapperNetworkImpl(const personalization::StyleAnchors& anchors,
                                     const personalization::MapperShape& shape, double reach)
    : anchors_(anchors.count()), coordinates_(anchors.coordinates()), noise_(shape.noise), reach_(reach) {
  using torch::nn::Linear;
  const auto group = [&](const std::string& name) {
    return register_module(name, std::make_shared<torch::nn::Module>(name));
  };
  const auto answer = group("answer"), head = group("head"), input = group("input");
  answer0_ = answer->register_module(
      "fc0", Linear(personalization::MapperInput::answer_width(anchors.dim()), shape.answer_hidden));
  answer1_ = answer->register_module("fc1", Linear(shape.answer_hidden, shape.answer_out));
  head0_ = head->register_module("fc0", Linear(shape.state_width(anchors), shape.hidden));
  head1_ = head->register_module("fc1", Linear(shape.hidden, shape.hidden));
  head2_ = head->register_module("fc2", Linear(shape.hidden, shape.output_width(anchors)));
  mean_ = input->register_buffer("mean", torch::zeros({2 * anchors.dim()}));
  std_ = input->register_buffer("std", torch::ones({2 * anchors.dim()}));
  torch::NoGradGuard no_grad;
  head2_->weight.mul_(kSmallStart);
  head2_->bias.zero_();
  head2_->bias.narrow(0, anchors_ + coordinates_, coordinates_).fill_(kGainStart);
  head2_->bias.select(0, anchors_ + 2 * coordinates_).fill_(kSharpStart);
}

void MapperNetworkImpl::standardise(const at::Tensor& states) {
  torch::NoGradGuard no_grad;
  mean_.copy_(states.mean(0));
  // An entry that never varies in training says nothing: at 1 it stays small.
  const at::Tensor spread = states.std(0, /*unbiased=*/false);
  std_.copy_(torch::where(spread > kSmallestStd, spread, torch::ones_like(spread)));
}

MapperNetworkImpl::Places MapperNetworkImpl::forward(const MapperBatch& people, const at::Tensor& noise) {
  const auto n = noise.size(0), draws = noise.size(1);
  const at::Tensor total = people.weights.sum(1, /*keepdim=*/true);
  const at::Tensor embedded = answer1_(torch::silu(answer0_(people.answers)));
  const at::Tensor pooled = (embedded * (people.weights / total.clamp_min(1e-12)).unsqueeze(2)).sum(1);
  const at::Tensor known =
      torch::cat({(people.state - mean_) / std_.clamp_min(kSmallestStd), pooled, torch::log1p(total)}, 1);
  const at::Tensor in = torch::cat({known.unsqueeze(1).expand({n, draws, known.size(1)}), noise}, 2);
  const at::Tensor out = head2_(torch::silu(head1_(torch::silu(head0_(in)))));
  const auto part = [&](std::int64_t from, std::int64_t size) { return out.narrow(2, from, size); };
  const at::Tensor sharp = torch::softplus(part(anchors_ + 2 * coordinates_, 1));
  const at::Tensor curious = part(anchors_ + 2 * coordinates_ + 1, 1);
  const at::Tensor logits =
      sharp * people.anchor_mean.unsqueeze(1) + curious * people.anchor_sd.unsqueeze(1) + part(0, anchors_);
  const at::Tensor gain = torch::softplus(part(anchors_ + coordinates_, coordinates_));
  return {.weights = torch::softmax(logits, 2),
          .step = reach_ * torch::tanh(part(anchors_, coordinates_) + gain * people.slope.unsqueeze(1))};
}

PlaceMap::PlaceMap(const personalization::StyleAnchors& anchors, at::ScalarType type)
    : z_(to_tensor(anchors.z, type)),
      psi_(to_tensor(anchors.psi, type)),
      codes_(to_tensor(anchors.codes, type)),
      step_psi_(to_tensor(Eigen::MatrixXd(anchors.step_psi.transpose()), type)),
      step_code_(to_tensor(Eigen::MatrixXd(anchors.step_code.transpose()), type)),
      centre_(to_tensor(anchors.centre, type)),
      precision_(to_tensor(anchors.precision, type)),
      hull_(anchors.hull) {}

at::Tensor PlaceMap::z(const at::Tensor& weights, const at::Tensor& step) const {
  return torch::matmul(weights, z_) + step;
}

at::Tensor PlaceMap::psi(const at::Tensor& weights, const at::Tensor& step) const {
  return (torch::matmul(weights, psi_) + torch::matmul(step, step_psi_)).clamp(-kPsiLimit, kPsiLimit);
}

at::Tensor PlaceMap::code(const at::Tensor& weights, const at::Tensor& step) const {
  return torch::matmul(weights, codes_) + torch::matmul(step, step_code_);
}

at::Tensor PlaceMap::drawn_back(const at::Tensor& weights, const at::Tensor& step) const {
  const at::Tensor blend = torch::matmul(weights, z_) - centre_, offset = blend + step;
  const auto distance = [&](const at::Tensor& from_centre) {
    return (torch::matmul(from_centre, precision_) * from_centre).sum(-1, /*keepdim=*/true);
  };
  const at::Tensor limit = distance(blend).clamp_min(hull_);
  const at::Tensor share = (limit / distance(offset).clamp_min(1e-9)).clamp_max(1).sqrt();
  return share * offset - blend;
}

at::Tensor PlaceMap::outside(const at::Tensor& z) const {
  const at::Tensor offset = z - centre_;
  return torch::relu((torch::matmul(offset, precision_) * offset).sum(-1) - hull_);
}

}  // namespace atelier::mapping
