#include "atelier/training/detail/distillation_plan.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/step_plan.h"
#include "atelier/training/detail/style_catalogue.h"

namespace atelier::training {
namespace {

constexpr double kWidestCrop = 2.5;     // windows of this many crops are shrunk to one, as in base training
constexpr double kMostCodeNoise = 0.5;  // of the gallery's own spread

}  // namespace

at::Tensor codes_of(const style::StyleLibrary& gallery) {
  std::vector<at::Tensor> rows;
  for (const style::NamedStyle& style : gallery.styles()) rows.push_back(torch::tensor(style.code.values));
  return torch::stack(rows);
}

DistillationPlanner::DistillationPlanner(std::vector<at::Tensor> photos, at::Tensor gallery,
                                         std::uint64_t seed)
    : photos_(std::move(photos)), gallery_(std::move(gallery)), seed_(seed) {
  const auto degrees = std::max<std::int64_t>(1, gallery_.size(0) - 1);
  spread_ = (gallery_ - gallery_.mean(0, /*keepdim=*/true)) / std::sqrt(static_cast<double>(degrees));
}

DistillationBatch DistillationPlanner::batch(std::int64_t step, int crop, int batch) const {
  const torch::NoGradGuard no_grad;
  Random random = random_for(seed_, step, 2);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto pick = [&](std::int64_t count) {
    return std::uniform_int_distribution<std::int64_t>(0, count - 1)(random);
  };
  auto noise = at::detail::createCPUGenerator(random());
  std::vector<at::Tensor> photos, codes;
  std::vector<float> strokes, detail;
  for (int i = 0; i < batch; ++i) {
    const auto photo = static_cast<std::size_t>(pick(static_cast<std::int64_t>(photos_.size())));
    photos.push_back(random_crop(photos_[photo], crop, kWidestCrop, random));
    at::Tensor code = gallery_[pick(gallery_.size(0))];
    if (unit(random) < 0.5) code = torch::lerp(code, gallery_[pick(gallery_.size(0))], unit(random));
    const at::Tensor normal = torch::randn({gallery_.size(0)}, noise);
    codes.push_back(code + torch::matmul(normal, spread_) * (unit(random) * kMostCodeNoise));
    strokes.push_back(static_cast<float>(
        std::log2(StyleCatalogue::stroke(static_cast<int>(pick(StyleCatalogue::kVariants))))));
    detail.push_back(drawn_detail(unit(random)));
  }
  return {torch::stack(photos), torch::stack(codes), torch::tensor(strokes), torch::tensor(detail)};
}

}  // namespace atelier::training
