#include "atelier/mapping/detail/personalization_loss.h"

#include <torch/torch.h>

#include <vector>

#include "atelier/mapping/detail/mapper_network.h"

namespace atelier::mapping {
namespace {

constexpr double kPsiLimit = 4;  // as TasteFeatures clamps

}  // namespace

PersonalizationLoss::PersonalizationLoss(FrozenStyliser& styliser, const style::StyleSpace& space,
                                         const personalization::TasteFeatures& features,
                                         const at::Tensor& gallery_mean, const Options& options)
    : styliser_(styliser), options_(options), gallery_mean_(gallery_mean.to(styliser.type())) {
  const int k = features.coordinates();
  Eigen::MatrixXd directions(space.dim(), k), slope(k, features.size());
  std::vector<double> unit(static_cast<std::size_t>(k), 0.0);
  const Eigen::VectorXd origin = features.psi_at(unit);
  for (int c = 0; c < k; ++c) {
    const auto at = static_cast<std::size_t>(c);
    for (int d = 0; d < space.dim(); ++d) {
      directions(d, c) =
          static_cast<double>(space.components[at][static_cast<std::size_t>(d)]) / space.scale[at];
    }
    unit[at] = 1;
    slope.row(c) = (features.psi_at(unit) - origin).transpose();
    unit[at] = 0;
  }
  mean_ = torch::tensor(at::ArrayRef<float>(space.mean), torch::kFloat).to(styliser.type());
  directions_ = to_tensor(directions, styliser.type());
  origin_ = to_tensor(origin, styliser.type());
  slope_ = to_tensor(slope, styliser.type());
}

at::Tensor PersonalizationLoss::coordinates(const at::Tensor& code) const {
  return torch::matmul(code - mean_, directions_);
}

at::Tensor PersonalizationLoss::features(const at::Tensor& z) const {
  return (origin_ + torch::matmul(z.clamp(-kPsiLimit, kPsiLimit), slope_)).clamp(-kPsiLimit, kPsiLimit);
}

PersonalizationLoss::Terms PersonalizationLoss::operator()(const at::Tensor& content, const at::Tensor& code,
                                                           const at::Tensor& start,
                                                           const BelievedTastes& tastes) {
  Terms terms;
  terms.painting = styliser_.paint(content, code);
  terms.painted_code = styliser_.code_of(terms.painting);
  const at::Tensor asked = coordinates(code), found = coordinates(terms.painted_code);
  const at::Tensor d = features(found) - gallery_mean_;
  const at::Tensor expected = (d * tastes.mean).sum(1);
  const at::Tensor doubt =
      torch::sqrt((torch::bmm(d.unsqueeze(1), tastes.covariance).squeeze(1) * d).sum(1).clamp_min(1e-12));
  terms.utility = -torch::log_sigmoid((expected - options_.pessimism * doubt) / tastes.spread).mean();
  terms.faithful = options_.faithful * (found - asked).square().sum(1).mean();
  terms.leash = options_.leash * (asked - start).square().sum(1).mean();
  terms.total = terms.utility + terms.faithful + terms.leash;
  return terms;
}

}  // namespace atelier::mapping
